package testca

import (
	"math/big"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Revoke returns an entry for a CRL: revoked an hour before Now.
func (e *Entity) Revoke(reason pki.Reason) pki.RevokedEntry {
	return pki.NewRevokedEntry(der.IntOf(e.Certificate.SerialRaw), Now.Add(-time.Hour), reason)
}

// CRL returns a list of this authority, a day old and good for a year.
func (e *Entity) CRL(entries ...pki.RevokedEntry) *pki.CRL {
	e.t.Helper()
	return e.CRLWith(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: Now.AddDate(0, 0, -1), NextUpdate: Now.AddDate(1, 0, 0)}, entries...)
}

// CRLWith returns a list made of a template.
func (e *Entity) CRLWith(t pki.CRLTemplate, entries ...pki.RevokedEntry) *pki.CRL {
	e.t.Helper()
	t.Entries = slices.Values(entries)
	raw, err := pki.CreateCRL(t, e.Certificate, e.Signer())
	e.must(err)
	crl, err := pki.ParseCRL(raw)
	e.must(err)
	return crl
}

// OCSP returns an answer about a certificate, signed by this entity, an hour old and good for a week.
func (e *Entity) OCSP(about *Entity, status pki.CertStatus) *pki.OCSPResponse {
	e.t.Helper()
	id, err := pki.NewCertID(about.Certificate, about.Issuer.Certificate, alg.SHA256)
	e.must(err)
	single := pki.SingleResponse{CertID: id, Status: status, ThisUpdate: Now.Add(-time.Hour), NextUpdate: Now.AddDate(0, 0, 7)}
	if status == pki.OCSPRevoked {
		single.Revoked = Now.Add(-time.Hour)
	}
	raw, err := pki.CreateOCSP(pki.OCSPTemplate{ProducedAt: Now.Add(-time.Hour), Responses: []pki.SingleResponse{single},
		Certificates: []*pki.Certificate{e.Certificate}}, e.Certificate, e.Signer())
	e.must(err)
	answer, err := pki.ParseOCSPResponse(raw)
	e.must(err)
	return answer
}
