package chain_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// resign signs a certificate again, with an algorithm that nobody writes any more.
func resign(t testing.TB, e *testca.Entity, signature der.OID, h crypto.Hash) *pki.Certificate {
	t.Helper()
	tbs := der.NewCursor(e.Certificate.RawTBS).Sequence()
	id := alg.Identifier{OID: signature, Params: []byte{5, 0}}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		for i := 0; tbs.More(); i++ {
			if v := tbs.Next(); i == 2 { // version, serialNumber, signature
				id.Append(b)
			} else {
				b.Raw(v.Raw)
			}
		}
	})
	raw := must[[]byte](t)(b.Bytes())
	sum := h.New()
	sum.Write(raw)
	sig := must[[]byte](t)(rsa.SignPKCS1v15(rand.Reader, e.Issuer.Key.(*rsa.PrivateKey), h, sum.Sum(nil)))
	var whole der.Builder
	whole.Sequence(func(b *der.Builder) {
		b.Raw(raw)
		id.Append(b)
		b.BitString(der.BitString{Bytes: sig})
	})
	return must[*pki.Certificate](t)(pki.ParseCertificate(must[[]byte](t)(whole.Bytes())))
}

func TestOldAlgorithmsAreRefusedUnlessAllowed(t *testing.T) {
	root := testca.Root(t, "Root", testca.Key(testca.RSA))
	issuing := root.Issue(testca.Authority("Issuing").With(testca.Key(testca.RSA)))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	sha1, md5 := resign(t, alice, alg.OIDSHA1WithRSA, crypto.SHA1), resign(t, alice, alg.OIDMD5WithRSA, crypto.MD5)
	oldIssuing := resign(t, issuing, alg.OIDSHA1WithRSA, crypto.SHA1)
	for why, c := range map[string]struct {
		leaf, issuing *pki.Certificate
		allow         alg.Allow
		want          string
		old           bool
	}{
		"nothing old":                     {alice.Certificate, issuing.Certificate, alg.Allow{}, "", false},
		"nothing old, everything allowed": {alice.Certificate, issuing.Certificate, alg.Allow{Legacy: true}, "", false},
		"SHA-1":                           {sha1, issuing.Certificate, alg.Allow{}, "path.weak-algorithm", false},
		"SHA-1, allowed":                  {sha1, issuing.Certificate, alg.Allow{SHA1: true}, "", true},
		"SHA-1, everything allowed":       {sha1, issuing.Certificate, alg.Allow{Legacy: true}, "", true},
		"SHA-1 above":                     {alice.Certificate, oldIssuing, alg.Allow{}, "path.weak-algorithm", false},
		"SHA-1 above, allowed":            {alice.Certificate, oldIssuing, alg.Allow{SHA1: true}, "", true},
		"MD5":                             {md5, issuing.Certificate, alg.Allow{}, "path.weak-algorithm", false},
		"MD5, SHA-1 allowed":              {md5, issuing.Certificate, alg.Allow{SHA1: true}, "path.weak-algorithm", false},
		"MD5, everything allowed":         {md5, issuing.Certificate, alg.Allow{Legacy: true}, "", true},
	} {
		cache := chain.NewCache()
		for range 2 { // the second time out of the cache
			got := chain.Verify(t.Context(), chain.Request{Leaf: c.leaf, Pool: []*pki.Certificate{c.issuing}, Anchors: anchors(root), Time: testca.Now, Allow: c.allow, Cache: cache})
			expect(t, why, got, c.want)
			if has(got.Findings, "path.old-algorithm") != c.old {
				t.Errorf("%s: %v", why, got.Findings)
			}
			// What was allowed once is not remembered for those who do not allow it.
			if c.old {
				got = chain.Verify(t.Context(), chain.Request{Leaf: c.leaf, Pool: []*pki.Certificate{c.issuing}, Anchors: anchors(root), Time: testca.Now, Cache: cache})
				expect(t, why+", for others", got, "path.weak-algorithm")
			}
		}
	}
}

// RFC 8550 §4.3: keys that are short today were not at their time.
func TestShortKeysCountForTheirTime(t *testing.T) {
	long := testca.Valid(time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC), testca.NotAfter)
	root := testca.Root(t, "Root", long)
	alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA1024), long))
	for why, c := range map[string]struct {
		at    time.Time
		allow alg.Allow
		want  string
	}{
		"in 2010":          {time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), alg.Allow{}, ""},
		"in 2014":          {time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC), alg.Allow{}, "path.weak-algorithm"},
		"today":            {testca.Now, alg.Allow{}, "path.weak-algorithm"},
		"today, on demand": {testca.Now, alg.Allow{Legacy: true}, ""},
	} {
		r := ask(alice)
		r.Time, r.Allow = c.at, c.allow
		got := chain.Verify(t.Context(), r)
		expect(t, why, got, c.want)
		if got.OK && !has(got.Findings, "path.old-algorithm") {
			t.Errorf("%s: nobody is warned", why)
		}
	}
}

// With everything allowed DSA counts too, with parameters that a certificate inherits from the one above (PKITS 4.1.4 to 4.1.6).
func TestPKITSWithDSA(t *testing.T) {
	dir := peer.Vectors(t, "pkits")
	for _, row := range readPKITS(t, dir)[:6] {
		r := row.request(t, dir)
		r.Allow = alg.Allow{Legacy: true}
		if got := chain.Verify(t.Context(), r); got.OK != row.valid {
			t.Errorf("%s %s: %v", row.test, row.name, got.Failures)
		}
	}
}
