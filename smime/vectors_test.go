package smime

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func readFile(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// certificate reads a certificate, in PEM or DER.
func certificate(t testing.TB, path ...string) *pki.Certificate {
	t.Helper()
	raw := readFile(t, path...)
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			raw = block.Bytes
			break
		}
	}
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// privateKey reads a PKCS #8 key, in PEM or DER.
func privateKey(t testing.TB, path ...string) any {
	t.Helper()
	raw := readFile(t, path...)
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			raw = block.Bytes
			break
		}
	}
	k, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheExamplesOfRFC4134(t *testing.T) {
	dir := peer.Vectors(t, "rfc4134")
	s := &story{t: t}
	var bag []*pki.Certificate
	for _, name := range []string{"AliceDSSSignByCarlNoInherit", "AliceRSASignByCarl", "BobRSASignByCarl", "CarlDSSSelf", "CarlRSASelf", "DianeDSSSignByCarlInherit", "DianeRSASignByCarl"} {
		bag = append(bag, certificate(t, dir, name+".cer"))
	}
	content := string(readFile(t, dir, "ExContent.bin"))
	secret, _ := hex.DecodeString("737c791f25ead0e04629254352f7dc6291e5cb26917ada32")
	open := func(name string, allow alg.Allow) *Report {
		o := &Opener{Now: time.Date(2002, 1, 1, 0, 0, 0, 0, time.UTC), Untrusted: bag, Allow: allow,
			Trust: chain.NewAnchors(chain.Anchor{Certificate: bag[3]}, chain.Anchor{Certificate: bag[4]}),
			Keys: cms.KeyList{{Certificate: bag[2], Private: privateKey(t, dir, "BobPrivRSAEncrypt.pri")},
				{Certificate: bag[6], Private: privateKey(t, dir, "DianePrivRSASignEncrypt.pri")}, {KEK: secret}}}
		raw := readFile(t, dir, name)
		if strings.HasSuffix(name, ".eml") {
			return s.openAs(o, string(raw))
		}
		if name == "4.3.bin" {
			o.Content = strings.NewReader(content)
		}
		return s.openCMS(o, raw)
	}
	for _, c := range []struct {
		name    string
		signers int
		kind    Kind
	}{
		{"4.1.bin", 1, KindSigned}, {"4.2.bin", 1, KindSigned}, {"4.3.bin", 1, KindDetached}, {"4.4.bin", 1, KindSigned},
		{"4.5.bin", 1, KindSigned}, {"4.6.bin", 2, KindSigned}, {"4.7.bin", 1, KindSigned}, {"4.8.eml", 1, KindClearSigned},
		{"4.9.eml", 1, KindSigned}, {"4.10.bin", 1, KindSigned}, {"4.11.bin", 0, KindCertificates},
		{"3.1.bin", 0, KindData}, {"3.2.bin", 0, KindData}, {"5.1.bin", 0, KindEnveloped}, {"5.2.bin", 0, KindEnveloped},
		{"5.3.eml", 0, KindEnveloped}, {"6.0.bin", 0, KindDigested}, {"7.1.bin", 0, KindEncrypted}, {"7.2.bin", 0, KindEncrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := open(c.name, alg.Allow{Legacy: true})
			if r.Root.Kind != c.kind || len(r.Root.Signers) != c.signers {
				t.Fatalf("%s by %d, %v", r.Root.Kind, len(r.Root.Signers), r.Findings)
			}
			for _, sr := range r.Root.Signers {
				if !sr.DigestOK || !sr.SignatureOK {
					t.Errorf("%s: digest %v, signature %v, %v", sr.Where, sr.DigestOK, sr.SignatureOK, codes(sr.Findings))
				}
			}
			if c.kind == KindCertificates {
				return
			}
			if r.Root.Content() == nil {
				t.Fatalf("not opened: %v", r.Findings)
			}
			if got := readAll(t, r.Root.Content()); !strings.Contains(got, strings.TrimSpace(content)) {
				t.Errorf("holds %q", got)
			}
			// Without leave, what is legacy is refused cleanly.
			if r := open(c.name, alg.Allow{}); c.signers > 0 && r.Root.Signers[0].OK() || r.Opened && c.kind != KindData {
				t.Errorf("legacy algorithms were accepted: %v", codes(r.Findings))
			}
		})
	}
}

func TestTheHeaderProtectionOfRFC9788(t *testing.T) {
	dir, keys := peer.Vectors(t, "rfc9788"), peer.Vectors(t, "rfc9216")
	root := certificate(t, keys, "3.1-rsa-certification-authority-root-certificate.pem")
	s := &story{t: t}
	o := &Opener{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Trust: chain.NewAnchors(chain.Anchor{Certificate: root})}
	for _, name := range []string{"C.2.2-smime-multipart-hp.eml", "lf-endings--C.2.2-smime-multipart-hp.eml"} {
		r := s.openAs(o, string(readFile(t, dir, name)))
		wantGood(t, r)
		if r.Sender.Claimed[0] != "alice@smime.example" || !r.Sender.Protected || r.Headers.Mode != HeadersClear {
			t.Errorf("%s: %+v, %+v", name, r.Sender, r.Headers)
		}
		for _, f := range r.Headers.Fields {
			if f.State != SignedOnly {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if has(r.Findings, finding.HeaderChanged) {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
	st := newStory(t)
	for _, name := range []string{"E.1-payload-text-legacy-display.txt", "E.2-payload-html-legacy-display.txt"} {
		payload := crlf(string(readFile(t, dir, name)))
		o := signing(st.alice).CMS
		o.Detached = true
		signed := clearMail(payload, signedData(t, payload, o), "sha-256")
		r := st.open(st.encrypt(signed, gcm, st.bob))
		if r.Headers == nil || r.Headers.Mode != HeadersCipher {
			t.Fatalf("%s: %+v", name, r.Headers)
		}
		wantFinding(t, r.Findings, finding.HeaderLegacy)
		if f := field(r.Headers, "Subject"); f.State != SignedAndEncrypted || f.Value == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTheIdentitiesOfRFC9216(t *testing.T) {
	dir := peer.Vectors(t, "rfc9216")
	s := &story{t: t}
	roots := chain.NewAnchors(chain.Anchor{Certificate: certificate(t, dir, "3.1-rsa-certification-authority-root-certificate.pem")},
		chain.Anchor{Certificate: certificate(t, dir, "6.1-ed25519-certification-authority-root-certificate.pem")})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, p := range []struct{ name, address, signs, signsKey, reads, readsKey string }{
		{"Alice", "alice@smime.example", "4.1-alices-signature-verification-end-entity-certificate", "4.2-alices-signing-private-key-material",
			"4.3-alices-encryption-end-entity-certificate", "4.4-alices-decryption-private-key-material"},
		{"Bob", "bob@smime.example", "5.1-bobs-signature-verification-end-entity-certificate", "5.2-bobs-signing-private-key-material",
			"5.3-bobs-encryption-end-entity-certificate", "5.4-bobs-decryption-private-key-material"},
		{"Carlos", "carlos@smime.example", "7.1-carloss-signature-verification-end-entity-certificate", "7.2-carloss-signing-private-key-material",
			"7.3-carloss-encryption-end-entity-certificate", "7.4-carloss-decryption-private-key-material"},
		{"Dana", "dana@smime.example", "8.1-danas-signature-verification-end-entity-certificate", "8.2-danas-signing-private-key-material",
			"8.3-danas-encryption-end-entity-certificate", "8.4-danas-decryption-private-key-material"},
	} {
		t.Run(p.name, func(t *testing.T) {
			signer, reader := certificate(t, dir, p.signs+".pem"), certificate(t, dir, p.reads+".pem")
			mail := "From: " + p.address + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
			o := SignOptions{CMS: cms.SignedOptions{Certificates: []*pki.Certificate{signer},
				Signers: []cms.SignerOptions{Signer(privateKey(t, dir, p.signsKey+".pem").(signingKey), signer, now)}}}
			var signed, encrypted bytes.Buffer
			if err := Sign(context.Background(), &signed, parse(t, mail), o); err != nil {
				t.Fatal(err)
			}
			if err := Encrypt(context.Background(), &encrypted, parse(t, signed.String()), EncryptOptions{Recipients: []Recipient{{Certificate: reader}}}); err != nil {
				t.Fatal(err)
			}
			r := s.openAs(&Opener{Trust: roots, Now: now, Keys: cms.KeyList{{Certificate: reader, Private: privateKey(t, dir, p.readsKey+".pem")}}}, encrypted.String())
			if !r.Opened {
				t.Fatalf("%v", r.Findings)
			}
			wantGood(t, r)
		})
	}
}

func TestBadSignedAttributesOfOpenSSLAreRefused(t *testing.T) {
	dir := peer.Vectors(t, "openssl", "80-test_cms_data")
	s := &story{t: t}
	for _, name := range []string{"bad_signtime_attr.cms", "no_ct_attr.cms", "no_md_attr.cms", "ct_multiple_attr.cms"} {
		r := s.openCMS(&Opener{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, readFile(t, dir, name))
		if r.Root.Kind == KindMalformed {
			continue
		}
		for _, sr := range r.Root.Signers {
			bad := 0
			for _, f := range sr.Findings {
				if f.Severity == finding.Bad && strings.HasPrefix(string(f.Code), "signature.") {
					bad++
				}
			}
			if bad == 0 {
				t.Errorf("%s: nothing bad about the attributes: %v", name, codes(sr.Findings))
			}
		}
	}
	mail := readFile(t, peer.Vectors(t, "openssl", "smime-eml"), "pkcs7-empty-digest-set.eml")
	r := s.openAs(&Opener{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}, string(mail)) // STANDARDS 16
	if len(r.Verified()) > 0 || r.Signed == CoversAll && !anyBad(r.Findings) {
		t.Errorf("an empty set of digests: %s, %v", r.Signed, codes(r.Findings))
	}
}

func TestAMailOfThunderbirdVerifies(t *testing.T) {
	dir := peer.Vectors(t, "MimeKit", "smime")
	s := &story{t: t}
	root := certificate(t, dir, "StartComCertificationAuthority.crt")
	o := &Opener{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Received: time.Date(2013, 11, 3, 0, 0, 0, 0, time.UTC),
		Trust: chain.NewAnchors(chain.Anchor{Certificate: root}), Allow: alg.Allow{SHA1: true}, Untrusted: []*pki.Certificate{certificate(t, dir, "StartComClass1PrimaryIntermediateClientCA.crt")}}
	r := s.openAs(o, string(readFile(t, dir, "thunderbird-signed.txt")))
	if len(r.Signers) != 1 {
		t.Fatalf("%v", codes(r.Findings))
	}
	if sr := r.Signers[0]; !sr.DigestOK || !sr.SignatureOK {
		t.Errorf("digest %v, signature %v, %v", sr.DigestOK, sr.SignatureOK, sr.Findings)
	}
	o.Allow = alg.Allow{}
	r = s.openAs(o, string(readFile(t, dir, "thunderbird-signed.txt")))
	wantFinding(t, r.Findings, finding.SignatureRefused)
}

// corpora are the collections of mails.
var corpora = []string{"MimeKit/messages", "enmime", "mox", "stalwart-mail-parser"}

// eachMail calls f for every mail of the corpora.
func eachMail(t *testing.T, f func(t *testing.T, name string, mail []byte)) {
	n := 0
	for _, c := range corpora {
		dir := peer.Vectors(t, filepath.FromSlash(c))
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".golden") {
				return err
			}
			info, err := d.Info()
			if err != nil || info.Size() > 4<<20 {
				return err
			}
			n++
			f(t, c+"/"+strings.TrimPrefix(path, dir+"/"), readFile(t, path))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 250 {
		t.Errorf("only %d mails", n)
	}
}

func TestEveryMailOfTheCorporaIsOpenedTheSameWayTwice(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	eachMail(t, func(t *testing.T, name string, mail []byte) {
		var reports []string
		for range 2 {
			m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
			if err != nil {
				return
			}
			r, err := o.Open(context.Background(), m)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			reports = append(reports, toJSON(t, r))
			r.Close()
		}
		if reports[0] != reports[1] {
			t.Errorf("%s: two reports", name)
		}
	})
}

// STANDARDS 24: sign any mail, carry it with bare LF or with CRLF, and it verifies.
func TestEveryMailOfTheCorporaCanBeSignedAndCarried(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	o.NoSenderCheck = true
	eachMail(t, func(t *testing.T, name string, mail []byte) {
		m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
		if err != nil {
			return
		}
		for _, opaque := range []bool{false, true} {
			so := signing(s.alice)
			so.Opaque = opaque
			var b bytes.Buffer
			if err := Sign(context.Background(), &b, m, so); err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			for form, carried := range map[string]string{"as written": b.String(), "LF": lf(b.String()), "CRLF": crlf(b.String())} {
				c, err := eml.Parse(strings.NewReader(carried), limit.New(limit.Limits{}))
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				r, err := o.Open(context.Background(), c)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				if r.Signed != CoversAll || len(r.Signers) == 0 || !r.Signers[0].DigestOK || !r.Signers[0].SignatureOK {
					t.Errorf("%s, opaque %v, %s: signed %s, %v", name, opaque, form, r.Signed, codes(r.Findings))
				}
				r.Close()
			}
		}
	})
}
