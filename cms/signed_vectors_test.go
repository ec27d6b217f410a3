package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

func file(t testing.TB, path ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// certificateOf reads a certificate from DER or PEM.
func certificateOf(t testing.TB, raw []byte) *pki.Certificate {
	t.Helper()
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var everything = alg.Allow{SHA1: true, Legacy: true}

// checkAll reads a SignedData and checks every signer. content is what a detached one covers.
func checkAll(raw, content []byte, candidates []*pki.Certificate, allow alg.Allow) (*cms.Signed, []cms.Check, error) {
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		return nil, nil, err
	}
	s, ok := c.(*cms.Signed)
	if !ok {
		return nil, nil, errors.New("it is no SignedData")
	}
	if !s.Detached {
		if content, err = io.ReadAll(s.Content()); err != nil {
			return s, nil, err
		}
	}
	if err := s.Finish(); err != nil {
		return s, nil, err
	}
	if s.NeedsContent() {
		if err := s.Hash(bytes.NewReader(content)); err != nil {
			return s, nil, err
		}
	}
	var list []cms.Check
	for _, g := range s.Signers {
		k, err := s.Check(g, candidates, allow)
		if err != nil {
			return s, nil, err
		}
		list = append(list, k)
	}
	return s, list, nil
}

// The signed examples of RFC 4134, with DSA and SHA-1.
func TestTheExamplesOfRFC4134(t *testing.T) {
	dir := peer.Vectors(t, "rfc4134")
	content := file(t, dir, "ExContent.bin")
	people := map[string]*pki.Certificate{}
	for _, name := range []string{"AliceDSSSignByCarlNoInherit", "AliceRSASignByCarl", "DianeDSSSignByCarlInherit", "DianeRSASignByCarl", "CarlDSSSelf", "CarlRSASelf"} {
		people[name] = certificateOf(t, file(t, dir, name+".cer"))
	}
	// RFC 3279 §2.3.2: Diane's key takes the parameters of Carl's.
	diane := *people["DianeDSSSignByCarlInherit"]
	diane.PublicKey = alg.InheritDSA(diane.PublicKey, people["CarlDSSSelf"].PublicKey)
	candidates := []*pki.Certificate{&diane, people["AliceRSASignByCarl"], people["AliceDSSSignByCarlNoInherit"], people["DianeRSASignByCarl"]}
	for name, want := range map[string]struct{ signers, good int }{
		"4.1": {1, 1}, "4.2": {1, 1}, "4.3": {1, 1}, "4.4": {1, 1}, "4.5": {1, 1},
		"4.6": {2, 1}, // of Diane's certificate the message carries the copy without parameters, which is found first
		"4.7": {1, 1}, "4.10": {1, 1}, "4.11": {0, 0},
	} {
		s, list, err := checkAll(file(t, dir, name+".bin"), content, candidates, everything)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		good := 0
		for _, k := range list {
			if k.OK() {
				good++
			} else if name != "4.6" {
				t.Errorf("%s: %+v", name, k.Findings)
			}
		}
		if len(s.Signers) != want.signers || good < want.good {
			t.Errorf("%s: %d signers, %d good", name, len(s.Signers), good)
		}
		_, list, err = checkAll(file(t, dir, name+".bin"), content, candidates, alg.Allow{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, k := range list {
			if k.OK() {
				t.Errorf("%s: %s is good without being allowed", name, k.Algorithm)
			}
		}
	}
	s, _, err := checkAll(file(t, dir, "4.4.bin"), content, candidates, everything)
	if err != nil {
		t.Fatal(err)
	}
	counter, err := s.Signers[0].Countersignatures()
	if err != nil || len(counter) != 1 {
		t.Fatal(len(counter), err)
	}
	if k, err := s.Signers[0].CheckCountersignature(counter[0], candidates, everything); err != nil || !k.OK() {
		t.Errorf("the countersignature of 4.4: %+v, %v", k.Findings, err)
	}
	d := readDigested(t, file(t, dir, "6.0.bin"))
	if err := d.Finish(); err != nil || !d.OK {
		t.Errorf("6.0: %v, %v", d.OK, err)
	}
	for _, name := range []string{"3.1.bin", "3.2.bin"} {
		c, err := cms.Read(bytes.NewReader(file(t, dir, name)), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c.(*cms.Data).Content()); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// OpenSSL's own messages with wrong signed attributes (STANDARDS 10), and with odd digests (STANDARDS 16).
func TestTheBadMessagesOfOpenSSL(t *testing.T) {
	dir := peer.Vectors(t, "openssl")
	for name, want := range map[string]finding.Code{
		"bad_signtime_attr.cms": finding.SignatureMisplaced,
		"no_ct_attr.cms":        finding.SignatureContentType,
		"no_md_attr.cms":        finding.SignatureMessageDigest,
		"ct_multiple_attr.cms":  finding.SignatureContentType,
	} {
		_, list, err := checkAll(file(t, dir, "80-test_cms_data", name), nil, nil, everything)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %d signers, %v", name, len(list), err)
		}
		found := false
		for _, f := range list[0].Findings {
			found = found || f.Code == want
		}
		if !found || list[0].OK() {
			t.Errorf("%s: %+v", name, list[0].Findings)
		}
	}
	block, _ := pem.Decode(file(t, dir, "80-test_cms_data", "pkcs7-md4.pem"))
	_, list, err := checkAll(block.Bytes, nil, nil, everything)
	if err != nil || len(list) != 1 || list[0].OK() || list[0].DigestOK {
		t.Errorf("MD4: %+v, %v", list, err)
	}
	mail := string(file(t, dir, "smime-eml", "pkcs7-empty-digest-set.eml"))
	raw := mimeSignature(t, mail)
	signed, list, err := checkAll(raw, []byte("This is the content to be signed.\r\n"), nil, alg.Allow{})
	if err != nil || len(list) != 1 || !list[0].OK() {
		t.Fatalf("no digest is announced: %+v, %v", list, err)
	}
	wantCodes(t, signed.Findings, finding.CMSDigestList) // RFC 5652 §5.1: a verifier MAY fail, and need not
	if _, _, err := checkAll(file(t, dir, "80-test_cms_data", "rsa-malformed.der"), nil, nil, everything); err == nil {
		t.Error("malformed, and read")
	}
}

// mimeSignature returns the last base64 block of a mail.
func mimeSignature(t testing.TB, mail string) []byte {
	t.Helper()
	mail = strings.ReplaceAll(mail, "\r\n", "\n")
	var best []byte
	for _, block := range strings.Split(mail, "\n\n") {
		if raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(block, "\n", "")); err == nil && len(raw) > len(best) {
			best = raw
		}
	}
	if best == nil {
		t.Fatal("no base64")
	}
	return best
}

// What is seen in the wild is read, or refused with one clear error.
func TestWhatIsSeenInTheWildIsReadOrRefused(t *testing.T) {
	read, refused := 0, 0
	for _, folder := range []string{"go-pkcs7-pem", "rustcrypto", "lamps", "openssl"} {
		root := peer.Vectors(t, folder)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw := file(t, path)
			if block, _ := pem.Decode(raw); block != nil {
				if strings.Contains(block.Type, "PRIVATE") {
					return nil
				}
				raw = block.Bytes
			}
			if _, _, err := checkAll(raw, nil, nil, everything); err != nil {
				refused++
			} else {
				read++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 20 || refused < 20 {
		t.Errorf("%d read, %d refused", read, refused)
	}
}

// Those of the wild whose content and certificate are at hand.
func TestSignaturesOfTheWildAreWhatTheyAre(t *testing.T) {
	goPEM, rust := peer.Vectors(t, "go-pkcs7-pem"), peer.Vectors(t, "rustcrypto", "cms", "tests", "examples")
	ec2 := certificateOf(t, file(t, goPEM, "digitorus+pkcs7", "dsa_test-01-TestVerifyEC2-CERTIFICATE.pem"))
	for _, c := range []struct {
		path  string
		allow alg.Allow
		good  bool
		want  []finding.Code
	}{
		{goPEM + "/digitorus+pkcs7/ber_test-00-testPKCS7-PKCS7.pem", alg.Allow{}, true, nil},
		{goPEM + "/digitorus+pkcs7/dsa_test-00-EC2IdentityDocumentFixture-PKCS7.pem", everything, true, []finding.Code{finding.SignatureWeak}},
		{goPEM + "/digitorus+pkcs7/dsa_test-00-EC2IdentityDocumentFixture-PKCS7.pem", alg.Allow{SHA1: true}, false, []finding.Code{finding.SignatureRefused}},
		{goPEM + "/smallstep+pkcs7/verify_test-00-SignedTestFixture-PKCS7.pem", everything, true, []finding.Code{finding.SignatureWeak}},
		{goPEM + "/smallstep+pkcs7/verify_test-00-SignedTestFixture-PKCS7.pem", alg.Allow{}, false, []finding.Code{finding.SignatureRefused}},
		{goPEM + "/smallstep+pkcs7/verify_test-07-AppStoreReceiptFixture-PKCS7.pem", everything, true,
			[]finding.Code{finding.SignatureNoAttributes, finding.SignatureWeak}},
		// Of these the content is elsewhere.
		{goPEM + "/smallstep+pkcs7/verify_test-09-FirefoxAddonFixture-PKCS7.pem", everything, false,
			[]finding.Code{finding.SignatureDigest, finding.SignatureWeak}},
		{goPEM + "/smallstep+pkcs7/verify_test-08-ApkEcdsaFixture-PKCS7.pem", everything, false,
			[]finding.Code{finding.SignatureNoAttributes, finding.SignatureWrong}},
		{rust + "/cms_ber.bin", alg.Allow{}, true, nil},
		{rust + "/cms_der.bin", alg.Allow{}, true, nil},
		{rust + "/scep_der.bin", alg.Allow{}, true, nil},
		{rust + "/sd.cms", alg.Allow{}, true, nil},
	} {
		raw := file(t, c.path)
		if block, _ := pem.Decode(raw); block != nil {
			raw = block.Bytes
		}
		_, list, err := checkAll(raw, nil, []*pki.Certificate{ec2}, c.allow)
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %d signers, %v", c.path, len(list), err)
			continue
		}
		if list[0].OK() != c.good {
			t.Errorf("%s: good %v", c.path, list[0].OK())
		}
		wantCodes(t, list[0].Findings, c.want...)
	}
}

// RFC 9216's people sign with their keys, RSA and Ed25519.
func TestThePeopleOfRFC9216Sign(t *testing.T) {
	dir := peer.Vectors(t, "rfc9216")
	for who, files := range map[string][2]string{
		"Alice":  {"4.1-alices-signature-verification-end-entity-certificate.pem", "4.2-alices-signing-private-key-material.pem"},
		"Bob":    {"5.1-bobs-signature-verification-end-entity-certificate.pem", "5.2-bobs-signing-private-key-material.pem"},
		"Carlos": {"7.1-carloss-signature-verification-end-entity-certificate.pem", "7.2-carloss-signing-private-key-material.pem"},
		"Dana":   {"8.1-danas-signature-verification-end-entity-certificate.pem", "8.2-danas-signing-private-key-material.pem"},
	} {
		cert := certificateOf(t, file(t, dir, files[0]))
		block, _ := pem.Decode(file(t, dir, files[1]))
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		o := cms.SignedOptions{Certificates: []*pki.Certificate{cert}, Signers: []cms.SignerOptions{{Certificate: cert, Key: key.(crypto.Signer)}}}
		wantGood(t, stream(t, o, letter), letter)
	}
}
