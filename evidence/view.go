package evidence

import (
	"bytes"
	"context"
	"crypto/rand"
	"sync/atomic"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// View is a Fetcher for one judgement: it ends with a context and asks no more than Options.Most questions. It implements
// chain.Evidence. What cannot be had is missing, and stands among the events.
type View struct {
	f    *Fetcher
	ctx  context.Context
	left atomic.Int64
}

// For returns a view for one judgement.
func (f *Fetcher) For(ctx context.Context) *View {
	v := &View{f: f, ctx: ctx}
	v.left.Store(int64(f.o.Most))
	return v
}

func (v *View) get(q question) ([]byte, bool) {
	if v.left.Add(-1) < 0 {
		v.f.note(Event{What: q.what, URL: q.url, From: "refused", Err: "too many requests for one judgement"})
		return nil, false
	}
	body, err := v.f.get(v.ctx, q)
	return body, err == nil
}

// CRLs fetches the lists and deltas that a certificate names (RFC 5280 §4.2.1.13, §4.2.1.15).
func (v *View) CRLs(c *pki.Certificate) (lists []*pki.CRL) {
	for _, points := range [][]pki.DistributionPoint{c.CRLPoints, c.FreshestCRL} {
		for _, p := range points {
			for _, address := range p.FullName.Texts(pki.URIName) {
				body, ok := v.get(question{what: "CRL", url: address, until: crlEnd})
				if !ok {
					continue
				}
				if crl, err := pki.ParseCRL(body); err == nil {
					lists = append(lists, crl)
					break // the addresses of one point hold the same list
				}
			}
		}
	}
	return lists
}

func crlEnd(body []byte) time.Time {
	crl, err := pki.ParseCRL(body)
	if err != nil {
		return time.Time{}
	}
	return crl.NextUpdate
}

// OCSP asks the responders that a certificate names about it (RFC 6960 Appendix A.1).
func (v *View) OCSP(c, issuer *pki.Certificate) []*pki.OCSPResponse {
	for _, address := range c.OCSPServers() {
		if answers := v.OCSPAt(address, c, issuer); len(answers) > 0 {
			return answers
		}
	}
	return nil
}

// OCSPAt asks the responder at an address.
func (v *View) OCSPAt(address string, c, issuer *pki.Certificate) []*pki.OCSPResponse {
	q, err := v.f.ask(c, issuer, address)
	if err != nil {
		return nil // a key or name that no request can be made for
	}
	body, ok := v.get(q)
	if !ok {
		return nil
	}
	answer, err := pki.ParseOCSPResponse(body)
	if err != nil || q.nonce != nil && !bytes.Equal(answer.Nonce, q.nonce) { // RFC 9654 §2.1: the answer repeats it
		v.f.note(Event{What: q.what, URL: q.url, From: "refused", Err: "the answer is malformed, or to another question"})
		return nil
	}
	return []*pki.OCSPResponse{answer}
}

// ask makes the question about a certificate.
func (f *Fetcher) ask(c, issuer *pki.Certificate, address string) (question, error) {
	q := question{what: "OCSP", url: address, kind: "application/ocsp-request", until: ocspEnd, once: f.o.Nonce}
	// RFC 5019 §2.1.1: SHA-1 names the certificate; it is what every responder knows, and nothing depends on its strength.
	id, err := pki.NewCertID(c, issuer, alg.SHA1)
	if err != nil {
		return q, err
	}
	if f.o.Nonce {
		q.nonce = make([]byte, 32) // RFC 9654 §2.1
		rand.Read(q.nonce)
	}
	q.post, err = pki.CreateOCSPRequest([]pki.CertID{id}, q.nonce)
	return q, err
}

func ocspEnd(body []byte) time.Time {
	answer, err := pki.ParseOCSPResponse(body)
	if err != nil || len(answer.Responses) == 0 {
		return time.Time{}
	}
	end := answer.Responses[0].NextUpdate
	for _, r := range answer.Responses {
		if r.NextUpdate.Before(end) {
			end = r.NextUpdate
		}
	}
	return end
}

// Issuers fetches the issuer's certificates that a certificate names (RFC 5280 §4.2.2.1), where Options.Issuers says so.
func (v *View) Issuers(c *pki.Certificate) (list []*pki.Certificate) {
	if !v.f.o.Issuers {
		return nil
	}
	for _, address := range c.IssuerURIs() {
		body, ok := v.get(question{what: "issuer", url: address, until: func([]byte) time.Time { return time.Time{} }})
		if ok {
			list = append(list, certificatesIn(body)...)
		}
	}
	return list
}
