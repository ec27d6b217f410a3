package policy

import (
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// answer makes an OCSP answer in every detail that an attack needs.
func (w *workshop) answer(by, about *testca.Entity, issuer *pki.Certificate, status pki.CertStatus, this time.Time, days int) *pki.OCSPResponse {
	w.t.Helper()
	id, err := pki.NewCertID(about.Certificate, issuer, alg.SHA256)
	w.must(err)
	single := pki.SingleResponse{CertID: id, Status: status, ThisUpdate: this, NextUpdate: this.AddDate(0, 0, days)}
	if status == pki.OCSPRevoked {
		single.Revoked = this
	}
	raw, err := pki.CreateOCSP(pki.OCSPTemplate{ProducedAt: this, Responses: []pki.SingleResponse{single}, Certificates: []*pki.Certificate{by.Certificate}}, by.Certificate, by.Signer())
	w.must(err)
	a, err := pki.ParseOCSPResponse(raw)
	w.must(err)
	return a
}

// evidence are attacks with lists and answers that the mail carries. Where the signer is revoked by a good list, no bad evidence
// helps; where bad evidence revokes, it does not count.
func (w *workshop) evidence() {
	now, hour := testca.Now, testca.Now.Add(-time.Hour)
	revoked := w.ca.CRL(w.alice.Revoke(pki.KeyCompromise))
	responder := w.ca.Issue(testca.Responder("Responder"))
	late := w.ca.Issue(testca.Responder("Late responder").With(testca.Valid(testca.NotBefore, now.AddDate(0, -1, 0))))
	foreign := w.stranger.Issue(testca.Responder("Foreign responder"))
	twin := testca.Root(w.t, "Attacked Issuing CA", testca.Key(testca.P384))
	for _, c := range []struct {
		name    string
		lists   []*pki.CRL
		answers []*pki.OCSPResponse
		expect  Word
		code    finding.Code
		note    string
	}{
		{"delegated-revoked", nil, []*pki.OCSPResponse{w.answer(responder, w.alice, w.ca.Certificate, pki.OCSPRevoked, hour, 7)}, Revoked, finding.RevocationRevoked, "a delegated responder answers: revoked"},
		{"delegated-good", []*pki.CRL{w.root.CRL()}, []*pki.OCSPResponse{w.answer(responder, w.alice, w.ca.Certificate, pki.OCSPGood, hour, 7)}, Genuine, "", "a delegated responder answers: good"},
		{"responder-expired", []*pki.CRL{revoked}, []*pki.OCSPResponse{w.answer(late, w.alice, w.ca.Certificate, pki.OCSPGood, hour, 7)}, Revoked, finding.RevocationRevoked, "an expired responder answers: good"},
		{"responder-expired-revokes", nil, []*pki.OCSPResponse{w.answer(late, w.alice, w.ca.Certificate, pki.OCSPRevoked, hour, 7)}, Genuine, finding.RevocationUnknown, "an expired responder answers: revoked, which counts as little"},
		{"responder-foreign", []*pki.CRL{revoked}, []*pki.OCSPResponse{w.answer(foreign, w.alice, w.ca.Certificate, pki.OCSPGood, hour, 7)}, Revoked, finding.RevocationRevoked, "the responder of another authority answers: good"},
		{"replayed-answer", []*pki.CRL{revoked}, []*pki.OCSPResponse{w.answer(w.ca, w.alice, w.ca.Certificate, pki.OCSPGood, now.AddDate(0, -2, 0), 7)}, Revoked, finding.RevocationRevoked, "an old answer, from before the revocation, is shown again"},
		{"answer-from-the-future", []*pki.CRL{revoked}, []*pki.OCSPResponse{w.answer(w.ca, w.alice, w.ca.Certificate, pki.OCSPGood, now.AddDate(0, 1, 0), 7)}, Revoked, finding.RevocationRevoked, "an answer from the future"},
		{"answer-unknown", nil, []*pki.OCSPResponse{w.answer(w.ca, w.alice, w.ca.Certificate, pki.OCSPUnknown, hour, 7)}, Genuine, finding.RevocationUnknown, "the responder does not know the certificate"},
		{"answer-after-list", []*pki.CRL{revoked}, []*pki.OCSPResponse{w.answer(w.ca, w.alice, w.ca.Certificate, pki.OCSPGood, hour, 7)}, Revoked, finding.RevocationRevoked, "a good answer beside a list that revokes: the worse counts"},
		{"list-same-name", []*pki.CRL{twin.CRL(w.alice.Revoke(pki.KeyCompromise))}, nil, Genuine, finding.RevocationUnknown, "the list of an authority of the same name and another key"},
		{"list-by-signer", []*pki.CRL{w.mallory.CRL(w.alice.Revoke(pki.KeyCompromise))}, nil, Genuine, "", "a list that somebody with a certificate made"},
		{"list-from-the-future", []*pki.CRL{w.list(now.AddDate(0, 1, 0), now.AddDate(0, 2, 0), pki.IssuingDistributionPoint{}, w.alice.Revoke(pki.KeyCompromise))}, nil, Genuine, finding.RevocationUnknown, "a list from the future"},
		{"list-for-authorities", []*pki.CRL{w.list(hour, now.AddDate(0, 1, 0), pki.IssuingDistributionPoint{Present: true, OnlyCACerts: true})}, nil, Genuine, finding.RevocationUnknown, "a list for authorities alone says nothing about people"},
		{"list-for-people", []*pki.CRL{w.list(hour, now.AddDate(0, 1, 0), pki.IssuingDistributionPoint{Present: true, OnlyUserCerts: true}, w.alice.Revoke(pki.KeyCompromise))}, nil, Revoked, finding.RevocationRevoked, "a list for people"},
		{"list-superseded", []*pki.CRL{w.ca.CRL(w.alice.Revoke(pki.Superseded))}, nil, Revoked, finding.RevocationRevoked, "superseded is revoked as well"},
		{"list-old-and-new", []*pki.CRL{w.ca.CRLWith(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: now.AddDate(0, 0, -9), NextUpdate: now.AddDate(0, 1, 0)}),
			w.ca.CRLWith(pki.CRLTemplate{Number: big.NewInt(2), ThisUpdate: hour, NextUpdate: now.AddDate(0, 1, 0)}, w.alice.Revoke(pki.KeyCompromise))}, nil, Revoked, finding.RevocationRevoked, "an older list without the signer beside the newer one"},
		{"list-later", []*pki.CRL{w.ca.CRL(pki.NewRevokedEntry(w.alice.Certificate.Serial, now.AddDate(0, 0, 2), pki.KeyCompromise))}, nil, Revoked, finding.RevocationRevoked, "the list says: revoked, from the day after tomorrow on; who stands on a list is revoked"},
	} {
		o := signing(w.alice)
		o.CMS.CRLs, o.CMS.OCSP = c.lists, c.answers
		w.add("evidence-"+c.name, c.expect, c.code, w.sign(lunch, o), c.note)
	}
	w.broughtAlong()
}

// list makes a list of the issuing authority.
func (w *workshop) list(this, next time.Time, scope pki.IssuingDistributionPoint, entries ...pki.RevokedEntry) *pki.CRL {
	return w.ca.CRLWith(pki.CRLTemplate{Number: big.NewInt(7), ThisUpdate: this, NextUpdate: next, Scope: scope}, entries...)
}

// broughtAlong are signers whose revocation somebody else's signature brings along.
func (w *workshop) broughtAlong() {
	o := signing(w.alice, w.person("alice@example.org", testca.Named("alice again", "")))
	o.CMS.CRLs = []*pki.CRL{w.ca.CRL(w.alice.Revoke(pki.KeyCompromise))}
	w.add("evidence-one-of-two-signers", Revoked, finding.RevocationRevoked, w.sign(lunch, o), "one of two signers is revoked")
	bare := cms.SignedOptions{CRLs: o.CMS.CRLs, Detached: true}
	w.add("evidence-list-alone", Unsigned, finding.LayerCerts, p7m(w.object("", bare), "certs-only"), "a list alone, without signer and certificate")
}
