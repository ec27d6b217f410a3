package policy

import (
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// paths are the attacks on the certificate and those above it.
func (w *workshop) paths() {
	person := testca.Person("alice@example.org")
	for _, c := range []struct {
		name   string
		by     *testca.Entity
		expect Word
		code   finding.Code
		note   string
	}{
		{"self-signed", testca.Root(w.t, "alice", func(s *testca.Spec) { *s = person }), Untrusted, finding.PathNoAnchor, "a certificate that Mallory made himself"},
		{"stranger", w.stranger.Issue(person), Untrusted, finding.PathNoAnchor, "an authority that nobody trusts"},
		{"same-name", testca.Root(w.t, "Attacked Root", testca.Key(testca.P384)).Issue(testca.Authority("Attacked Issuing CA").With(testca.Key(testca.P384))).Issue(person.With(testca.Key(testca.P384))), Untrusted, "", "an authority with the name and another key than the trusted one"},
		{"expired", w.person("alice@example.org", testca.Valid(testca.NotBefore, testca.Now.AddDate(0, 0, -1))), Expired, finding.TimeExpired, "the certificate expired yesterday, and the signer claims to have signed now"},
		{"not-yet", w.person("alice@example.org", testca.Valid(testca.Now.AddDate(0, 0, 1), testca.NotAfter)), Expired, finding.TimeNotYet, "the certificate begins tomorrow"},
		{"key-usage", w.person("alice@example.org", testca.Usage(pki.KeyEncipherment)), Untrusted, finding.PathKeyUsage, "a certificate for encryption alone"},
		{"purpose", w.person("alice@example.org", testca.ExtUsage(alg.OIDUsageServerAuth)), Untrusted, finding.PathPurpose, "a certificate for web servers"},
		{"leaf-issues", w.mallory.Issue(person), Untrusted, finding.PathNotCA, "Mallory's own certificate issues one in Alice's name"},
		{"path-length", w.root.Issue(testca.Authority("Short").With(func(s *testca.Spec) { s.PathLen = 0 })).Issue(testca.Authority("Below")).Issue(person), Untrusted, finding.PathLength, "more authorities in a row than allowed"},
		{"ca-usage", w.root.Issue(testca.Authority("Not for certificates").With(testca.Usage(pki.DigitalSignature))).Issue(person), Untrusted, "", "an authority that may not sign certificates"},
		{"no-basic-constraints", w.root.Issue(testca.Authority("No CA").With(func(s *testca.Spec) { s.CA = false })).Issue(person), Untrusted, finding.PathNotCA, "an intermediate without basic constraints"},
		{"version-1", w.root.Issue(testca.Authority("V1").With(testca.Template(func(t *pki.Template) { t.Extensions = nil }))).Issue(person), Untrusted, finding.PathNotCA, "an intermediate of version 1"},
		{"critical", w.person("alice@example.org", unknownCritical), Untrusted, finding.PathCritical, "a critical extension that nobody knows"},
		{"critical-ca", w.root.Issue(testca.Authority("Odd").With(unknownCritical)).Issue(person), Untrusted, finding.PathCritical, "the same in an authority"},
		{"names", w.constrained("example.net").Issue(person), Untrusted, finding.PathNames, "an authority for example.net speaks for example.org"},
		{"names-host", w.constrained("mail.example.org").Issue(person), Untrusted, finding.PathNames, "an authority for one host speaks for another"},
		{"names-dot", w.constrained("example.net").Issue(testca.Person("alice@example.net.").With(alsoFor("alice@example.org"))), Untrusted, finding.PathNames, "a trailing dot does not free from constraints"},
		{"names-subject", w.constrained("example.net").Issue(person.With(inSubject("alice@example.org"))), Untrusted, finding.PathNames, "the address stands in the subject, where constraints count too"},
		{"names-good", w.constrained("example.org").Issue(person), Genuine, "", "an authority for example.org speaks for it"},
		{"weak-key", w.person("alice@example.org", testca.Key(testca.RSA1024), testca.Named("short", "")), Untrusted, finding.PathWeak, "an RSA key of 1024 bits"},
		{"no-address", w.person("", func(s *testca.Spec) { s.Emails, s.Name = nil, "Alice" }), Untrusted, finding.FromNoAddress, "a certificate without an address"},
		{"any-purpose", w.person("alice@example.org", testca.ExtUsage(alg.OIDUsageAny)), Genuine, "", "any purpose includes mail"},
	} {
		w.add("path-"+c.name, c.expect, c.code, w.clear(lunch, c.by), c.note)
	}
	w.revoked()
	w.times()
}

func unknownCritical(s *testca.Spec) {
	s.More = append(s.More, pki.Extension{ID: der.MustOID("1.3.6.1.4.1.55555.1"), Critical: true, Value: []byte{5, 0}})
}

func alsoFor(address string) testca.Change {
	return func(s *testca.Spec) { s.Emails = append(s.Emails, address) }
}

func inSubject(address string) testca.Change {
	return func(s *testca.Spec) {
		n, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Alice"), pki.TextAttribute(alg.OIDAttrEmailAddress, address))
		if err != nil {
			panic(err) // the text is a constant
		}
		s.Emails, s.Subject = nil, &n
	}
}

// constrained makes an authority that may speak for one mail domain.
func (w *workshop) constrained(domain string) *testca.Entity {
	x, err := pki.NameConstraintsExtension(pki.NameConstraints{Permitted: []pki.GeneralSubtree{{Base: pki.Mailbox(domain), Maximum: -1}}})
	w.must(err)
	return w.root.Issue(testca.Authority("For " + domain).With(func(s *testca.Spec) { s.More = append(s.More, x) }))
}

// revoked are certificates that were taken back, and evidence that is about something else.
func (w *workshop) revoked() {
	with := func(e *testca.Entity, change func(*cms.SignedOptions)) string {
		o := signing(e)
		change(&o.CMS)
		return w.sign(lunch, o)
	}
	lists := func(l ...*pki.CRL) func(*cms.SignedOptions) {
		return func(o *cms.SignedOptions) { o.CRLs = l }
	}
	answers := func(a ...*pki.OCSPResponse) func(*cms.SignedOptions) {
		return func(o *cms.SignedOptions) { o.OCSP = a }
	}
	w.add("revoked-list", Revoked, finding.RevocationRevoked, with(w.alice, lists(w.ca.CRL(w.alice.Revoke(pki.KeyCompromise)))), "the message carries a list on which the signer stands")
	w.add("revoked-hold", Revoked, finding.RevocationHold, with(w.alice, lists(w.ca.CRL(w.alice.Revoke(pki.CertificateHold)))), "the certificate is on hold")
	w.add("revoked-authority", Revoked, finding.RevocationAuthority, with(w.alice, lists(w.root.CRL(w.ca.Revoke(pki.CACompromise)))), "the authority itself was taken back")
	w.add("revoked-answer", Revoked, finding.RevocationRevoked, with(w.alice, answers(w.ca.OCSP(w.alice, pki.OCSPRevoked))), "the message carries an OCSP answer: revoked")
	w.add("revoked-other-answer-good", Revoked, finding.RevocationRevoked, with(w.alice, func(o *cms.SignedOptions) {
		o.CRLs = []*pki.CRL{w.ca.CRL(w.alice.Revoke(pki.KeyCompromise))}
		o.OCSP = []*pki.OCSPResponse{w.ca.OCSP(w.bob, pki.OCSPGood)}
	}), "a good answer about somebody else does not help")
	w.add("revoked-forged-answer", Revoked, finding.RevocationRevoked, with(w.alice, func(o *cms.SignedOptions) {
		o.CRLs = []*pki.CRL{w.ca.CRL(w.alice.Revoke(pki.KeyCompromise))}
		o.OCSP = []*pki.OCSPResponse{w.mallory.OCSP(w.alice, pki.OCSPGood)}
	}), "Mallory answers that the certificate is good")
	w.add("revoked-by-stranger", Genuine, "", with(w.alice, lists(w.stranger.CRL(w.alice.Revoke(pki.KeyCompromise)))), "the list of another authority revokes nobody here")
	w.add("revoked-somebody-else", Genuine, "", with(w.alice, lists(w.ca.CRL(w.bob.Revoke(pki.KeyCompromise)), w.root.CRL())), "somebody else stands on the list")
	w.add("revoked-stale-list", Genuine, finding.RevocationUnknown, with(w.alice, lists(w.ca.CRLWith(pki.CRLTemplate{Number: big.NewInt(1),
		ThisUpdate: testca.Now.AddDate(0, -3, 0), NextUpdate: testca.Now.AddDate(0, -2, 0)}))), "an old list says nothing about now")
}

// times are attacks on the moment of judgement (STANDARDS 20).
func (w *workshop) times() {
	expired := w.person("alice@example.org", testca.Valid(testca.NotBefore, testca.Now.AddDate(0, -1, 0)))
	o := signing(expired)
	o.CMS.Signers[0].SigningTime = testca.Now.AddDate(0, -2, 0)
	w.add("time-backdated", Expired, finding.TimeExpired, w.sign(lunch, o), "the signer claims a time at which the certificate was valid")
	o = signing(w.alice)
	o.CMS.Signers[0].SigningTime = testca.Now.AddDate(1, 0, 0)
	w.add("time-future", Genuine, finding.SignerTimeStrange, w.sign(lunch, o), "the signer's clock is a year ahead; nothing is based on it")
}
