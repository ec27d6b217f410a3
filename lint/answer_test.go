package lint

import (
	"encoding/pem"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// answerRecipe is an OCSP answer to be made for a test: a good one, until a test spoils it.
type answerRecipe struct {
	t         testing.TB
	issuer    *pki.Certificate
	responder *pki.Certificate
	tpl       pki.OCSPTemplate
	options   Options
	parts     func(map[string][]byte) // last changes to the elements
	status    pki.OCSPStatus          // of an answer that is none
}

// goodAnswer is an authority's own answer.
func goodAnswer(t testing.TB) *answerRecipe {
	issuer := subCA(t).make()
	subject := leaf(t, pki.MailboxValidated, pki.Strict)
	subject.issuer = issuer
	id, err := pki.NewCertID(subject.make(), issuer, alg.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	one := pki.SingleResponse{CertID: id, Status: pki.OCSPRevoked, Revoked: today.AddDate(0, 0, -3), HasReason: true, Reason: pki.Superseded, ThisUpdate: today, NextUpdate: today.AddDate(0, 0, 4)}
	return &answerRecipe{t: t, issuer: issuer, responder: issuer, options: Options{Issuer: issuer, Regime: Public},
		tpl: pki.OCSPTemplate{ProducedAt: today.Add(time.Minute), Responses: []pki.SingleResponse{one}, Nonce: make([]byte, 32)}}
}

// delegatedAnswer is the answer of a responder that the authority certified.
func delegatedAnswer(t testing.TB) *answerRecipe { return delegatedBy(t, nil) }

func delegatedBy(t testing.TB, spoil func(*recipe)) *answerRecipe {
	r := goodAnswer(t)
	c := responder(t)
	c.issuer = r.issuer
	c.tpl.PublicKey = &caKey.PublicKey // so that one key signs everything
	if spoil != nil {
		spoil(c)
	}
	r.responder = c.make()
	r.tpl.ByName = true
	r.tpl.Certificates = []*pki.Certificate{r.responder}
	return r
}

func (r *answerRecipe) make() *pki.OCSPResponse {
	r.t.Helper()
	raw, err := pki.CreateOCSP(r.tpl, r.responder, caKey)
	if r.status != 0 {
		raw, err = pki.CreateOCSPError(r.status)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	if r.parts != nil {
		raw = r.rebuild(raw)
	}
	a, err := pki.ParseOCSPResponse(raw)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *answerRecipe) rebuild(raw []byte) []byte {
	outer := der.NewCursor(raw).Sequence()
	p := map[string][]byte{"status": outer.Next().Raw}
	wrapped, _ := outer.Explicit(0)
	content := wrapped.Sequence()
	p["type"] = content.Next().Raw
	basic := der.NewCursor(content.OctetString()).Sequence()
	tbs := basic.Sequence()
	for _, name := range []string{"responder", "produced", "responses"} {
		p[name] = tbs.Next().Raw
	}
	p["extensions"] = tbs.Rest()
	p["algorithm"], p["value"], p["certs"] = basic.Next().Raw, basic.Next().Raw, basic.Rest()
	r.parts(p)
	data := element(der.Sequence, join(p["version"], p["responder"], p["produced"], p["responses"], p["extensions"]))
	whole := element(der.Sequence, join(data, p["algorithm"], p["value"], p["certs"]))
	return element(der.Sequence, join(p["status"], element2(0xa0, element(der.Sequence, join(p["type"], element(der.OctetString, whole))))))
}

func (r *answerRecipe) judge() []Result { return OCSP(r.make(), r.options) }

type answerExample struct {
	rule  string
	base  func(testing.TB) *answerRecipe
	spoil func(*answerRecipe)
}

func answerPart(name string, value []byte) func(*answerRecipe) {
	return func(r *answerRecipe) { r.parts = func(p map[string][]byte) { p[name] = value } }
}

func answerSingle(change func(*pki.SingleResponse)) func(*answerRecipe) {
	return func(r *answerRecipe) { change(&r.tpl.Responses[0]) }
}

func answerExamples() []answerExample {
	nothing := func(*answerRecipe) {}
	nonce := encodeExtension(pki.NonceExtension(make([]byte, 32)))
	extensions := func(list ...[]byte) func(*answerRecipe) {
		return answerPart("extensions", element2(0xa1, element(der.Sequence, join(list...))))
	}
	delegated := func(spoil func(*recipe)) func(testing.TB) *answerRecipe {
		return func(t testing.TB) *answerRecipe { return delegatedBy(t, spoil) }
	}
	other := func(t testing.TB) *answerRecipe {
		return delegatedBy(t, func(c *recipe) { c.issuer = root(t).make() })
	}
	algorithm := func(id der.OID) []byte { return element(der.Sequence, element(der.ObjectIdentifier, []byte(id))) }
	return []answerExample{
		{"answer.successful", goodAnswer, func(r *answerRecipe) { r.status = pki.OCSPTryLater }}, {"answer.basic", goodAnswer, answerPart("type", element(der.ObjectIdentifier, []byte("\x2a\x03")))},
		{"answer.version", goodAnswer, answerPart("version", element2(0xa0, []byte{2, 1, 0}))}, {"answer.nonempty", goodAnswer, answerPart("responses", emptySequence)},
		{"answer.producedat", goodAnswer, answerPart("produced", element(der.GeneralizedTime, []byte("202611200000Z")))}, {"answer.certs-nonempty", goodAnswer, answerPart("certs", element2(0xa0, emptySequence))},
		{"answer.certs-readable", goodAnswer, answerPart("certs", element2(0xa0, element(der.Sequence, emptySequence)))}, {"answer.responder-key", goodAnswer, answerPart("responder", element2(0xa2, element(der.OctetString, make([]byte, 32))))},
		{"answer.extensions.once", goodAnswer, extensions(nonce, nonce)}, {"answer.extensions.unknown-critical", goodAnswer, extensions(encodeExtension(pki.Extension{ID: "\x2a\x03", Critical: true, Value: []byte{5, 0}}))},
		{"answer.nonce", goodAnswer, func(r *answerRecipe) { r.tpl.Nonce = make([]byte, 129) }}, {"answer.signature.parameters", goodAnswer, answerPart("algorithm", algorithm(alg.OIDSHA256WithRSA))},
		{"answer.signature.hash", goodAnswer, answerPart("algorithm", sha1RSA())}, {"smime.answer.signature", goodAnswer, answerPart("algorithm", sha1RSA())}, {"smime.answer.curve", goodAnswer, answerPart("algorithm", algorithm(alg.OIDECDSAWithSHA512))},
		{"answer.signature.verifies", goodAnswer, answerPart("value", []byte{3, 2, 0, 1})},
		{"answer.responder.known", delegatedAnswer, func(r *answerRecipe) { r.tpl.Certificates = nil }}, {"answer.responder.issued", other, nothing},
		{"answer.responder.purpose", delegated(func(c *recipe) { c.purposes(alg.OIDUsageEmailProtection) }), nothing}, {"answer.responder.nocheck", delegated(spoilDrop(alg.OIDOCSPNoCheck)), nothing},
		{"answer.responder.valid", delegated(func(c *recipe) { c.tpl.NotAfter = day(2026, 11, 2) }), nothing},
		{"answer.single.once", goodAnswer, func(r *answerRecipe) { r.tpl.Responses = append(r.tpl.Responses, r.tpl.Responses[0]) }},
		{"answer.single.hashes", goodAnswer, answerSingle(func(s *pki.SingleResponse) {
			id := join(algorithm(alg.OIDSHA256), element(der.OctetString, []byte{1}), element(der.OctetString, []byte{1}), []byte{2, 1, 1})
			s.CertID.Raw = element(der.Sequence, id)
		})},
		{"answer.single.thisupdate", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.ThisUpdate = today.Add(time.Hour) })}, {"answer.single.nextupdate", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.NextUpdate = time.Time{} })},
		{"answer.single.order", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.NextUpdate = today })}, {"answer.single.revoked", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.Revoked = today.Add(time.Hour) })},
		{"answer.single.reason", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.Reason = 7 })}, {"answer.single.unspecified", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.Reason = pki.Unspecified })},
		{"answer.single.cutoff", goodAnswer, answerSingle(func(s *pki.SingleResponse) {
			s.Extensions = []pki.Extension{{ID: alg.OIDOCSPArchiveCutoff, Value: element(der.GeneralizedTime, []byte("20300101000000Z"))}}
		})},
		{"answer.single.unknown-critical", goodAnswer, answerSingle(func(s *pki.SingleResponse) {
			s.Extensions = []pki.Extension{{ID: "\x2a\x03", Critical: true, Value: []byte{5, 0}}}
		})},
		{"smime.answer.eight-hours", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.NextUpdate = today.Add(time.Hour) })}, {"smime.answer.ten-days", goodAnswer, answerSingle(func(s *pki.SingleResponse) { s.NextUpdate = today.AddDate(0, 0, 11) })},
		{"smime.answer.reason-place", goodAnswer, answerSingle(func(s *pki.SingleResponse) {
			s.Extensions = []pki.Extension{{ID: alg.OIDExtReasonCode, Value: []byte{10, 1, 1}}}
		})},
	}
}

func TestEveryRuleOfAnswersFailsTheAnswerThatBreaksIt(t *testing.T) {
	passed, failed := map[string]bool{}, map[string]bool{}
	for _, base := range []func(testing.TB) *answerRecipe{goodAnswer, delegatedAnswer} {
		for _, got := range base(t).judge() {
			if got.Status == Fail {
				t.Errorf("a good answer: %s: %s", got.Name, got.Detail)
			}
			passed[got.Name] = passed[got.Name] || got.Status == Pass
		}
	}
	for _, x := range answerExamples() {
		r := x.base(t)
		x.spoil(r)
		for _, got := range r.judge() {
			if got.Name == x.rule {
				failed[got.Name] = got.Status == Fail && got.Detail != "" && got.Advice != ""
			}
		}
		if !failed[x.rule] {
			t.Errorf("the example of %s does not fail", x.rule)
		}
	}
	for _, r := range OCSPRules() {
		if !passed[r.Name] || !failed[r.Name] {
			t.Errorf("%s: passes %v, fails %v", r.Name, passed[r.Name], failed[r.Name])
		}
		if r.Section == "" || r.Title == "" || r.Advice == "" || r.Severity == "" {
			t.Errorf("%s lacks a section, a title, advice or a severity", r.Name)
		}
	}
	t.Logf("%d rules", len(OCSPRules()))
}

// pemOrRaw returns data and the contents of its PEM blocks.
func pemOrRaw(data []byte) [][]byte {
	list := [][]byte{data}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		list = append(list, block.Bytes)
	}
	return list
}
