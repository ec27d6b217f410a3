package smime

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// signedData makes a bare SignedData over a content.
func signedData(t testing.TB, content string, o cms.SignedOptions) []byte {
	t.Helper()
	d, err := cms.NewDigests(o)
	if err != nil {
		t.Fatal(err)
	}
	d.Write([]byte(content))
	m, err := cms.Sign(o, d)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := m.Write(&b, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func base64Lines(b []byte) string {
	var out strings.Builder
	e := eml.NewBase64Encoder(&out, 76, eml.CRLF)
	e.Write(b)
	e.Close()
	return out.String()
}

// p7m makes a mail out of a CMS object.
func p7m(object []byte, contentType string) string {
	return "From: Alice <alice@example.org>\r\nTo: bob@example.org\r\nSubject: Lunch\r\nMIME-Version: 1.0\r\nContent-Type: " + contentType +
		"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(object)
}

// clearMail makes a multipart/signed of an entity and a signature.
func clearMail(lunch string, signature []byte, micalg string) string {
	return "From: Alice <alice@example.org>\r\nTo: bob@example.org\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=" + micalg + "; boundary=\"sig\"\r\n\r\n" +
		"--sig\r\n" + lunch + "\r\n--sig\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64Lines(signature) + "--sig--\r\n"
}

const lunch = "Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n"

// STANDARDS 24: mail at rest has bare LF; what was signed had CRLF.
func TestMailStoredWithBareLFVerifies(t *testing.T) {
	s := newStory(t)
	for name, mail := range map[string]string{"clear": s.clear(s.mail, s.alice), "opaque": s.opaque(s.mail, s.alice),
		"signed and encrypted": s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob)} {
		wantGood(t, s.open(lf(mail)))
		wantGood(t, s.open(crlf(mail)))
		if lf(mail) == mail {
			t.Errorf("%s: line ends were not CRLF", name)
		}
	}
	out := s.clear(lf(s.mail), s.alice)
	if strings.Contains(out, "\r") {
		t.Error("a mail with bare LF became one with CRLF")
	}
	wantGood(t, s.open(out))
	wantGood(t, s.open(crlf(out)))
}

// STANDARDS 24: a signature over bare LF is not good, and the report says what is wrong.
func TestASignatureOverBareLFIsNamedAndNotGood(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice).CMS
	o.Detached = true
	mail := clearMail(lunch, signedData(t, lf(lunch), o), "sha-256")
	for _, m := range []string{mail, lf(mail)} {
		r := s.open(m)
		wantFinding(t, r.Findings, finding.LayerLineEnds, finding.SignatureDigest)
		wantNotGood(t, r)
	}
	r := s.open(strings.Replace(mail, "noon", "nine", 1))
	if has(r.Findings, finding.LayerLineEnds) {
		t.Error("another text is no matter of line ends")
	}
}

// STANDARDS 24: whatever transport may do to a part is undone before it is signed.
func TestWhatTransportChangesIsEncodedBeforeSigning(t *testing.T) {
	s := newStory(t)
	head := "From: alice@example.org\r\nMIME-Version: 1.0\r\n"
	for name, mail := range map[string]string{
		"eight bits":           head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n",
		"trailing white space": head + "\r\nsignature:\r\n-- \r\nAlice  \r\n",
		"a From line":          head + "\r\nFrom here on\r\n",
		"a long line":          head + "\r\n" + strings.Repeat("long ", 400) + "\r\n",
		"an empty body":        head + "\r\n",
		"no body at all":       head,
		"no final line end":    head + "\r\nno end",
		"boundaries inside":    head + "Content-Type: multipart/mixed; boundary=\"a b'()+_,-./:=?\"\r\n\r\npreamble\r\n--a b'()+_,-./:=?\r\n\r\none\r\n--a b'()+_,-./:=?--\r\nepilogue\r\n",
		"prefix boundaries":    head + "Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\none\r\n--a--\r\n--ab--\r\n",
		"binary":               head + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\x01\r\n\xff\r\x00\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, signed := range []string{s.clear(mail, s.alice), s.opaque(mail, s.alice)} {
				for _, arrived := range []string{signed, lf(signed), crlf(lf(signed)), strings.ReplaceAll(signed, "\r\nFrom ", "\r\n>From ")} {
					r := s.open(arrived)
					wantGood(t, r)
				}
			}
		})
	}
}

// STANDARDS 14: zero signers are no success.
func TestZeroSignersAreNoSignature(t *testing.T) {
	s := newStory(t)
	none := cms.SignedOptions{Certificates: s.alice.Chain()}
	detached := none
	detached.Detached = true
	for _, c := range []struct {
		name, mail string
		code       finding.Code
		signed     Coverage
	}{
		{"in a clear-signed mail", clearMail(lunch, signedData(t, lunch, detached), "sha-256"), finding.LayerNoSigners, CoversNothing},
		{"around the content", p7m(signedData(t, lunch, none), "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"), finding.LayerNoSigners, CoversNothing},
		{"certificates alone", p7m(signedData(t, "", detached), "application/pkcs7-mime; smime-type=certs-only; name=smime.p7c"), finding.LayerCerts, CoversNothing},
		{"certificates alone that say signed-data", p7m(signedData(t, "", detached), "application/pkcs7-mime; smime-type=signed-data"), finding.LayerCerts, CoversNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(c.mail)
			wantFinding(t, r.Findings, c.code, finding.MessageUnsigned)
			if r.Signed != c.signed || len(r.Verified()) > 0 || len(r.Signers) > 0 {
				t.Errorf("signed %s by %d", r.Signed, len(r.Signers))
			}
			if len(r.Root.Certificates) != 2 {
				t.Errorf("%d certificates", len(r.Root.Certificates))
			}
		})
	}
}

// STANDARDS 15: the part that is shown is what is checked, and a second content is refused.
func TestAClearSignatureThatBringsContentIsRefused(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice).CMS
	forged := "Content-Type: text/plain\r\n\r\nPay Mallory\r\n"
	r := s.open(clearMail(forged, signedData(t, lunch, o), "sha-256"))
	wantFinding(t, r.Findings, finding.LayerTwice, finding.SignatureDigest)
	wantNotGood(t, r)
	if got := readAll(t, r.Root.Content()); got != forged[:len(forged)] {
		t.Errorf("holds %q", got)
	}
	r = s.open(clearMail(lunch, signedData(t, lunch, o), "sha-256"))
	wantFinding(t, r.Findings, finding.LayerTwice)
	if !r.Signers[0].DigestOK {
		t.Error("the part that is shown has the digest")
	}
	wantNotGood(t, r)
}

// STANDARDS 16
func TestEachSignerIsJudgedByItself(t *testing.T) {
	s := newStory(t)
	mallory := testca.Root(t, "Mallory's Root").Issue(testca.Person("alice@example.org"))
	for _, by := range [][]*testca.Entity{{s.alice, mallory}, {mallory, s.alice}} {
		r := s.open(s.clear(s.mail, by...))
		if len(r.Signers) != 2 {
			t.Fatalf("%d signers", len(r.Signers))
		}
		wantFinding(t, r.Findings, finding.MessageSeveral)
		wantNotGood(t, r)
		for i, sr := range r.Signers {
			if !sr.DigestOK || !sr.SignatureOK || sr.OK() != sr.Certificate.Equal(s.alice.Certificate) || sr.Chain.OK != sr.OK() {
				t.Errorf("%s: %v", sr.ID, codes(sr.Findings))
			}
			if want := fmt.Sprintf("1/signer %d", i+1); sr.Where != want {
				t.Errorf("at %q; want %q", sr.Where, want)
			}
		}
	}
}

// STANDARDS 17: the signer is found by key identifier or issuer and serial number, wherever it stands.
func TestSignersAreFoundByEitherName(t *testing.T) {
	s := newStory(t)
	twin := s.ca.Renew(s.alice, testca.Person("alice@example.org")) // the same key identifier, another certificate
	for _, useKeyID := range []bool{false, true} {
		o := signing(s.alice)
		o.CMS.Signers[0].UseKeyID = useKeyID
		o.CMS.Certificates = []*pki.Certificate{s.ca.Certificate, twin.Certificate, s.bob.Certificate, s.alice.Certificate}
		r := s.open(s.sign(s.mail, o))
		wantGood(t, r)
		if want := strings.HasPrefix(r.Signers[0].ID, "key "); want != useKeyID {
			t.Errorf("named %q", r.Signers[0].ID)
		}
	}
}

func TestASignerWhoseCertificateIsMissingIsNotGood(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice)
	o.CMS.Certificates = []*pki.Certificate{s.ca.Certificate}
	mail := s.sign(s.mail, o)
	r := s.open(mail)
	wantFinding(t, r.Findings, finding.SignerUnknown)
	wantNotGood(t, r)
	if sr := r.Signers[0]; !sr.DigestOK || sr.SignatureOK || sr.Certificate != nil || sr.Trust != nil {
		t.Errorf("%+v", sr)
	}
	op := s.opener()
	op.Untrusted = certificates(s.alice)
	wantGood(t, s.openAs(op, mail))
}

// STANDARDS 25: micalg is a hint.
func TestMicalgIsAdvisory(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice).CMS
	o.Detached = true
	sig := signedData(t, lunch, o)
	for micalg, differs := range map[string]bool{"sha-256": false, "sha256": false, `"sha-256"`: false, "SHA256": false, "rsa-sha256": false,
		`"sha1,sha-256"`: false, `"sha-512, sha-256"`: false, "sha1": true, "sha-1": true, "md5": true, "unknown": true, `""`: false} {
		r := s.open(clearMail(lunch, sig, micalg))
		wantGood(t, r)
		if got := has(r.Findings, finding.LayerMicalg); got != differs {
			t.Errorf("micalg=%s: differs %v", micalg, got)
		}
	}
}

// STANDARDS 25: what the ASN.1 says counts, not the media type, its parameters or its case.
func TestTheASN1DecidesWhatALayerIs(t *testing.T) {
	s := newStory(t)
	signed := signedData(t, lunch, signing(s.alice).CMS)
	for contentType, differs := range map[string]bool{
		"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m": false,
		"application/pkcs7-mime":                                            false,
		"APPLICATION/X-PKCS7-MIME; smime-type=SIGNED-DATA":                  false,
		"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m": true,
		"application/x-pkcs7-mime; smime-type=enveloped-data":               true,
		"application/pkcs7-signature; name=smime.p7s":                       false,
		"application/octet-stream; name=smime.p7m":                          false,
		"application/octet-stream; name=\"message.P7M\"":                    false,
		"application/unknown; name=smime.p7m":                               false,
	} {
		r := s.open(p7m(signed, contentType))
		wantGood(t, r)
		if got := has(r.Findings, finding.LayerTypeDiffers); got != differs {
			t.Errorf("%s: differs %v", contentType, got)
		}
		if got := has(r.Findings, finding.LayerByName); got != !strings.Contains(strings.ToLower(contentType), "pkcs7") {
			t.Errorf("%s: by name %v", contentType, got)
		}
	}
	mail := strings.Replace(s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob), "smime-type=authEnveloped-data", "smime-type=signed-data", 1)
	r := s.open(mail)
	wantGood(t, r)
	wantFinding(t, r.Findings, finding.LayerTypeDiffers)
}

func TestANameAloneMakesNoSMIME(t *testing.T) {
	s := newStory(t)
	r := s.open("From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=notes.p7m\r\n\r\njust notes\r\n")
	if r.Root.Kind != KindLeaf || has(r.Findings, finding.LayerMalformed) {
		t.Errorf("%s, %v", r.Root.Kind, codes(r.Findings))
	}
}

// STANDARDS 25: RFC 8551 §3.10 asks to be liberal; the transfer encoding may be wrong as well.
func TestTheTransferEncodingMayBeWrong(t *testing.T) {
	s := newStory(t)
	der := signedData(t, lunch, signing(s.alice).CMS)
	head := "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
	text := base64Lines(der)
	armored := string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}))
	for name, mail := range map[string]string{
		"base64 without saying so": head + "\r\n" + text,
		"base64 that says 7bit":    head + "Content-Transfer-Encoding: 7bit\r\n\r\n" + text,
		"binary":                   head + "Content-Transfer-Encoding: binary\r\n\r\n" + string(der),
		"PEM":                      head + "\r\n" + armored,
		"PEM inside base64":        head + "Content-Transfer-Encoding: base64\r\n\r\n" + base64Lines([]byte(armored)),
		"one long line":            head + "Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(der) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) { wantGood(t, s.open(mail)) })
	}
}

func TestABareObjectIsOpenedInEveryArmor(t *testing.T) {
	s := newStory(t)
	der := signedData(t, lunch, signing(s.alice).CMS)
	for name, object := range map[string][]byte{
		"DER":                   der,
		"PEM":                   pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: der}),
		"PEM below a text":      append([]byte("subject=/CN=Alice\nissuer=/CN=x\n\n"), pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})...),
		"PEM with CRLF":         []byte(crlf(string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der})))),
		"base64":                []byte(base64.StdEncoding.EncodeToString(der)),
		"base64 below a BOM":    append([]byte("\xEF\xBB\xBF\r\n"), base64Lines(der)...),
		"DER with bytes behind": append(bytes.Clone(der), "trailing"...),
	} {
		t.Run(name, func(t *testing.T) {
			r := s.openCMS(s.opener(), object)
			if r.Signed != CoversAll || len(r.Signers) != 1 || !r.Signers[0].OK() {
				t.Fatalf("signed %s, %v", r.Signed, codes(r.Findings))
			}
			wantFinding(t, r.Findings, finding.SignerUncheckedSender)
			if r.Signers[0].Identity.Match != MatchNotChecked || len(r.Verified()) != 0 {
				t.Error("without a mail nobody is proven to be its sender")
			}
			if got := plainOf(t, r); got != lunch {
				t.Errorf("holds %q", got)
			}
		})
	}
}

func TestADetachedSignatureIsCheckedAgainstAFile(t *testing.T) {
	s := newStory(t)
	text := "line one\nline two\n"
	o := signing(s.alice).CMS
	o.Detached = true
	for name, c := range map[string]struct {
		signed, file string
		good         bool
		form         Form
	}{
		"as it is":            {text, text, true, FormBytes},
		"as canonical text":   {crlf(text), text, true, FormCanonical},
		"another file":        {text, "line one\n", false, FormBytes},
		"CRLF where LF was":   {text, crlf(text), false, FormBytes},
		"an empty file":       {"", "", true, FormBytes},
		"an empty other file": {"", "x", false, FormBytes},
	} {
		t.Run(name, func(t *testing.T) {
			op := s.opener()
			op.Content = strings.NewReader(c.file)
			r := s.openCMS(op, signedData(t, c.signed, o))
			wantFinding(t, r.Findings, finding.LayerDetached)
			if got := r.Signers[0].OK(); got != c.good || r.Root.Covers.Form != c.form || r.Root.Kind != KindDetached {
				t.Errorf("good %v, %+v, %v", got, r.Root.Covers, codes(r.Findings))
			}
		})
	}
	r := s.openCMS(s.opener(), signedData(t, text, o))
	wantFinding(t, r.Findings, finding.LayerNoContent)
	if r.Signed != CoversNothing {
		t.Errorf("a signature without its content covers %s", r.Signed)
	}
}

// STANDARDS 20: a signer who backdates gains nothing.
func TestTheSignersOwnTimeIsNeverUsed(t *testing.T) {
	s := newStory(t)
	old := s.person("alice@example.org", testca.Valid(testca.NotBefore, testca.Now.AddDate(0, -1, 0)))
	o := signing(old)
	o.CMS.Signers[0].SigningTime = testca.Now.AddDate(0, -2, 0)
	mail := s.sign(s.mail, o)
	r := s.open(mail)
	if sr := r.Signers[0]; sr.Chain.OK || sr.Basis.Kind != BasisNow || !sr.Basis.Time.Equal(testca.Now) {
		t.Errorf("judged by %+v", sr.Basis)
	}
	wantNotGood(t, r)
	op := s.opener()
	op.Received = testca.Now.AddDate(0, -2, 0)
	r = s.openAs(op, mail)
	if sr := r.Signers[0]; sr.Basis.Kind != BasisReceived {
		t.Errorf("judged by %+v", sr.Basis)
	}
	wantGood(t, r)
	o.CMS.Signers[0].SigningTime = testca.Now.AddDate(1, 0, 0)
	wantFinding(t, s.open(s.sign(s.mail, o)).Findings, finding.SignerTimeStrange)
}

// STANDARDS 21: revocation lists inside the message count.
func TestAListInsideTheMessageRevokes(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice)
	o.CMS.CRLs = []*pki.CRL{s.ca.CRL(s.alice.Revoke(pki.KeyCompromise))}
	r := s.open(s.sign(s.mail, o))
	if r.Signers[0].Chain.OK || !strings.Contains(r.Signers[0].Trust.Revocation, "revoked") {
		t.Errorf("%+v", r.Signers[0].Trust)
	}
	wantNotGood(t, r)
	o.CMS.CRLs = []*pki.CRL{s.ca.CRL()}
	r = s.open(s.sign(s.mail, o))
	wantGood(t, r)
	if !strings.Contains(r.Signers[0].Trust.Revocation, "good by CRL") {
		t.Errorf("%+v", r.Signers[0].Trust)
	}
	o.CMS.CRLs = nil
	o.CMS.OCSP = []*pki.OCSPResponse{s.ca.OCSP(s.alice, pki.OCSPRevoked)}
	wantNotGood(t, s.open(s.sign(s.mail, o)))
}

// STANDARDS 19: key usage.
func TestACertificateThatMayNotSignIsNotGood(t *testing.T) {
	s := newStory(t)
	for name, c := range map[string]struct {
		change testca.Change
		good   bool
	}{
		"digitalSignature":      {testca.Usage(pki.DigitalSignature), true},
		"nonRepudiation":        {testca.Usage(pki.NonRepudiation), true},
		"no key usage at all":   {testca.Usage(0), true},
		"keyEncipherment alone": {testca.Usage(pki.KeyEncipherment), false},
		"no extended usage":     {testca.ExtUsage(), true},
		"server authentication": {testca.ExtUsage(alg.OIDUsageServerAuth), false},
		"any extended usage":    {testca.ExtUsage(alg.OIDUsageAny), true},
	} {
		t.Run(name, func(t *testing.T) {
			r := s.open(s.clear(s.mail, s.person("alice@example.org", c.change)))
			if r.Signers[0].OK() != c.good {
				t.Errorf("good %v: %v", r.Signers[0].OK(), codes(r.Findings))
			}
		})
	}
}

// STANDARDS 23: what a signer says about itself counts only when the signature does.
func TestCapabilitiesComeFromVerifiedSignaturesOnly(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice)
	o.CMS.Signers[0].EncryptionKey = s.alice.Certificate
	mail := s.sign(s.mail, o)
	v := s.open(mail).Verified()
	if len(v) != 1 || v[0].Address() != "alice@example.org" || !v[0].SigningTime().Equal(testca.Now) || !v[0].Certificate().Equal(s.alice.Certificate) {
		t.Fatalf("%+v", v)
	}
	if sr := v[0].Signer(); len(sr.Capabilities) == 0 || !sr.EncryptionKey.Equal(s.alice.Certificate) {
		t.Errorf("%+v", sr.Capabilities)
	}
	if v := s.open(strings.Replace(mail, "noon", "nine", 1)).Verified(); len(v) != 0 {
		t.Error("a changed mail proves something")
	}
	var zero Verified
	if zero.Certificate() != nil || zero.Signer() != nil || zero.Address() != "" || !zero.SigningTime().Equal(time.Time{}) {
		t.Error("the zero value proves something")
	}
}

func TestEveryChangedByteOfTheCoveredPartIsNoticed(t *testing.T) {
	s := newStory(t)
	mail := s.clear(s.mail, s.alice)
	c := s.open(mail).Root.Covers.Range
	for i := c.Start; i < c.End; i += 3 {
		b := []byte(mail)
		if b[i] == '\r' || b[i] == '\n' {
			continue
		}
		b[i] ^= 1
		r := s.open(string(b))
		wantNotGood(t, r)
	}
}

func TestABrokenSignatureLeavesTheTextReadable(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice).CMS
	o.Detached = true
	sig := signedData(t, lunch, o)
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("no signature"), "cut off": sig[:len(sig)/2], "one byte": sig[:1]} {
		r := s.open(clearMail(lunch, b, "sha-256"))
		wantFinding(t, r.Findings, finding.LayerMalformed)
		if r.Signed != CoversNothing || len(r.Root.Children) != 1 || !strings.Contains(plainOf(t, r), "noon") {
			t.Errorf("%s: signed %s, %d children", name, r.Signed, len(r.Root.Children))
		}
	}
	wantFinding(t, s.open(clearMail(lunch, signedEncrypted(t, s), "sha-256")).Findings, finding.MIMEProtocol)
}

// signedEncrypted returns an object that is no signature.
func signedEncrypted(t testing.TB, s *story) []byte {
	t.Helper()
	_, body, _ := strings.Cut(s.encrypt(s.mail, gcm, s.bob), "\r\n\r\n")
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\r\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
