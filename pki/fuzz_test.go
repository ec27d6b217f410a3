package pki_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// seeds adds what was crafted here, and the small ones of the test data.
func seeds(f *testing.F, kind func(object) bool, crafted ...[]byte) {
	for _, c := range crafted {
		f.Add(c)
	}
	if testing.Short() {
		return
	}
	n := 0
	for _, o := range corpus(f, "rustcrypto", "boringssl-pki", "rfc9216") {
		if kind(o) && len(o.raw) < 3000 && n < 60 {
			f.Add(o.raw)
			n++
		}
	}
}

func oddCertificates(f *testing.F) (list [][]byte) {
	for _, odds := range [][]odd{oddSerials, oddNames, oddAltNames, oddExtensions, oddFrames} {
		for _, o := range odds {
			list = append(list, craft(f, o.change))
		}
	}
	return list
}

// Reading twice gives the same; bytes are kept; what crypto/x509 reads is read alike.
func FuzzParseCertificate(f *testing.F) {
	seeds(f, object.isCertificate, oddCertificates(f)...)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := pki.ParseCertificate(raw)
		std, stdErr := x509.ParseCertificate(raw)
		if err != nil {
			if c != nil || len(err.Error()) > 2000 {
				t.Fatalf("%v with %v", c, err)
			}
			return
		}
		again, err := pki.ParseCertificate(c.Raw)
		if err != nil || show(again) != show(c) && len(c.Raw) == len(raw) {
			t.Fatalf("another when read again: %v", err)
		}
		if len(c.Faults) > 101 {
			t.Fatalf("%d faults", len(c.Faults))
		}
		_ = c.CheckSignatureFrom(c, alg.Allow{Legacy: true})
		if _, broken := c.Broken(); broken || stdErr != nil || c.KeyError != nil {
			return
		}
		for _, d := range differences(c, std) {
			if !excused(d) {
				t.Error(d)
			}
		}
	})
}

// excused are differences that are decisions: crypto/x509 gives up on a subject alternative name or a constraint here and there.
func excused(difference string) bool {
	for _, p := range []string{"subject:", "issuer:", "rfc822Names", "CRL points", "OCSP", "issuer URIs", "number of URIs", "dNSNames"} {
		if strings.HasPrefix(difference, p) {
			return true
		}
	}
	return false
}

// What is found is what stands in the list, and in its order.
func FuzzParseCRL(f *testing.F) {
	seeds(f, func(o object) bool { return o.isCRL() || o.kind == "CRL" },
		rawList(f, v2, [][]byte{entry(integer(1)), entry(integer(2))}, [][]byte{crlNumber()}), rawList(f, nil, nil, nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := pki.ParseCRL(raw)
		if err != nil {
			return
		}
		n := 0
		seen := map[string]bool{}
		for e := range c.Entries {
			if n++; n > 100 {
				break
			}
			issuer := issuerOf(c, e)
			id := e.Serial().String() + issuer.Canonical()
			found, ok := c.Find(e.Serial(), issuer)
			if e.Issuer != nil && !hasDirectory(e.Issuer) {
				continue // its issuer has no name that can be asked for
			}
			if !ok || !seen[id] && !reflect.DeepEqual(found, e) {
				t.Fatalf("entry %d: found %v %v, is %v", n, ok, found, e)
			}
			seen[id] = true
		}
		if n <= 100 && n != c.Len() {
			t.Fatalf("%d entries of %d", n, c.Len())
		}
		c.Find(big.NewInt(-1), c.Issuer)
		_ = c.CheckSignatureBy(key.Public(), alg.Allow{})
		_ = fmt.Sprint(c.Scope, c.FreshestCRL, c.Faults, c.IsDelta())
	})
}

func hasDirectory(l pki.GeneralNames) bool { return len(l.Of(pki.DirectoryName)) > 0 }

func FuzzParseOCSPResponse(f *testing.F) {
	ca := testca.Root(f, "CA")
	seeds(f, func(o object) bool { return o.kind == "OCSP RESPONSE" || strings.Contains(o.path, "-res.der") }, ca.OCSP(ca.Issue(testca.Person("a@example.org")), pki.OCSPRevoked).Raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := pki.ParseOCSPResponse(raw)
		if err != nil {
			return
		}
		again, err := pki.ParseOCSPResponse(r.Raw)
		if err != nil || fmt.Sprint(again.Responses) != fmt.Sprint(r.Responses) {
			t.Fatalf("another when read again: %v", err)
		}
		r.For(ca.Certificate, ca.Certificate)
		r.NamesResponder(ca.Certificate)
		_ = r.CheckSignatureBy(key.Public(), alg.Allow{})
	})
}

func FuzzParseOCSPRequest(f *testing.F) {
	seeds(f, func(o object) bool { return o.kind == "OCSP REQUEST" || strings.Contains(o.path, "-req.der") })
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := pki.ParseOCSPRequest(raw)
		if err != nil {
			return
		}
		_ = r.CheckSignatureBy(key.Public(), alg.Allow{})
		if r.Requestor != nil {
			_ = r.Requestor.String()
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	seeds(f, func(o object) bool { return o.kind == "CERTIFICATE REQUEST" || strings.HasSuffix(o.path, "csr.der") })
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := pki.ParseRequest(raw)
		if err != nil {
			return
		}
		again, err := pki.ParseRequest(r.Raw)
		if err != nil || again.Subject.String() != r.Subject.String() || !bytes.Equal(again.RawTBS, r.RawTBS) {
			t.Fatalf("another when read again: %v", err)
		}
		_ = r.CheckSignature(alg.Allow{})
	})
}

// A name that prints is read back as the same name; what it prints hides nothing.
func FuzzParseName(f *testing.F) {
	for _, text := range []string{"CN=Alice,O=Example,C=CH", `CN=a\,b+OU=\ c\ `, "1.2.3=#0c0141", `CN=\e2\80\ae`} {
		f.Add(name(f, text).Raw)
	}
	for _, o := range oddNames {
		if c, err := pki.ParseCertificate(craft(f, o.change)); err == nil {
			f.Add(c.RawSubject)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n, _, err := pki.ParseName(raw)
		if err != nil {
			return
		}
		text := n.String()
		for _, r := range text {
			if r < 0x20 || r == 0x7f || r == 0x202e {
				t.Fatalf("%q shows %q", text, r)
			}
		}
		if !n.Equal(n) || !n.Within(pki.Name{}) || n.Display() == "" && !n.Empty() && text != "" {
			t.Fatalf("%q is not itself", text)
		}
		back, err := pki.NameFromText(text)
		if err != nil {
			return // the type of an attribute forbids the letters that it has
		}
		if !back.Equal(n) && !guessed(n) {
			t.Fatalf("%q comes back as %q", text, back)
		}
	})
}

// guessed tells whether a name has an RDN that text cannot carry, or letters that have no form to compare (RFC 4518 §2.4).
func guessed(n pki.Name) bool {
	for _, r := range n.RDNs {
		if len(r) == 0 {
			return true
		}
		for _, a := range r {
			if strings.ContainsFunc(a.Text, func(r rune) bool {
				return r == 0xfffd || r >= 0xd800 && r < 0xfa00 && r >= 0xe000 || r >= 0xf0000 || r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef
			}) {
				return true
			}
		}
	}
	return false
}

// Any text is read as a name or refused.
func FuzzNameFromText(f *testing.F) {
	f.Add("CN=Alice,O=Example,C=CH")
	f.Add(`CN=\41\ #,2.5.4.3=#0c0141+O=x`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := pki.NameFromText(text)
		if err != nil {
			return
		}
		back, err := pki.NameFromText(n.String())
		if err == nil && !back.Equal(n) && !guessed(n) {
			t.Fatalf("%q is %q is %q", text, n, back)
		}
	})
}
