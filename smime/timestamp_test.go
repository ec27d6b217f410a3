package smime

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// stamp says what a token holds. Its zero fields take what is right.
type stamp struct {
	by       *testca.Entity
	about    []byte
	when     time.Time
	hash     *alg.Hash
	version  int64
	kind     der.OID // of the content
	critical bool
	signers  int
}

// token makes a TimeStampToken.
func (p stamp) token(t testing.TB) []byte {
	t.Helper()
	if p.hash == nil {
		p.hash = alg.SHA256
	}
	if p.version == 0 {
		p.version = 1
	}
	if p.kind == "" {
		p.kind = alg.OIDTSTInfo
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(p.version)
		b.OID(der.MustOID("1.2.3.4"))
		b.Sequence(func(b *der.Builder) {
			p.hash.Identifier().Append(b)
			b.OctetString(p.hash.Sum(p.about))
		})
		b.Int(4711)
		b.GeneralizedTime(p.when)
		b.Sequence(func(b *der.Builder) { b.Int(1) }) // accuracy
		b.Int(12345)                                  // nonce
		if p.critical {
			b.Explicit(1, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					b.OID(der.MustOID("1.2.3.5"))
					b.Bool(true)
					b.OctetString(nil)
				})
			})
		}
	})
	info, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	o := cms.SignedOptions{ContentType: p.kind, Certificates: p.by.Chain()}
	for range max(1, p.signers) {
		o.Signers = append(o.Signers, cms.SignerOptions{Certificate: p.by.Certificate, Key: p.by.Signer()})
	}
	return signedData(t, string(info), o)
}

// stamped signs a mail with a token over its signature.
func (s *story) stamped(by *testca.Entity, p stamp, about func(signature []byte) []byte) string {
	o := signing(by)
	o.CMS.Signers[0].Unsigned = func(signature []byte) ([]cms.Attribute, error) {
		p.about = about(signature)
		return []cms.Attribute{{Type: alg.OIDSignatureTimeStamp, Values: [][]byte{p.token(s.t)}}}, nil
	}
	return s.sign(s.mail, o)
}

func same(b []byte) []byte { return b }

// A certificate that has expired since a proven time stays good.
func TestATrustedTimestampProvesWhenASignatureExisted(t *testing.T) {
	s := newStory(t)
	expired := s.person("alice@example.org", testca.Valid(testca.NotBefore, testca.Now.AddDate(0, -1, 0)))
	then := testca.Now.AddDate(0, -2, 0)
	tsa := s.root.Issue(testca.Timestamper("Example TSA"))
	wantNotGood(t, s.open(s.clear(s.mail, expired)))
	r := s.open(s.stamped(expired, stamp{by: tsa, when: then}, same))
	wantGood(t, r)
	wantFinding(t, r.Findings, finding.SignerTimestamp)
	sr := r.Signers[0]
	if sr.Basis.Kind != BasisTimestamp || !sr.Basis.Time.Equal(then) {
		t.Errorf("judged by %+v", sr.Basis)
	}
	if ts := sr.Timestamps[0]; !ts.OK || ts.Serial != "1267" || ts.Policy != "1.2.3.4" || ts.Hash != "SHA-256" || !ts.Authority.Equal(tsa.Certificate) {
		t.Errorf("%+v", ts)
	}
}

func TestATimestampThatProvesNothingIsNotUsed(t *testing.T) {
	s := newStory(t)
	expired := s.person("alice@example.org", testca.Valid(testca.NotBefore, testca.Now.AddDate(0, -1, 0)))
	then := testca.Now.AddDate(0, -2, 0)
	tsa := s.root.Issue(testca.Timestamper("Example TSA"))
	mallory := testca.Root(t, "Mallory's Root").Issue(testca.Timestamper("Mallory's TSA"))
	for _, c := range []struct {
		name  string
		p     stamp
		about func([]byte) []byte
		code  finding.Code
	}{
		{"of another signature", stamp{by: tsa, when: then}, func([]byte) []byte { return []byte("another") }, finding.TimestampImprint},
		{"by an authority that nobody trusts", stamp{by: mallory, when: then}, same, finding.TimestampAuthority},
		{"by a person", stamp{by: s.alice, when: then}, same, finding.TimestampAuthority},
		{"by a server", stamp{by: s.root.Issue(testca.Timestamper("x").With(testca.ExtUsage(alg.OIDUsageTimeStamping, alg.OIDUsageServerAuth))), when: then}, same, finding.TimestampAuthority},
		{"of the future", stamp{by: tsa, when: testca.Now.AddDate(1, 0, 0)}, same, finding.TimestampTime},
		{"of a time before the authority's certificate", stamp{by: tsa, when: testca.NotBefore.AddDate(-1, 0, 0)}, same, finding.TimestampAuthority},
		{"of another version", stamp{by: tsa, when: then, version: 2}, same, finding.TimestampMalformed},
		{"that is no timestamp", stamp{by: tsa, when: then, kind: der.MustOID("1.2.3")}, same, finding.TimestampMalformed},
		{"with an unknown critical extension", stamp{by: tsa, when: then, critical: true}, same, finding.TimestampMalformed},
		{"with two signers", stamp{by: tsa, when: then, signers: 2}, same, finding.TimestampMalformed},
		{"over SHA-1", stamp{by: tsa, when: then, hash: alg.SHA1}, same, finding.TimestampImprint},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(s.stamped(expired, c.p, c.about))
			wantNotGood(t, r)
			wantFinding(t, r.Findings, finding.SignerTimestampBad)
			ts := r.Signers[0].Timestamps[0]
			wantFinding(t, ts.Findings, c.code)
			if ts.OK || r.Signers[0].Basis.Kind != BasisNow {
				t.Errorf("used: %+v, %+v", ts, r.Signers[0].Basis)
			}
		})
	}
	r := s.open(s.stamped(s.alice, stamp{by: mallory, when: then}, same))
	wantGood(t, r) // it would be good without a timestamp too
}

func TestATokenIsBrokenByAnyChange(t *testing.T) {
	s := newStory(t)
	tsa := s.root.Issue(testca.Timestamper("Example TSA"))
	data := []byte("data")
	token := stamp{by: tsa, when: testca.Now.AddDate(0, -1, 0), about: data}.token(t)
	check := func(token []byte) *TimestampReport {
		r, err := s.opener().OpenTimestamp(context.Background(), bytes.NewReader(token), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	good := check(token)
	if !good.OK {
		t.Fatalf("%v", good.Findings)
	}
	at := bytes.Index(token, tsa.Certificate.Raw)
	for i := range token {
		if i >= at && i < at+len(tsa.Certificate.Raw) && at >= 0 {
			continue // the certificate is checked by package chain
		}
		b := bytes.Clone(token)
		b[i] ^= 4
		if r := check(b); r.OK && (r.Time != good.Time || r.Serial != good.Serial || r.Authority == nil) {
			t.Errorf("byte %d can be changed: %+v", i, r)
		}
	}
	r, err := s.opener().OpenTimestamp(context.Background(), bytes.NewReader(token), nil)
	if err != nil || r.OK || r.Time.IsZero() {
		t.Errorf("without data: %+v, %v", r, err)
	}
}

// tsaConfig is what openssl ts needs.
const tsaConfig = `[tsa]
default_tsa = it
[it]
serial = %[1]s/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = %[2]s
ess_cert_id_chain = no
ess_cert_id_alg = %[3]s
`

func TestTimestampsOfOpenSSLAreJudged(t *testing.T) {
	peer.Need(t, "openssl")
	s := newStory(t)
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("data", "what existed")
	o := s.opener()
	o.Now = time.Now() // openssl ts asks the clock
	for i, c := range []struct {
		key          testca.KeyKind
		hash         string
		name, essAlg string
		tokenOnly    bool
	}{
		{testca.RSA, "sha256", "yes", "sha256", false}, {testca.RSA, "sha512", "no", "sha1", true}, {testca.P256, "sha384", "yes", "sha256", true},
	} {
		tsa := s.root.Issue(testca.Timestamper("Example TSA").With(testca.Key(c.key)))
		certs, key, _ := tsa.Files(dir, "tsa")
		write("serial", "01")
		write("tsa.cnf", fmt.Sprintf(tsaConfig, dir, c.name, c.essAlg))
		peer.Run(t, nil, "openssl", "ts", "-query", "-data", data, "-"+c.hash, "-cert", "-out", dir+"/q")
		args := []string{"openssl", "ts", "-reply", "-config", dir + "/tsa.cnf", "-queryfile", dir + "/q", "-signer", certs, "-inkey", key, "-out", dir + "/r"}
		if c.tokenOnly {
			args = append(args, "-token_out")
		}
		peer.Run(t, nil, args...)
		token, err := os.ReadFile(dir + "/r")
		if err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]bool{"what existed": true, "something else": false} {
			r, err := o.OpenTimestamp(context.Background(), bytes.NewReader(token), strings.NewReader(text))
			if err != nil || r.OK != want || !r.Authority.Equal(tsa.Certificate) {
				t.Errorf("case %d, %q: %v, ok %v, %v", i, text, err, r.OK, codes(r.Findings))
			}
		}
		if c.tokenOnly { // the same without the attribute that confirms the certificate
			write("info", string(tokenContent(t, token)))
			naked := peer.Run(t, nil, "openssl", "cms", "-sign", "-binary", "-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.4",
				"-in", dir+"/info", "-signer", certs, "-inkey", key, "-outform", "DER")
			r, err := o.OpenTimestamp(context.Background(), bytes.NewReader(naked), strings.NewReader("what existed"))
			if err != nil || r.OK {
				t.Errorf("case %d: a token that names no certificate is good (%v)", i, err)
			}
			wantFinding(t, r.Findings, finding.TimestampSignature)
		}
		untrusting := *o
		untrusting.Trust = chain.NewAnchors()
		if r, err := untrusting.OpenTimestamp(context.Background(), bytes.NewReader(token), strings.NewReader("what existed")); err != nil || r.OK {
			t.Errorf("case %d: trusted by nobody and good (%v)", i, err)
		}
	}
}

// tokenContent returns the TSTInfo of a token.
func tokenContent(t testing.TB, token []byte) []byte {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(token), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(c.(*cms.Signed).Content())
	if err != nil {
		t.Fatal(err)
	}
	return b
}
