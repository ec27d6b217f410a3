package pki_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Whatever crypto/x509 reads is read here with the same contents; of what it refuses, nearly everything is read too.
func TestCertificatesOfOthersAreRead(t *testing.T) {
	read, refusedByStd := 0, 0
	for _, o := range corpus(t, everywhere...) {
		if !o.isCertificate() {
			continue
		}
		c, err := pki.ParseCertificate(o.raw)
		std, stdErr := x509.ParseCertificate(o.raw)
		if err != nil {
			t.Errorf("%s: %v (crypto/x509: %v)", o.path, err, stdErr)
			continue
		}
		read++
		checkRaw(t, o, c)
		show(c)
		if stdErr != nil {
			refusedByStd++
			continue
		}
		if badSignature(o.path) {
			std.Signature = nil
		}
		for _, d := range differences(c, std) {
			t.Errorf("%s: %s", o.path, d)
		}
	}
	if read < 700 || refusedByStd < 10 {
		t.Errorf("%d certificates, %d of which crypto/x509 refuses: is the test data whole?", read, refusedByStd)
	}
	t.Logf("%d certificates read; crypto/x509 refuses %d of them", read, refusedByStd)
}

// badSignature tells certificates of NIST whose signature was broken so that it is no whole number of octets.
func badSignature(path string) bool {
	return strings.HasSuffix(path, "BadSignedCACert.crt") || strings.HasSuffix(path, "InvalidDSASignatureTest6EE.crt")
}

// checkRaw checks that bytes are kept.
func checkRaw(t *testing.T, o object, c *pki.Certificate) {
	t.Helper()
	if !bytes.HasPrefix(o.raw, c.Raw) {
		t.Errorf("%s: the bytes were not kept", o.path)
	}
	for name, part := range map[string][]byte{"TBS": c.RawTBS, "issuer": c.RawIssuer, "subject": c.RawSubject, "SPKI": c.RawSPKI, "signature": c.Signature} {
		if name == "signature" && badSignature(o.path) {
			continue
		}
		if len(part) == 0 || !bytes.Contains(c.Raw, part) {
			t.Errorf("%s: %s is not a part of the certificate", o.path, name)
		}
	}
}

// show uses everything that displays a certificate: nothing of it may panic.
func show(c *pki.Certificate) string {
	var b strings.Builder
	fmt.Fprint(&b, c.Subject, c.Issuer, c.Subject.Display(), c.Emails(), c.KeyUsage, c.SubjectAlt, c.IssuerAlt, c.Level(), c.KeyInfo.Name, c.Faults)
	fmt.Fprint(&b, c.OCSPServers(), c.IssuerURIs(), c.SelfIssued(), c.Fingerprint())
	for _, u := range c.ExtKeyUsage {
		fmt.Fprint(&b, pki.UsageName(u))
	}
	for _, p := range append(c.CRLPoints, c.FreshestCRL...) {
		fmt.Fprint(&b, p.URIs(), p.Reasons, p.Names(c.Issuer), p.CRLIssuer)
	}
	for _, id := range c.UnhandledCritical {
		fmt.Fprint(&b, id)
	}
	return b.String()
}

// differences compares a certificate with crypto/x509's view of it.
func differences(c *pki.Certificate, std *x509.Certificate) (list []string) {
	diff := func(what string, ours, theirs any) {
		if !reflect.DeepEqual(ours, theirs) {
			list = append(list, fmt.Sprintf("%s: %v, crypto/x509 has %v", what, ours, theirs))
		}
	}
	diff("version", c.Version, std.Version)
	diff("serial", c.Serial.String(), std.SerialNumber.String())
	diff("notBefore", c.NotBefore.UTC(), std.NotBefore.UTC())
	diff("notAfter", c.NotAfter.UTC(), std.NotAfter.UTC())
	for what, pair := range map[string][2][]byte{
		"raw": {c.Raw, std.Raw}, "TBS": {c.RawTBS, std.RawTBSCertificate}, "SPKI": {c.RawSPKI, std.RawSubjectPublicKeyInfo}, "issuer": {c.RawIssuer, std.RawIssuer},
		"subject": {c.RawSubject, std.RawSubject}, "signature": {c.Signature, std.Signature}, "subjectKeyID": {c.SubjectKeyID, std.SubjectKeyId}, "authorityKeyID": {c.AuthorityKey.KeyID, std.AuthorityKeyId},
	} {
		if c.Version != 3 && strings.HasSuffix(what, "KeyID") {
			continue // crypto/x509 does not look for extensions there
		}
		if !bytes.Equal(pair[0], pair[1]) {
			list = append(list, fmt.Sprintf("%s: %x, crypto/x509 has %x", what, pair[0], pair[1]))
		}
	}
	if std.PublicKey != nil && !alg.SameKey(c.PublicKey, std.PublicKey) {
		list = append(list, fmt.Sprintf("key: %T, crypto/x509 has %T", c.PublicKey, std.PublicKey))
	}
	if c.Version == 3 {
		list = append(list, extensionDifferences(c, std)...)
	}
	diff("subject", texts(c.Subject), stdTexts(std.Subject))
	diff("issuer", texts(c.Issuer), stdTexts(std.Issuer))
	return list
}

func extensionDifferences(c *pki.Certificate, std *x509.Certificate) (list []string) {
	diff := func(what string, ours, theirs any) {
		if !reflect.DeepEqual(ours, theirs) {
			list = append(list, fmt.Sprintf("%s: %v, crypto/x509 has %v", what, ours, theirs))
		}
	}
	diff("keyUsage", int(c.KeyUsage), int(std.KeyUsage))
	diff("basicConstraints", c.Basic.Present, std.BasicConstraintsValid)
	diff("CA", c.Basic.CA, std.IsCA)
	if std.BasicConstraintsValid {
		diff("path length", c.Basic.MaxPathLen, std.MaxPathLen)
	}
	diff("number of extensions", len(c.Extensions), len(std.Extensions))
	diff("number of EKU", len(c.ExtKeyUsage), len(std.ExtKeyUsage)+len(std.UnknownExtKeyUsage))
	diff("rfc822Names", nonNil(c.SubjectAlt.Texts(pki.RFC822Name)), nonNil(std.EmailAddresses))
	diff("dNSNames", nonNil(c.SubjectAlt.Texts(pki.DNSName)), nonNil(std.DNSNames))
	diff("number of URIs", len(c.SubjectAlt.Of(pki.URIName)), len(std.URIs))
	var ips []string
	for _, g := range c.SubjectAlt.Of(pki.IPAddress) {
		ips = append(ips, strings.TrimPrefix(g.String(), "iPAddress:"))
	}
	var stdIPs []string
	for _, ip := range std.IPAddresses {
		a, _ := netip.AddrFromSlice(ip)
		stdIPs = append(stdIPs, a.String())
	}
	diff("iPAddresses", ips, stdIPs)
	var points []string
	for _, p := range c.CRLPoints {
		points = append(points, p.URIs()...)
	}
	diff("CRL points", nonNil(points), nonNil(std.CRLDistributionPoints))
	diff("OCSP", nonNil(c.OCSPServers()), nonNil(std.OCSPServer))
	diff("issuer URIs", nonNil(c.IssuerURIs()), nonNil(std.IssuingCertificateURL))
	diff("policies", policyIDs(c), stdPolicyIDs(std))
	return list
}

func nonNil(list []string) []string { return append([]string{}, list...) }

func policyIDs(c *pki.Certificate) []string {
	list := []string{}
	for _, p := range c.Policies {
		list = append(list, p.ID.String())
	}
	return list
}

func stdPolicyIDs(std *x509.Certificate) []string {
	list := []string{}
	for _, p := range std.Policies {
		list = append(list, p.String())
	}
	return list
}

// texts are types and values of a name's attributes.
func texts(n pki.Name) []string {
	list := []string{}
	for _, rdn := range n.RDNs {
		for _, a := range rdn {
			list = append(list, a.Type.String()+"="+a.Text)
		}
	}
	return list
}

func stdTexts(n pkix.Name) []string {
	list := []string{}
	for _, a := range n.Names {
		text, _ := a.Value.(string)
		list = append(list, a.Type.String()+"="+text)
	}
	return list
}

// The certificates of NIST that do not test an encoding have nothing odd.
func TestCertificatesOfNISTHaveNoBrokenEncodings(t *testing.T) {
	for _, o := range corpus(t, "pkits") {
		if o.kind != "crt" {
			continue
		}
		c, err := pki.ParseCertificate(o.raw)
		if err != nil {
			t.Fatalf("%s: %v", o.path, err)
		}
		if f, broken := c.Broken(); broken != badSignature(o.path) {
			t.Errorf("%s: %v", o.path, f)
		}
		if std, err := c.X509(); err == nil {
			back, err := pki.FromX509(std)
			if err != nil || !back.Equal(c) {
				t.Errorf("%s: not the same after crypto/x509 had it: %v", o.path, err)
			}
		}
	}
}

// BER with indefinite lengths is read: then Raw is what the signature was made over.
func TestACertificateInBERIsReadAsWhatWasSigned(t *testing.T) {
	for _, o := range corpus(t, "rfc9216") {
		if !o.isCertificate() {
			continue
		}
		body, err := der.ParseOne(o.raw)
		if err != nil {
			t.Fatal(err)
		}
		ber := append(append([]byte{0x30, 0x80}, body.Body...), 0, 0)
		c, err := pki.ParseCertificate(ber)
		if err != nil || !bytes.Equal(c.Raw, o.raw) {
			t.Errorf("%s: %v", o.path, err)
			continue
		}
		if _, broken := c.Broken(); broken || len(c.Faults) == 0 {
			t.Errorf("%s: faults %v", o.path, c.Faults)
		}
	}
}
