package smime

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// fuzzLimits keep one run short.
var fuzzLimits = limit.Limits{Bytes: 4 << 20, Elements: 100_000, Parts: 500, Layers: 12, KDF: 1000, Expansion: 8 << 20, PublicKey: 50, Certificates: 200, Recipients: 100}

// Whatever is opened: no panic, inside the limits, the same report twice, nothing proven by chance.
func FuzzOpen(f *testing.F) {
	s := fixedStory(f)
	clear := s.clear(s.mail, s.alice)
	for _, mail := range []string{s.mail, clear, s.opaque(s.mail, s.alice), s.encrypt(clear, gcm, s.bob), s.encrypt(s.mail, cbc, s.bob),
		s.compress(clear), withFooter(clear), s.clear(s.encrypt(clear, cbc, s.bob), s.alice), s.protected(s.mail, false)} {
		f.Add([]byte(mail))
		f.Add([]byte(lf(mail)))
	}
	o := s.opener()
	o.Limits, o.Explain = fuzzLimits, true
	f.Fuzz(func(t *testing.T, mail []byte) {
		var reports []string
		for range 2 {
			m, err := eml.Parse(bytes.NewReader(mail), limit.New(fuzzLimits))
			if err != nil {
				return
			}
			r, err := o.Open(context.Background(), m)
			var over *limit.Error
			if errors.As(err, &over) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range r.Verified() {
				if v.Address() != "alice@smime.example" || !v.Certificate().Equal(s.alice.Certificate) {
					t.Fatalf("somebody else is proven: %s", v.Address())
				}
			}
			var sink bytes.Buffer
			if r.Opened {
				r.WritePlain(&sink)
				r.WriteMessage(&sink)
			}
			reports = append(reports, toJSON(t, r))
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if reports[0] != reports[1] {
			t.Fatal("two reports of one mail")
		}
	})
}

// The same for bare objects, with the inputs of others as seeds.
func FuzzOpenCMS(f *testing.F) {
	s := newStory(f)
	f.Add(signedData(f, lunch, signing(s.alice).CMS))
	for _, dir := range []string{"go-pkcs7-pem", "rustcrypto", "openssl/80-test_cms_data", "rfc4134"} {
		root := os.Getenv("WAXWING_VECTORS")
		if root == "" {
			root = filepath.Join("..", "..", "shared", "vectors")
		}
		filepath.WalkDir(filepath.Join(root, dir), func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				if b, err := os.ReadFile(path); err == nil && len(b) < 64<<10 {
					f.Add(b)
				}
			}
			return nil
		})
	}
	o := s.opener()
	o.Limits, o.Now = fuzzLimits, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, object []byte) {
		r, err := o.OpenCMS(context.Background(), bytes.NewReader(object))
		var over *limit.Error
		if err != nil && !errors.As(err, &over) {
			t.Fatal(err)
		}
		if err == nil {
			toJSON(t, r)
			r.Close()
		}
	})
}

// FuzzOpenTimestamp changes a token and what it is about: what is good is about these data, and says what was signed.
func FuzzOpenTimestamp(f *testing.F) {
	s := newStory(f)
	tsa := s.root.Issue(testca.Timestamper("Example TSA"))
	then, data := testca.Now.AddDate(0, -1, 0), []byte("data")
	token := stamp{by: tsa, when: then, about: data}.token(f)
	f.Add(token, data)
	f.Add(token, []byte("other data"))
	f.Add(stamp{by: s.alice, when: then, about: data}.token(f), data)
	o := s.opener()
	o.Limits = fuzzLimits
	f.Fuzz(func(t *testing.T, token, about []byte) {
		r, err := o.OpenTimestamp(context.Background(), bytes.NewReader(token), bytes.NewReader(about))
		var over *limit.Error
		if err != nil {
			if !errors.As(err, &over) {
				t.Fatal(err)
			}
			return
		}
		if r.OK && (!bytes.Equal(about, data) || !r.Time.Equal(then)) {
			t.Fatalf("good: %s about %q", r.Time, about)
		}
	})
}

// fixedStory has the cast of RFC 9216, whose keys are the same in every process.
func fixedStory(f *testing.F) *story {
	dir := peer.Vectors(f, "rfc9216")
	entity := func(issuer *testca.Entity, c, key string) *testca.Entity {
		return &testca.Entity{Certificate: certificate(f, dir, c+".pem"), Key: privateKey(f, dir, key+".pem"), Issuer: issuer}
	}
	s := &story{t: f}
	s.root = entity(nil, "3.1-rsa-certification-authority-root-certificate", "3.2-rsa-certification-authority-secret-key")
	s.ca = s.root
	s.alice = entity(s.root, "4.1-alices-signature-verification-end-entity-certificate", "4.2-alices-signing-private-key-material")
	s.bob = entity(s.root, "5.3-bobs-encryption-end-entity-certificate", "5.4-bobs-decryption-private-key-material")
	s.mail = crlf("From: Alice <alice@smime.example>\nTo: bob@smime.example\nSubject: Lunch\nMIME-Version: 1.0\nContent-Type: text/html\n\n<html>noon?</html>\n")
	return s
}
