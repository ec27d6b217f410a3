package chain_test

import (
	"bytes"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// elements cuts a file into the elements that stand in it one after another.
func elements(data []byte) (list [][]byte) {
	for len(data) > 0 && len(list) < 64 {
		v, rest, err := der.Parse(data)
		if err != nil {
			return list
		}
		list, data = append(list, v.Raw), rest
	}
	return list
}

func certificatesOf(data []byte) (list []*pki.Certificate) {
	for _, raw := range elements(data) {
		if c, err := pki.ParseCertificate(raw); err == nil {
			list = append(list, c)
		}
	}
	return list
}

// sound checks what must be true of every result, and that the same question has the same answer.
func sound(t *testing.T, r chain.Request) {
	t.Helper()
	r.Budget = limit.New(limit.Limits{PublicKey: 300})
	got := chain.Verify(t.Context(), r)
	r.Budget = limit.New(limit.Limits{PublicKey: 300})
	again := chain.Verify(t.Context(), r)
	if fmt.Sprint(got.OK, got.Findings, got.Policies, len(got.Path), got.Tried) != fmt.Sprint(again.OK, again.Findings, again.Policies, len(again.Path), again.Tried) {
		t.Fatalf("two answers:\n%v\n%v", got.Findings, again.Findings)
	}
	if got.OK != (len(got.Failures) == 0) || len(got.Path) == 0 || !got.Path[0].Equal(r.Leaf) {
		t.Fatalf("OK %v with %v", got.OK, got.Failures)
	}
	for _, f := range got.Failures {
		if f.Section == "" || f.Index >= len(got.Path) {
			t.Fatalf("%+v", f)
		}
	}
	if !got.OK {
		return
	}
	if got.Anchor == nil || !got.Path[len(got.Path)-1].Equal(got.Anchor.Certificate) || len(got.Path) > 1 && len(got.Revocation) != len(got.Path)-1 {
		t.Fatalf("a good path without an anchor: %v", got.Path)
	}
	for i := range len(got.Path) - 1 {
		c, issuer := got.Path[i], got.Path[i+1]
		if err := c.CheckSignatureFrom(issuer, r.Allow); err != nil || !c.Issuer.Equal(issuer.Subject) {
			t.Fatalf("a good path that does not hold: %v", err)
		}
	}
}

func FuzzVerifyAnyAnchor(f *testing.F) {
	root := testca.Root(f, "Root")
	issuing := root.Issue(testca.Authority("Issuing").With(constrained(f, trees(pki.RFC822("example.org")), nil)))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	other := testca.Root(f, "Other")
	certs := bytes.Join([][]byte{alice.Certificate.Raw, issuing.Certificate.Raw, cross(other, issuing).Certificate.Raw, cross(root, other).Certificate.Raw, root.Certificate.Raw}, nil)
	lists := append(bytes.Clone(list(root, days(-1), days(1)).Raw), list(issuing, days(-1), days(1), listed(alice, days(-2), 1)).Raw...)
	f.Add(certs, lists, answer(f, issuing, nil, says{about: alice}).Raw, byte(0), testca.Now.Unix())
	f.Add(certs, []byte{}, []byte{}, byte(1), testca.Now.Unix())
	f.Add(certs, lists, []byte{}, byte(9), int64(0))
	purposes := []chain.Purpose{chain.SMIMESign, chain.Any, chain.SMIMEEncrypt, chain.TimeStamping, chain.CA, chain.CRLSigning, chain.OCSPSigning}
	f.Fuzz(func(t *testing.T, certs, lists, answers []byte, purpose byte, at int64) {
		pool := certificatesOf(certs)
		if len(pool) < 2 {
			return
		}
		anchor := pool[len(pool)-1]
		e := chain.AtHand{Certificates: pool}
		for _, raw := range elements(lists) {
			if l, err := pki.ParseCRL(raw); err == nil {
				e.Lists = append(e.Lists, l)
			}
		}
		for _, raw := range elements(answers) {
			if r, err := pki.ParseOCSPResponse(raw); err == nil {
				e.Answers = append(e.Answers, r)
			}
		}
		sound(t, chain.Request{Leaf: pool[0], Pool: pool[1 : len(pool)-1], Anchors: chain.NewAnchors(chain.Anchor{Certificate: anchor, Domains: []string{"example.org"}}),
			Evidence: e, Time: time.Unix(at%(1<<40), 0), Purpose: purposes[int(purpose)%len(purposes)], Allow: alg.Allow{SHA1: true}})
	})
}

// FuzzVerifyExtensions signs whatever stands in the extensions, so that rules are reached that stand behind the signature.
func FuzzVerifyExtensions(f *testing.F) {
	value := func(e pki.Extension, err error) []byte {
		if err != nil {
			f.Fatal(err)
		}
		return e.Value
	}
	constraints := value(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: trees(pki.RFC822(".example.org"), pki.DNS("example.org")), Excluded: trees(pki.RFC822("bob@example.org"))}))
	names := value(pki.SubjectAltNameExtension(false, pki.RFC822("alice@mail.example.org"), pki.SmtpUTF8("用户@example.org"), pki.DNS("*.example.org"), pki.URI("https://example.org/")))
	policiesA := value(pki.PoliciesExtension(pki.PolicyInformation{ID: policy('A')}, pki.PolicyInformation{ID: policy('*')}))
	mappings := value(pki.PolicyMappingsExtension(pki.PolicyMapping{Issuer: policy('A'), Subject: policy('B')}))
	limits := value(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: 1}))
	f.Add(constraints, names, policiesA, mappings, limits, "alice@example.org")
	f.Add([]byte{}, names, policiesA, []byte{}, []byte{}, "")
	f.Fuzz(func(t *testing.T, constraints, names, policies, mappings, limits []byte, address string) {
		add := func(id der.OID, value []byte) testca.Change {
			return func(s *testca.Spec) {
				if len(value) > 0 {
					s.More = append(s.More, pki.Extension{ID: id, Value: value})
				}
			}
		}
		if len(address) > 100 {
			return
		}
		n, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Alice"), pki.TextAttribute(alg.OIDAttrEmailAddress, address))
		if err != nil {
			n = pki.Name{}
		}
		root := testca.Root(t, "Root", func(s *testca.Spec) { s.Serial = big.NewInt(1) })
		issuing := root.Issue(testca.Authority("Issuing").With(func(s *testca.Spec) { s.Serial = big.NewInt(2) }, add(alg.OIDExtNameConstraints, constraints),
			add(alg.OIDExtCertificatePolicies, policies), add(alg.OIDExtPolicyMappings, mappings), add(alg.OIDExtPolicyConstraints, limits)))
		s := named()
		s.Subject, s.Serial = &n, big.NewInt(3)
		alice := issuing.Issue(s.With(add(alg.OIDExtSubjectAltName, names), add(alg.OIDExtCertificatePolicies, policies)))
		sound(t, ask(alice))
	})
}

func FuzzCheckCRL(f *testing.F) {
	p := newPeople(f)
	f.Add(list(p.issuing, days(-1), days(1), listed(p.alice, days(-2), 1)).Raw, []byte{}, p.alice.Certificate.Raw, p.issuing.Certificate.Raw)
	base := p.issuing.CRLWith(pki.CRLTemplate{Number: big.NewInt(10), ThisUpdate: days(-1), NextUpdate: days(1)})
	delta := p.issuing.CRLWith(pki.CRLTemplate{Number: big.NewInt(11), DeltaBase: big.NewInt(10), ThisUpdate: days(-1), NextUpdate: days(1)})
	f.Add(base.Raw, delta.Raw, p.alice.Certificate.Raw, p.issuing.Certificate.Raw)
	f.Fuzz(func(t *testing.T, l, d, c, i []byte) {
		crl, err := pki.ParseCRL(l)
		issuer, err2 := pki.ParseCertificate(i)
		if err != nil || err2 != nil {
			return
		}
		q := chain.CRLCheck{CRL: crl, Issuer: issuer, Time: testca.Now}
		q.Delta, _ = pki.ParseCRL(d)
		q.Certificate, _ = pki.ParseCertificate(c)
		k, again := chain.CheckCRL(t.Context(), q), chain.CheckCRL(t.Context(), q)
		if fmt.Sprint(k.OK, k.Findings, k.Status.State) != fmt.Sprint(again.OK, again.Findings, again.Status.State) {
			t.Fatal("two answers")
		}
		if k.OK && crl.CheckSignatureBy(issuer.PublicKey, alg.Allow{}) != nil || !k.OK && (len(k.Findings) == 0 || k.Status.State == chain.Good) {
			t.Fatalf("%+v", k)
		}
	})
}

func FuzzCheckOCSP(f *testing.F) {
	p := newPeople(f)
	f.Add(answer(f, p.issuing, nil, says{about: p.alice}).Raw, p.alice.Certificate.Raw, p.issuing.Certificate.Raw)
	f.Add(answer(f, p.issuing.Issue(testca.Responder("R").With(nocheck)), nil, says{about: p.alice, status: pki.OCSPRevoked, revoked: days(-2)}).Raw, p.alice.Certificate.Raw, p.issuing.Certificate.Raw)
	f.Fuzz(func(t *testing.T, a, c, i []byte) {
		r, err := pki.ParseOCSPResponse(a)
		cert, err2 := pki.ParseCertificate(c)
		issuer, err3 := pki.ParseCertificate(i)
		if err != nil || err2 != nil || err3 != nil {
			return
		}
		q := chain.OCSPCheck{Response: r, Certificate: cert, Issuer: issuer, Time: testca.Now}
		k, again := chain.CheckOCSP(t.Context(), q), chain.CheckOCSP(t.Context(), q)
		if fmt.Sprint(k.OK, k.Findings, k.Status.State) != fmt.Sprint(again.OK, again.Findings, again.Status.State) {
			t.Fatal("two answers")
		}
		if k.OK && len(r.For(cert, issuer)) == 0 || !k.OK && (len(k.Findings) == 0 || k.Status.State == chain.Good) {
			t.Fatalf("%+v", k)
		}
	})
}
