package lint

import (
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
)

// listRecipe is a revocation list to be made for a test: a good one, until a test spoils it.
type listRecipe struct {
	t       testing.TB
	issuer  *pki.Certificate
	tpl     pki.CRLTemplate
	options Options
	parts   func(map[string][]byte) // last changes to the elements of TBSCertList and to those behind it
	entries [][]byte                // instead of the template's
	edit    func(e []pki.Extension) []pki.Extension
}

var today = day(2026, 11, 20)

// goodList is a list of an issuing authority for mail, with one entry.
func goodList(t testing.TB) *listRecipe {
	issuer := subCA(t).make()
	entry := pki.NewRevokedEntry(big.NewInt(4711), today.AddDate(0, 0, -1), pki.KeyCompromise)
	return &listRecipe{t: t, issuer: issuer, options: Options{Issuer: issuer, Regime: Public},
		tpl: pki.CRLTemplate{Number: big.NewInt(7), ThisUpdate: today, NextUpdate: today.AddDate(0, 0, 7), Entries: slices.Values([]pki.RevokedEntry{entry})}}
}

func fullList(t testing.TB) *listRecipe {
	r := goodList(t)
	r.tpl.Scope = pki.IssuingDistributionPoint{Present: true, OnlyUserCerts: true, Point: pki.PointName{Present: true, FullName: pki.GeneralNames{pki.URI("http://crl.example.org/1.crl")}}}
	ian, _ := pki.IssuerAltNameExtension(pki.URI("http://ca.example.org"))
	aia, _ := pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI("http://ca.example.org/ca.crt")})
	freshest, _ := pki.FreshestCRLExtension(pki.PointAt("http://crl.example.org/d.crl"))
	r.tpl.Extensions = []pki.Extension{ian, aia, freshest}
	return r
}

// rootList is the list of a root, about authorities.
func rootList(t testing.TB) *listRecipe {
	r := goodList(t)
	r.issuer = root(t).make()
	r.options.Issuer = r.issuer
	r.tpl.NextUpdate = today.AddDate(0, 6, 0)
	return r
}

func deltaList(t testing.TB) *listRecipe { r := goodList(t); r.tpl.DeltaBase = big.NewInt(5); return r }

func encodeExtension(e pki.Extension) []byte {
	critical := []byte{}
	if e.Critical {
		critical = boolean(0xff)
	}
	return element(der.Sequence, join(element(der.ObjectIdentifier, []byte(e.ID)), critical, element(der.OctetString, e.Value)))
}

// listEntry encodes an entry.
func listEntry(serial []byte, at string, extensions ...pki.Extension) []byte {
	body := join(element(der.Integer, serial), element(der.UTCTime, []byte(at)))
	if extensions != nil {
		var list []byte
		for _, e := range extensions {
			list = append(list, encodeExtension(e)...)
		}
		body = append(body, element(der.Sequence, list)...)
	}
	return element(der.Sequence, body)
}

func (r *listRecipe) make() *pki.CRL {
	r.t.Helper()
	raw, err := pki.CreateCRL(r.tpl, r.issuer, caKey)
	if err != nil {
		r.t.Fatal(err)
	}
	if r.parts != nil || r.entries != nil || r.edit != nil {
		raw = r.rebuild(raw)
	}
	l, err := pki.ParseCRL(raw)
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

// rebuild takes the list apart, lets the test change the parts, and puts it together; the signature breaks.
func (r *listRecipe) rebuild(raw []byte) []byte {
	outer := der.NewCursor(raw).Sequence()
	tbs := outer.Sequence()
	p := map[string][]byte{}
	for _, name := range []string{"version", "signature", "issuer", "this", "next"} {
		p[name] = tbs.Next().Raw
	}
	if v, ok := tbs.Optional(der.Sequence); ok {
		p["revoked"] = v.Raw
	}
	p["extensions"] = tbs.Next().Raw
	p["outer"], p["value"] = outer.Next().Raw, outer.Next().Raw
	if r.edit != nil {
		l, _ := pki.ParseCRL(raw)
		var list []byte
		for _, e := range r.edit(l.Extensions) {
			list = append(list, encodeExtension(e)...)
		}
		p["extensions"] = element2(0xa0, element(der.Sequence, list))
	}
	if r.entries != nil {
		p["revoked"] = element(der.Sequence, join(r.entries...))
	}
	if r.parts != nil {
		r.parts(p)
	}
	inner := join(p["version"], p["signature"], p["issuer"], p["this"], p["next"], p["revoked"], p["extensions"])
	return element(der.Sequence, join(element(der.Sequence, inner), p["outer"], p["value"]))
}

func (r *listRecipe) judge() []Result { return CRL(r.make(), r.options) }

type listExample struct {
	rule  string
	base  func(testing.TB) *listRecipe
	spoil func(*listRecipe)
}

// of makes a spoiler of one part.
func listPart(name string, value []byte) func(*listRecipe) {
	return func(r *listRecipe) { r.parts = func(p map[string][]byte) { p[name] = value } }
}

func listExtensions(edit func(e []pki.Extension) []pki.Extension) func(*listRecipe) {
	return func(r *listRecipe) { r.edit = edit }
}

func listDrop(id der.OID) func(*listRecipe) {
	return listExtensions(func(e []pki.Extension) []pki.Extension {
		return slices.DeleteFunc(slices.Clone(e), func(x pki.Extension) bool { return x.ID == id })
	})
}

func listChange(id der.OID, change func(*pki.Extension)) func(*listRecipe) {
	return listExtensions(func(e []pki.Extension) []pki.Extension {
		e = slices.Clone(e)
		for i := range e {
			if e[i].ID == id {
				change(&e[i])
			}
		}
		return e
	})
}

func listFlag(id der.OID, critical bool) func(*listRecipe) {
	return listChange(id, func(e *pki.Extension) { e.Critical = critical })
}

func listValue(id der.OID, value ...byte) func(*listRecipe) {
	return listChange(id, func(e *pki.Extension) { e.Value = value })
}

func listAdd(x pki.Extension) func(*listRecipe) {
	return listExtensions(func(e []pki.Extension) []pki.Extension { return append(slices.Clone(e), x) })
}

func listEntries(list ...[]byte) func(*listRecipe) { return func(r *listRecipe) { r.entries = list } }

func sha1RSA() []byte {
	return element(der.Sequence, join(element(der.ObjectIdentifier, []byte(alg.OIDSHA1WithRSA)), []byte{5, 0}))
}

func listOutlineExamples() []listExample {
	utc := func(s string) []byte { return element(der.UTCTime, []byte(s)) }
	bare := element(der.Sequence, element(der.ObjectIdentifier, []byte(alg.OIDSHA256WithRSA)))
	both := func(value []byte) func(*listRecipe) {
		return func(r *listRecipe) {
			r.parts = func(p map[string][]byte) { p["signature"], p["outer"] = value, value }
		}
	}
	return []listExample{
		{"crl.version", goodList, func(r *listRecipe) {
			r.parts = func(p map[string][]byte) { p["version"], p["extensions"], p["revoked"] = nil, nil, nil }
		}},
		{"crl.signature.match", goodList, listPart("outer", sha1RSA())}, {"crl.signature.octets", goodList, listPart("value", []byte{3, 2, 4, 0x10})},
		{"crl.signature.parameters", goodList, both(bare)}, {"crl.signature.hash", goodList, both(sha1RSA())}, {"smime.crl.no-sha1", goodList, both(sha1RSA())}, {"smime.crl.signature", goodList, both(sha1RSA())},
		{"crl.signature.verifies", goodList, listPart("value", []byte{3, 2, 0, 1})}, {"smime.crl.signature.curve", goodList, both(element(der.Sequence, element(der.ObjectIdentifier, []byte(alg.OIDECDSAWithSHA512))))},
		{"crl.issuer.may-sign", goodList, func(r *listRecipe) { c := subCA(r.t); c.usage(pki.KeyCertSign); r.options.Issuer = c.make() }},
		{"crl.issuer.nonempty", goodList, listPart("issuer", emptySequence)}, {"crl.issuer.same-bytes", goodList, listPart("issuer", emptySequence)},
		{"crl.times.form", goodList, listPart("this", utc("2611200000Z"))}, {"crl.times.type", goodList, listPart("this", element(der.GeneralizedTime, []byte("20261120000000Z")))},
		{"crl.nextupdate.present", goodList, listPart("next", nil)}, {"crl.nextupdate.later", goodList, listPart("next", utc("261120000000Z"))},
		{"crl.aki.present", goodList, listDrop(alg.OIDExtAuthorityKeyID)}, {"crl.aki.not-critical", goodList, listFlag(alg.OIDExtAuthorityKeyID, true)},
		{"crl.aki.keyid", goodList, listValue(alg.OIDExtAuthorityKeyID, 0x30, 0)}, {"crl.aki.matches", goodList, listValue(alg.OIDExtAuthorityKeyID, 0x30, 3, 0x80, 1, 9)},
		{"crl.ian.not-critical", fullList, listFlag(alg.OIDExtIssuerAltName, true)}, {"crl.number.present", goodList, listDrop(alg.OIDExtCRLNumber)}, {"crl.number.not-critical", goodList, listFlag(alg.OIDExtCRLNumber, true)},
		{"crl.number.length", goodList, func(r *listRecipe) { r.tpl.Number = new(big.Int).Lsh(big.NewInt(1), 159) }},
		{"crl.delta.critical", deltaList, listFlag(alg.OIDExtDeltaCRLIndicator, false)}, {"crl.delta.base", deltaList, listValue(alg.OIDExtDeltaCRLIndicator, 2, 1, 9)},
		{"crl.idp.critical", fullList, listFlag(alg.OIDExtIssuingDistributionPoint, false)}, {"crl.idp.nonempty", fullList, listValue(alg.OIDExtIssuingDistributionPoint, 0x30, 0)},
		{"crl.idp.one-kind", fullList, listValue(alg.OIDExtIssuingDistributionPoint, 0x30, 6, 0x81, 1, 0xff, 0x82, 1, 0xff)},
		{"crl.freshest.not-critical", fullList, listFlag(alg.OIDExtFreshestCRL, true)}, {"crl.freshest.not-in-delta", fullList, func(r *listRecipe) { r.tpl.DeltaBase = big.NewInt(5) }},
		{"crl.aia.not-critical", fullList, listFlag(alg.OIDExtAuthorityInfoAccess, true)},
		{"crl.aia.issuers", fullList, func(r *listRecipe) {
			e, _ := pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI("http://a.org")})
			listValue(alg.OIDExtAuthorityInfoAccess, e.Value...)(r)
		}},
		{"crl.extensions.once", goodList, listAdd(pki.Extension{ID: alg.OIDExtCRLNumber, Value: []byte{2, 1, 7}})}, {"crl.extensions.readable", goodList, listValue(alg.OIDExtCRLNumber, 5, 0)},
		{"crl.extensions.default", goodList, listPart("extensions", element2(0xa0, element(der.Sequence, element(der.Sequence, join(element(der.ObjectIdentifier, []byte(alg.OIDExtCRLNumber)), boolean(0), element(der.OctetString, []byte{2, 1, 7}))))))},
		{"crl.extensions.nonempty", goodList, listPart("extensions", element2(0xa0, emptySequence))}, {"crl.extensions.unknown-critical", goodList, listAdd(pki.Extension{ID: "\x2a\x03", Critical: true, Value: []byte{5, 0}})},
	}
}

func listEntryExamples() []listExample {
	one, at := []byte{1}, "261119000000Z"
	reason := func(n byte, critical bool) pki.Extension {
		return pki.Extension{ID: alg.OIDExtReasonCode, Critical: critical, Value: []byte{10, 1, n}}
	}
	name, _ := pki.NewName(text(alg.OIDAttrOrganization, "X"))
	issuer := pki.Extension{ID: alg.OIDExtCertificateIssuer, Critical: true, Value: element(der.Sequence, pki.Directory(name).Raw)}
	loose := issuer
	loose.Critical = false
	date := pki.Extension{ID: alg.OIDExtInvalidityDate, Critical: true, Value: element(der.GeneralizedTime, []byte("20261101000000Z"))}
	return []listExample{
		{"crl.entry.none", goodList, listPart("revoked", emptySequence)}, {"crl.entry.serial", goodList, listEntries(listEntry([]byte{0}, at))}, {"crl.entry.once", goodList, listEntries(listEntry(one, at), listEntry(one, at))},
		{"crl.entry.date", goodList, listEntries(listEntry(one, "261121000000Z"))}, {"crl.entry.early", goodList, listEntries(listEntry(one, "980101000000Z"))}, {"crl.entry.reason", goodList, listEntries(listEntry(one, at, reason(7, false)))},
		{"crl.entry.unspecified", goodList, listEntries(listEntry(one, at, reason(0, false)))}, {"smime.crl.unspecified", goodList, listEntries(listEntry(one, at, reason(0, false)))}, {"crl.entry.remove", goodList, listEntries(listEntry(one, at, reason(8, false)))},
		{"crl.entry.reason-not-critical", goodList, listEntries(listEntry(one, at, reason(1, true)))}, {"crl.entry.invalidity-not-critical", goodList, listEntries(listEntry(one, at, date))},
		{"crl.entry.issuer-critical", goodList, listEntries(listEntry(one, at, loose))}, {"crl.entry.issuer-indirect", goodList, listEntries(listEntry(one, at, issuer))}, {"crl.entry.extension-once", goodList, listEntries(listEntry(one, at, reason(1, false), reason(1, false)))},
		{"crl.extensions.nonempty", goodList, listEntries(listEntry(one, at, []pki.Extension{}...), element(der.Sequence, join(element(der.Integer, []byte{2}), element(der.UTCTime, []byte(at)), emptySequence)))},
		{"smime.crl.ten-days", goodList, func(r *listRecipe) { r.tpl.NextUpdate = today.AddDate(0, 0, 11) }}, {"smime.crl.one-year", rootList, func(r *listRecipe) { r.tpl.NextUpdate = today.AddDate(1, 0, 1) }},
		{"smime.crl.authority-reason", rootList, listEntries(listEntry(one, at))}, {"smime.crl.authority-hold", rootList, listEntries(listEntry(one, at, reason(6, false)))},
	}
}

func TestEveryRuleOfListsFailsTheListThatBreaksIt(t *testing.T) {
	passed, failed := map[string]bool{}, map[string]bool{}
	for _, base := range []func(testing.TB) *listRecipe{goodList, fullList, rootList, deltaList} {
		for _, got := range base(t).judge() {
			if got.Status == Fail {
				t.Errorf("a good list: %s: %s", got.Name, got.Detail)
			}
			passed[got.Name] = passed[got.Name] || got.Status == Pass
		}
	}
	for _, x := range append(listOutlineExamples(), listEntryExamples()...) {
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
	for _, r := range CRLRules() {
		if !passed[r.Name] || !failed[r.Name] {
			t.Errorf("%s: passes %v, fails %v", r.Name, passed[r.Name], failed[r.Name])
		}
		if r.Section == "" || r.Title == "" || r.Advice == "" || r.Severity == "" {
			t.Errorf("%s lacks a section, a title, advice or a severity", r.Name)
		}
	}
	t.Logf("%d rules", len(CRLRules()))
}

func TestTheRequirementsBindListsOfAuthoritiesForMail(t *testing.T) {
	r := goodList(t)
	r.tpl.NextUpdate = today.AddDate(0, 1, 0)
	for regime, want := range map[Regime]Status{ByContent: Fail, Public: Fail, Private: NotApplicable} {
		r.options.Regime = regime
		for _, got := range r.judge() {
			if got.Name == "smime.crl.ten-days" && got.Status != want {
				t.Errorf("%q: %s", regime, got.Status)
			}
		}
	}
}

func TestAListOfAHundredThousandEntriesIsReadOnce(t *testing.T) {
	r := goodList(t)
	r.tpl.Entries = func(yield func(pki.RevokedEntry) bool) {
		for i := range int64(100_000) {
			if !yield(pki.NewRevokedEntry(big.NewInt(i+1), today.Add(-time.Hour), pki.Superseded)) {
				return
			}
		}
	}
	if worst := Worst(r.judge()); worst != "" {
		t.Error(worst)
	}
}

func TestNoListOrAnswerOfTheCollectionsMakesARulePanic(t *testing.T) {
	lists, answers := 0, 0
	err := filepath.WalkDir(peer.Vectors(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > 1<<16 {
			return err
		}
		data, err := os.ReadFile(path)
		for _, raw := range pemOrRaw(data) {
			if l, err := pki.ParseCRL(raw); err == nil {
				lists++
				CRL(l, Options{Regime: Public})
			}
			if a, err := pki.ParseOCSPResponse(raw); err == nil {
				answers++
				OCSP(a, Options{Regime: Public})
			}
		}
		return err
	})
	if err != nil || lists < 100 || answers < 20 {
		t.Errorf("%v", err)
	}
	t.Log(fmt.Sprint(lists, " lists, ", answers, " answers"))
}
