package lint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

func mailbox(t testing.TB) *recipe       { return leaf(t, pki.MailboxValidated, pki.Strict) }
func wideMailbox(t testing.TB) *recipe   { return leaf(t, pki.MailboxValidated, pki.Multipurpose) }
func legacyMailbox(t testing.TB) *recipe { return leaf(t, pki.MailboxValidated, pki.Legacy) }
func organization(t testing.TB) *recipe  { return leaf(t, pki.OrganizationValidated, pki.Strict) }
func sponsor(t testing.TB) *recipe       { return leaf(t, pki.SponsorValidated, pki.Strict) }
func individual(t testing.TB) *recipe    { return leaf(t, pki.IndividualValidated, pki.Strict) }
func subCA(t testing.TB) *recipe         { return authority(t, issuing(t)) }
func root(t testing.TB) *recipe          { return authority(t, nil) }

func responder(t testing.TB) *recipe {
	r := leaf(t, pki.NoValidation, pki.NoGeneration)
	r.san = nil
	r.usage(pki.DigitalSignature)
	r.purposes(alg.OIDUsageOCSPSigning)
	r.value(alg.OIDOCSPNoCheck, false, []byte{5, 0})
	return r
}

func p224Key() *ecdsa.PublicKey {
	k, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	return &k.PublicKey
}

// judge applies the rules; roots are bound by the S/MIME BR only by decree.
func (r *recipe) judge() []Result {
	o := Options{At: r.at, Issuer: r.issuer}
	if r.issuer == nil || r.public {
		o.Regime = Public
	}
	return Certificate(r.make(), o)
}

func examples() []example {
	return slices.Concat(outlineExamples(), nameExamples(), keyExamples(), altNameExamples(), extensionExamples(), smimeExamples(),
		nameContentExamples(), altNameSyntaxExamples(), moreExtensionExamples(), qualifiedExamples())
}

func TestEveryRuleFailsTheCertificateThatBreaksIt(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range examples() {
		seen[x.rule] = true
		t.Run(x.rule, func(t *testing.T) {
			r := x.base(t)
			x.spoil(r)
			for _, got := range r.judge() {
				if got.Name == x.rule && (got.Status != Fail || got.Detail == "" || got.Advice == "") {
					t.Errorf("%s", got.Status)
				}
			}
		})
	}
	for _, r := range Rules() {
		if !seen[r.Name] && r.Name != "certificate.readable" { // see TestWhatCannotBeReadFailsOneRule
			t.Errorf("%s has no certificate that breaks it", r.Name)
		}
	}
}

func TestGoodCertificatesAreClean(t *testing.T) {
	for name, base := range map[string]func(testing.TB) *recipe{"mailbox": mailbox, "multipurpose": wideMailbox, "legacy": legacyMailbox, "organization": organization,
		"sponsor": sponsor, "individual": individual, "subordinate": subCA, "root": root, "responder": responder} {
		for _, got := range base(t).judge() {
			if got.Status == Fail && got.Severity != Notice {
				t.Errorf("%s: %s: %s", name, got.Name, got.Detail)
			}
		}
	}
}

func TestEveryRulePassesSomeCertificate(t *testing.T) {
	passed := map[string]bool{}
	note := func(r *recipe) {
		for _, got := range r.judge() {
			passed[got.Name] = passed[got.Name] || got.Status == Pass
		}
	}
	for _, x := range examples() {
		r := x.base(t) // an example spoils one thing: what it adds beside it passes the other rules
		x.spoil(r)
		note(r)
		note(x.base(t))
	}
	for _, x := range append(passing(), morePassing()...) {
		r := x.base(t)
		x.spoil(r)
		note(r)
	}
	for _, r := range Rules() {
		if !passed[r.Name] && r.Name != "smime.policy.legacy-retired" { // whatever it is about breaks it
			t.Errorf("%s has no certificate that passes it", r.Name)
		}
	}
}
