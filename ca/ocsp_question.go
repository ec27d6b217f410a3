package ca

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// The limits of a request. RFC 5019 §2.1.1 asks for one certificate; others ask for a chain.
const (
	maxQuestion = 16 << 10 // bytes
	maxCertIDs  = 64
	maxNonce    = 128 // octets (RFC 9654 §2.1)
)

// MaxOCSPRequest is the longest request in bytes that is looked at; a longer one gets malformedRequest.
const MaxOCSPRequest = maxQuestion

// question is a request that can be answered.
type question struct {
	ids   []pki.CertID
	nonce []byte // nil: none
}

// readQuestion reads a request, or says which status it gets.
func readQuestion(raw []byte) (*question, pki.OCSPStatus) {
	if len(raw) > maxQuestion {
		return nil, pki.OCSPMalformedRequest // AUTHORITY 51: 1 MB
	}
	r, err := pki.ParseOCSPRequest(raw)
	if err != nil || len(r.CertIDs) == 0 || len(r.CertIDs) > maxCertIDs || len(r.Raw) != len(raw) {
		return nil, pki.OCSPMalformedRequest
	}
	for _, f := range r.Faults {
		if f.Broken {
			return nil, pki.OCSPMalformedRequest
		}
	}
	q := &question{ids: r.CertIDs}
	for _, e := range r.Extensions {
		switch {
		case e.ID == alg.OIDOCSPNonce:
			// RFC 9654 §2.1: a nonce of no octets, or of more than 128, is malformedRequest.
			if len(r.Nonce) == 0 || len(r.Nonce) > maxNonce || q.nonce != nil {
				return nil, pki.OCSPMalformedRequest
			}
			q.nonce = r.Nonce
		case e.Critical:
			return nil, pki.OCSPMalformedRequest // RFC 6960 §4.4: it is critical, and not known here
		}
	}
	return q, pki.OCSPSuccessful
}

// ErrNotBase64 says that the path of a GET request is no OCSP request.
var ErrNotBase64 = errors.New("ca: the path is no OCSP request in base64")

// DecodeGET reads the request out of what follows the responder's address in the path of a GET, escaped as it was sent
// (RFC 6960 Appendix A.1). Base64 has three characters that mean something in a URL, and clients differ in what they do with
// them: %2B or +, %2F or /, %3D, = or nothing. All are read, and so are the URL's own alphabet (RFC 4648 §5), a + that became a blank
// and a path that was escaped twice.
func DecodeGET(escaped string) ([]byte, error) {
	if len(escaped) > 3*(maxQuestion*4/3+4) {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrNotBase64, maxQuestion)
	}
	text := escaped
	for range 2 { // QUIRK: some proxies escape what is escaped already
		if !strings.Contains(text, "%") {
			break
		}
		plain, err := url.PathUnescape(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotBase64, err)
		}
		text = plain
	}
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/", " ", "+").Replace(text), "=")
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || strings.ContainsAny(text, "\r\n") { // the decoder passes over line ends
		return nil, ErrNotBase64
	}
	return raw, nil
}
