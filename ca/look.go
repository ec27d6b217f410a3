package ca

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
)

// draftCertificate is the bytes that would be signed, as a certificate with a dummy signature.
type draftCertificate struct {
	tbs    []byte
	raw    []byte // the linting certificate
	scheme *alg.SignScheme
	lint   []lint.Result // what failed without being refused
}

// write encodes the blueprint. The dummy signature is no key's: a linting certificate never verifies.
func (b *blueprint) write() (*draftCertificate, error) {
	issuerKey, name := b.issuerKey()
	scheme, err := alg.SignatureFor(issuerKey, b.template.Signing)
	if err != nil {
		return nil, fmt.Errorf("how the authority %s signs: %w", b.authority.Name, err)
	}
	tbs, err := b.template.TBS(name, scheme.Identifier)
	if err != nil {
		return nil, err
	}
	raw, err := joinSignature(tbs, scheme.Identifier, dummySignature())
	if err != nil {
		return nil, err
	}
	return &draftCertificate{tbs: tbs, raw: raw, scheme: scheme}, nil
}

// issuerKey is the key that will sign, and the name of its holder, byte by byte (S/MIME BR §7.1.4.1).
func (b *blueprint) issuerKey() (any, pki.Name) {
	if b.issuer != nil {
		return b.issuer.PublicKey, b.issuer.Subject
	}
	key, _, err := alg.ParsePublicKey(b.key.spki)
	if err != nil {
		return nil, b.template.Subject // readKey parsed it before
	}
	return key, b.template.Subject
}

// dummySignature has the outline of an ECDSA signature: SEQUENCE { 1, 1 }.
func dummySignature() []byte { return []byte{0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01} }

func joinSignature(tbs []byte, id alg.Identifier, signature []byte) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Raw(tbs)
		id.Append(b)
		b.BitString(der.BitString{Bytes: signature})
	})
	return b.Bytes()
}

// look lints a certificate under the rules of a moment. What must not be signed is a *Refusal; what remains is returned.
func (c *CA) look(b *blueprint, raw []byte, at time.Time) ([]lint.Result, error) {
	cert, err := pki.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	o := lint.Options{At: at, Issuer: b.issuer, Regime: b.regime(), Draft: true} // sign verifies the real signature itself
	if o.Issuer == nil {
		o.Issuer = cert
	}
	failed, no := c.judge(lint.Certificate(cert, o))
	return failed, no.err()
}

// regime says whether the S/MIME BR bind: where the house is bound by them, and for authorities also where their profile promises it.
// A house that is bound issues nothing by private profiles: there the linter misses the reserved policy (S/MIME BR §1.1).
func (b *blueprint) regime() lint.Regime {
	t := b.profile.Type
	if t.subscriber() && b.public || t.authority() && (b.public || b.profile.Generation != Private) {
		return lint.Public
	}
	return lint.Private
}

// neverSigned are warnings of the linter, which judges the certificates of others too, that are errors in our own: nobody here knows an
// extension that others must understand, or makes lists of some reasons only.
func neverSigned() []string { return []string{"extensions.unknown-critical", "crldp.all-reasons"} }

// judge takes out what failed, and what of it forbids to sign.
func (c *CA) judge(results []lint.Result) (failed []lint.Result, no *Refusal) {
	no = &Refusal{}
	for _, r := range results {
		if r.Status != lint.Fail {
			continue
		}
		failed = append(failed, r)
		if r.Severity == lint.Error || r.Severity == lint.Warning && (c.RefuseWarnings || slices.Contains(neverSigned(), r.Name)) {
			no.add(Problem{Code: r.Name, Section: r.Section, Field: "certificate", What: r.Detail, Advice: r.Advice})
		}
	}
	return failed, no
}

// lookTwice lints the draft as it is, and where a private house shapes certificates by the S/MIME BR without claiming them, also as if
// it claimed them: the shape is promised by the profile, and only the linter knows it in full.
func (c *CA) lookTwice(b *blueprint, draft *draftCertificate, at time.Time) error {
	failed, err := c.look(b, draft.raw, at)
	if err != nil {
		return err
	}
	draft.lint = failed
	if b.public || b.profile.Generation == Private || !b.profile.Type.subscriber() {
		return nil
	}
	twin := *b
	twin.public = true
	list, err := twin.policies(true)
	if err != nil {
		return err
	}
	policies, err := pki.PoliciesExtension(list[:1]...)
	if err != nil {
		return err
	}
	twin.template.Extensions = append(slices.DeleteFunc(slices.Clone(b.template.Extensions), func(e pki.Extension) bool { return e.ID == policies.ID }), policies)
	claimed, err := twin.write()
	if err != nil {
		return err
	}
	failed, err = c.look(&twin, claimed.raw, at)
	for _, r := range failed {
		if !slices.ContainsFunc(draft.lint, func(x lint.Result) bool { return x.Name == r.Name }) {
			draft.lint = append(draft.lint, r)
		}
	}
	return err
}

// lintRecord is what is stored with an intent: when it was looked at, and what failed without being refused.
func (d *draftCertificate) lintRecord(at time.Time) (string, error) {
	type failure struct {
		Name   string `json:"name"`
		Detail string `json:"detail"`
	}
	out := struct {
		At     time.Time `json:"at"`
		Failed []failure `json:"failed,omitempty"`
	}{At: at}
	for _, r := range d.lint {
		out.Failed = append(out.Failed, failure{r.Name, r.Detail})
	}
	text, err := json.Marshal(out)
	return string(text), err
}
