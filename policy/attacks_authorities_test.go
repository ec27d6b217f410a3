package policy

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// authorities are more attacks on the path: authorities outside of their time and purpose, and honest paths that look odd.
func (w *workshop) authorities() {
	person := testca.Person("alice@example.org")
	past := testca.Valid(testca.NotBefore, testca.Now.AddDate(0, 0, -1))
	for _, c := range []struct {
		name   string
		by     *testca.Entity
		expect Word
		code   finding.Code
		note   string
	}{
		{"ca-expired", w.root.Issue(testca.Authority("Past").With(past)).Issue(person), Expired, finding.TimeExpired, "the authority expired yesterday, the signer did not"},
		{"ca-future", w.root.Issue(testca.Authority("Future").With(testca.Valid(testca.Now.AddDate(0, 0, 1), testca.NotAfter))).Issue(person), Expired, finding.TimeNotYet, "the authority begins tomorrow"},
		{"ca-purpose", w.root.Issue(testca.Authority("Web").With(testca.ExtUsage(alg.OIDUsageServerAuth))).Issue(person), Untrusted, finding.PathPurpose, "an authority for web servers"},
		{"ca-timestamps", w.root.Issue(testca.Authority("Times").With(testca.ExtUsage(alg.OIDUsageTimeStamping))).Issue(person), Untrusted, finding.PathPurpose, "an authority for timestamps"},
		{"ca-weak-key", w.root.Issue(testca.Authority("Small").With(testca.Key(testca.RSA1024))).Issue(person), Untrusted, finding.PathWeak, "an authority with an RSA key of 1024 bits"},
		{"ca-excluded", w.excluding("example.org").Issue(person), Untrusted, finding.PathNames, "an authority that may not speak for example.org"},
		{"ca-excluded-below", w.excluding(".example.org").Issue(testca.Person("alice@mail.example.org")), Untrusted, finding.PathNames, "an authority that may not speak for what is below example.org"},
		{"ca-excluded-case", w.excluding("EXAMPLE.ORG").Issue(person), Untrusted, finding.PathNames, "constraints do not regard case"},
		{"ca-limits-narrowed", w.constrained("example.net").Issue(testca.Authority("Wide").With(w.permits("example.org"))).Issue(person), Untrusted, finding.PathNames, "an authority below allows itself what the one above may not"},
		{"ca-signs-mail", w.root.Issue(testca.Authority("Issuer").With(alsoFor("alice@example.org"), testca.ExtUsage(alg.OIDUsageEmailProtection))), Untrusted, finding.PathPurpose, "an authority signs mail itself, with an address and the right purposes"},
		{"ca-signs-mail-without-usage", w.root.Issue(testca.Authority("Issuer 2").With(alsoFor("alice@example.org"), testca.Usage(pki.KeyCertSign|pki.CRLSign))), Untrusted, finding.PathKeyUsage, "an authority signs mail, and its key is not for that"},
		{"ca-as-leaf", w.ca, Untrusted, finding.FromNoAddress, "the issuing authority signs as if it were Alice"},
		{"root-as-leaf", w.root, Untrusted, finding.FromNoAddress, "the root signs as if it were Alice"},
		{"policy-required", w.root.Issue(testca.Authority("Policies").With(w.policies())).Issue(person), Untrusted, finding.PathPolicy, "an authority asks for a policy that the certificate does not have"},
		{"non-repudiation", w.person("alice@example.org", testca.Usage(pki.NonRepudiation)), Genuine, "", "a key for content commitment alone may sign mail"},
		{"no-usage", w.person("alice@example.org", testca.Usage(0), testca.Named("no usage", "")), Genuine, "", "a certificate without key usage may be used for everything"},
		{"no-purpose", w.person("alice@example.org", testca.ExtUsage()), Genuine, "", "a certificate without extended key usage may be used for everything"},
		{"long", w.long(6).Issue(person), Genuine, "", "six authorities in a row"},
		{"p521", w.person("alice@example.org", testca.Key(testca.P521)), Genuine, "", "a key on P-521"},
		{"ed25519", w.person("alice@example.org", testca.Key(testca.Ed25519)), Genuine, "", "a key on Ed25519"},
		{"rsa", w.person("alice@example.org", testca.Key(testca.RSA3072)), Genuine, "", "an RSA key of 3072 bits"},
		{"no-key-identifiers", w.person("alice@example.org", func(s *testca.Spec) { s.NoKeyID = true }), Genuine, "", "without key identifiers names decide"},
	} {
		mail := lunch
		if c.name == "ca-excluded-below" {
			mail = "From: alice@mail.example.org\r\nSubject: Lunch\r\n\r\nPay.\r\n"
		}
		w.add("path-"+c.name, c.expect, c.code, w.clear(mail, c.by), c.note)
	}
	w.carried()
}

// carried are attacks and oddities with the certificates that come along.
func (w *workshop) carried() {
	o := signing(w.alice)
	o.CMS.Certificates = []*pki.Certificate{w.ca.Certificate, w.bob.Certificate, w.root.Certificate, w.stranger.Certificate, w.alice.Certificate, w.alice.Certificate}
	w.add("carried-bag", Genuine, "", w.sign(lunch, o), "certificates in any order, some twice, some of others, the root too")
	o.CMS.Certificates = []*pki.Certificate{w.alice.Certificate}
	w.add("carried-no-issuer", Untrusted, finding.PathNoAnchor, w.sign(lunch, o), "the issuing authority is not carried and not at hand")
	fake := testca.Root(w.t, "Carried Root").Issue(testca.Person("alice@example.org"))
	o = signing(fake)
	o.CMS.Certificates = append(o.CMS.Certificates, fake.Issuer.Certificate)
	w.add("carried-root", Untrusted, finding.PathNoAnchor, w.sign(lunch, o), "the mail brings its own root, which makes nobody trust it")
	cross := w.root.Renew(w.stranger, testca.Authority("Stranger Root"))
	by := w.stranger.Issue(testca.Person("alice@example.org").With(testca.Named("crossed", "")))
	o = signing(by)
	o.CMS.Certificates = append(o.CMS.Certificates, w.stranger.Certificate, cross.Certificate)
	w.add("carried-cross", Genuine, "", w.sign(lunch, o), "a cross certificate leads from an unknown root to the trusted one")
}

// excluding makes an authority that may not speak for a mail domain.
func (w *workshop) excluding(domain string) *testca.Entity {
	x, err := pki.NameConstraintsExtension(pki.NameConstraints{Excluded: []pki.GeneralSubtree{{Base: pki.Mailbox(domain), Maximum: -1}}})
	w.must(err)
	return w.root.Issue(testca.Authority("Not for " + domain).With(func(s *testca.Spec) { s.More = append(s.More, x) }))
}

func (w *workshop) permits(domain string) testca.Change {
	x, err := pki.NameConstraintsExtension(pki.NameConstraints{Permitted: []pki.GeneralSubtree{{Base: pki.Mailbox(domain), Maximum: -1}}})
	w.must(err)
	return func(s *testca.Spec) { s.More = append(s.More, x) }
}

// policies makes an authority ask for explicit policies at once.
func (w *workshop) policies() testca.Change {
	x, err := pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: -1})
	w.must(err)
	return func(s *testca.Spec) { s.More = append(s.More, x) }
}

// long makes a row of authorities.
func (w *workshop) long(n int) *testca.Entity {
	e := w.root
	for i := range n {
		e = e.Issue(testca.Authority("Row " + string(rune('A'+i))))
	}
	return e
}
