package pki

import (
	"bytes"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// OCSPResponse is an OCSP answer as read (RFC 6960 §4.2). The fields below Type are empty unless
// Status is OCSPSuccessful and Type is id-pkix-ocsp-basic. Its byte slices must not be changed.
type OCSPResponse struct {
	Raw    []byte
	Status OCSPStatus
	Type   der.OID

	RawBasic []byte // the BasicOCSPResponse
	RawTBS   []byte // tbsResponseData: what the signature covers

	Version       int
	ResponderName *Name  // byName; nil when the responder is named by key
	ResponderKey  []byte // byKey: the SHA-1 of its key
	ProducedAt    time.Time
	Responses     []SingleResponse
	Nonce         []byte // RFC 9654; nil when absent

	SignatureAlgorithm alg.Identifier
	Signature          []byte
	Certificates       []*Certificate

	Extensions        []Extension
	UnhandledCritical []der.OID // of the whole answer
	Faults            []Fault
}

// OCSPStatus is the status of a whole OCSP answer (RFC 6960 §4.2.1).
type OCSPStatus int

// The statuses of an answer. Only a successful one says anything about certificates.
const (
	OCSPSuccessful       OCSPStatus = 0
	OCSPMalformedRequest OCSPStatus = 1
	OCSPInternalError    OCSPStatus = 2
	OCSPTryLater         OCSPStatus = 3
	OCSPSigRequired      OCSPStatus = 5
	OCSPUnauthorized     OCSPStatus = 6
)

func (s OCSPStatus) String() string {
	switch s {
	case OCSPSuccessful:
		return "successful"
	case OCSPMalformedRequest:
		return "malformedRequest"
	case OCSPInternalError:
		return "internalError"
	case OCSPTryLater:
		return "tryLater"
	case OCSPSigRequired:
		return "sigRequired"
	case OCSPUnauthorized:
		return "unauthorized"
	}
	return fmt.Sprintf("status %d", int(s))
}

// CertStatus is what an OCSP answer says of one certificate (RFC 6960 §4.2.1).
type CertStatus int

// The statuses of a certificate.
const (
	OCSPGood    CertStatus = 0
	OCSPRevoked CertStatus = 1
	OCSPUnknown CertStatus = 2
)

func (s CertStatus) String() string {
	return [...]string{OCSPGood: "good", OCSPRevoked: "revoked", OCSPUnknown: "unknown"}[s]
}

// SingleResponse is the answer about one certificate (RFC 6960 §4.2.1).
type SingleResponse struct {
	CertID     CertID
	Status     CertStatus
	Revoked    time.Time // when Status is OCSPRevoked
	HasReason  bool
	Reason     Reason
	ThisUpdate time.Time
	NextUpdate time.Time // zero when absent

	Invalid           time.Time // invalidityDate (RFC 6960 §4.4.5, RFC 5280 §5.3.2); zero when absent
	ArchiveCutoff     time.Time // RFC 6960 §4.4.4; zero when absent
	Extensions        []Extension
	UnhandledCritical []der.OID
}

// Broken returns the first fault for which the answer must not be used.
func (r *OCSPResponse) Broken() (Fault, bool) { return faults(r.Faults).firstBroken() }

// Extension returns the first extension of the whole answer with an identifier.
func (r *OCSPResponse) Extension(id der.OID) (Extension, bool) {
	return findExtension(r.Extensions, id)
}

// For returns the answers about a certificate of an issuer.
func (r *OCSPResponse) For(c, issuer *Certificate) []SingleResponse {
	var out []SingleResponse
	for _, s := range r.Responses {
		if s.CertID.Matches(c, issuer) {
			out = append(out, s)
		}
	}
	return out
}

// NamesResponder reports whether the answer names a certificate's subject as its responder, by
// name or by key (RFC 6960 §4.2.2.3).
func (r *OCSPResponse) NamesResponder(c *Certificate) bool {
	if r.ResponderName != nil {
		return r.ResponderName.Equal(c.Subject)
	}
	return bytes.Equal(c.KeyHash(), r.ResponderKey)
}
