package pki_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// odd is a certificate with something that is not as it should be.
type odd struct {
	name   string
	change func(*parts)
	want   func(*pki.Certificate) any // what must be seen all the same; with has
	has    any
	broken bool // a validator must refuse it
	std    bool // crypto/x509 reads it too
}

// subjectOf puts one attribute into the subject.
func subjectOf(value []byte) func(*parts) {
	return func(p *parts) { p.subject = seq(rdn(alg.OIDAttrCommonName, value)) }
}

func altName(names ...[]byte) func(*parts) {
	return func(p *parts) { p.extensions = [][]byte{ext(alg.OIDExtSubjectAltName, false, seq(names...))} }
}

func extensions(list ...[]byte) func(*parts) { return func(p *parts) { p.extensions = list } }

func cn(c *pki.Certificate) any        { return c.Subject.CommonName() }
func subject(c *pki.Certificate) any   { return c.Subject.String() }
func serial(c *pki.Certificate) any    { return c.Serial.String() }
func keyName(c *pki.Certificate) any   { return c.KeyInfo.Name }
func notBefore(c *pki.Certificate) any { return c.NotBefore.UTC().Format(time.RFC3339) }

var oddSerials = []odd{
	{"a negative serial number", func(p *parts) { p.serial = integer(0xff, 0x01) }, serial, "-255", false, false},
	{"a serial number with leading zeros", func(p *parts) { p.serial = integer(0, 0, 5) }, serial, "5", false, false},
	{"a serial number of zero", func(p *parts) { p.serial = integer(0) }, serial, "0", false, true},
	{"a serial number of 30 octets", func(p *parts) { p.serial = integer(bytes.Repeat([]byte{1}, 30)...) },
		func(c *pki.Certificate) any { return len(c.SerialRaw) }, 30, false, true},
	{"an empty serial number", func(p *parts) { p.serial = integer() }, serial, "0", false, false},
}

var oddNames = []odd{
	{"PrintableString with @", subjectOf(str(der.PrintableString, "a@example.org")), cn, "a@example.org", false, false},
	{"PrintableString with _", subjectOf(str(der.PrintableString, "a_b")), cn, "a_b", false, false},
	{"PrintableString in Latin-1", subjectOf(str(der.PrintableString, "M\xfcller")), cn, "Müller", false, false},
	{"PrintableString in UTF-8", subjectOf(str(der.PrintableString, "Müller")), cn, "Müller", false, false},
	{"T61String, as Latin-1", subjectOf(str(der.T61String, "M\xfcller")), cn, "Müller", false, true},
	{"UniversalString", subjectOf(str(der.UniversalString, "\x00\x00\x00M\x00\x01\xf6\x00")), cn, "M😀", false, false},
	{"UniversalString of odd length", subjectOf(str(der.UniversalString, "\x00\x00\x00M\x00")), subject, "CN=#1c050000004d00", false, false},
	{"UniversalString beyond Unicode", subjectOf(str(der.UniversalString, "\x7f\xff\xff\xff")), subject, "CN=#1c047fffffff", false, false},
	{"VisibleString", subjectOf(str(der.VisibleString, "Alice")), cn, "Alice", false, false},
	{"GeneralString", subjectOf(str(der.GeneralString, "Alice")), cn, "Alice", false, false},
	{"NumericString", subjectOf(str(der.NumericString, "12 34")), cn, "12 34", false, true},
	{"NumericString with letters", subjectOf(str(der.NumericString, "12a")), cn, "12a", false, false},
	{"BMPString", subjectOf(str(der.BMPString, "\x00M\x00\xfc")), cn, "Mü", false, true},
	{"BMPString with surrogates", subjectOf(str(der.BMPString, "\xd8\x3d\xde\x00")), cn, "😀", false, false},
	{"BMPString of odd length", subjectOf(str(der.BMPString, "\x00M\x00")), subject, "CN=#1e03004d00", false, false},
	{"bad UTF-8", subjectOf(str(der.UTF8String, "M\xfcller")), subject, "CN=#0c064dfc6c6c6572", false, false},
	{"an OCTET STRING in a name", subjectOf(octets([]byte("x"))), subject, "CN=#040178", false, false},
	{"a BIT STRING in a name", subjectOf(el(der.TagBitString, false, []byte{0, 1})), subject, "CN=#03020001", false, false},
	{"a date in a name", subjectOf(str(der.GeneralizedTime, "19700101000000Z")), subject, "CN=#180f31393730303130313030303030305a", false, false},
	{"a NUL in a name", subjectOf(str(der.UTF8String, "alice\x00.example.org")), subject, `CN=alice\00.example.org`, false, true},
	{"an RDN without attributes", func(p *parts) { p.subject = seq(set()) }, subject, "", false, true},
	{"an attribute type with a large arc", func(p *parts) {
		p.subject = seq(rdn(der.MustOID("2.25.329800735698586629295641978511506172918"), str(der.UTF8String, "x")))
	},
		subject, "2.25.329800735698586629295641978511506172918=#0c0178", false, false},
}

var oddAltNames = []odd{
	{"UTF-8 in an rfc822Name", altName(ctxPrim(1, []byte("jürg@example.org"))), func(c *pki.Certificate) any { return c.Emails()[0].Address }, "jürg@example.org", false, false},
	{"Latin-1 in an rfc822Name", altName(ctxPrim(1, []byte("j\xfcrg@example.org"))), func(c *pki.Certificate) any { return c.Emails()[0].Address }, "jürg@example.org", false, false},
	{"a URI with a bad host", altName(ctxPrim(6, []byte("http://[::1"))), func(c *pki.Certificate) any { return c.SubjectAlt.Texts(pki.URIName)[0] }, "http://[::1", false, false},
	{"an address of 5 octets", altName(ctxPrim(7, []byte{1, 2, 3, 4, 5})), func(c *pki.Certificate) any { return c.SubjectAlt[0].String() }, "iPAddress:#0102030405", false, false},
	{"no names", altName(), func(c *pki.Certificate) any { return len(c.SubjectAlt) }, 0, false, true},
	{"an empty rfc822Name", altName(ctxPrim(1, nil)), func(c *pki.Certificate) any { return len(c.Emails()) }, 0, false, true},
	{"an unknown kind of name", altName(ctxPrim(9, []byte("x"))), func(c *pki.Certificate) any { return len(c.SubjectAlt) }, 0, true, true},
	{"x400Address and ediPartyName", altName(ctx(3, seq()), ctx(5, seq())), func(c *pki.Certificate) any { return c.SubjectAlt.Of(pki.EDIPartyName)[0].String() }, "ediPartyName:#3000", false, true},
	{"a terminal escape in a URI", altName(ctxPrim(6, []byte("http://x/\x1b[2J"))), func(c *pki.Certificate) any { return strings.ContainsRune(c.SubjectAlt[0].String(), 0x1b) }, false, false, false},
}

var oddExtensions = []odd{
	{"an extension twice", extensions(ext(alg.OIDExtSubjectKeyID, false, octets([]byte{1})), ext(alg.OIDExtSubjectKeyID, false, octets([]byte{2}))),
		func(c *pki.Certificate) any { return fmt.Sprint(c.SubjectKeyID, len(c.Extensions)) }, "[1] 2", true, false},
	{"a policy twice", extensions(ext(alg.OIDExtCertificatePolicies, false, seq(seq(oid(alg.OIDPolicyMailboxStrict)), seq(oid(alg.OIDPolicyMailboxStrict))))),
		func(c *pki.Certificate) any { return c.Level().String() }, "mailbox strict", true, false},
	{"a critical subjectKeyIdentifier", extensions(ext(alg.OIDExtSubjectKeyID, true, octets([]byte{1}))), func(c *pki.Certificate) any { return c.SubjectKeyID[0] }, byte(1), false, false},
	{"a critical authorityKeyIdentifier", extensions(ext(alg.OIDExtAuthorityKeyID, true, seq(ctxPrim(0, []byte{1})))), func(c *pki.Certificate) any { return c.AuthorityKey.KeyID[0] }, byte(1), false, false},
	{"a critical authorityInfoAccess", extensions(ext(alg.OIDExtAuthorityInfoAccess, true, seq(seq(oid(alg.OIDAccessOCSP), ctxPrim(6, []byte("http://o")))))),
		func(c *pki.Certificate) any { return c.OCSPServers()[0] }, "http://o", false, false},
	{"BOOLEAN TRUE as 1", extensions(seq(oid(alg.OIDExtBasicConstraints), el(der.Boolean, false, []byte{1}), octets(seq(el(der.Boolean, false, []byte{1}))))),
		func(c *pki.Certificate) any { return c.Basic.CA && c.Extensions[0].Critical }, true, false, false},
	{"critical FALSE written out", extensions(seq(oid(alg.OIDExtSubjectKeyID), el(der.Boolean, false, []byte{0}), octets(octets([]byte{1})))),
		func(c *pki.Certificate) any { return c.Extensions[0].Critical }, false, false, true},
	{"an extension that cannot be read", extensions(ext(alg.OIDExtKeyUsage, true, []byte("?"))), func(c *pki.Certificate) any { return c.HasKeyUsage }, true, true, false},
	{"no extensions in the list", func(p *parts) { p.uniqueIDs = ctx(3, seq()) }, func(c *pki.Certificate) any { return len(c.Extensions) }, 0, false, true},
	{"an extension with a UUID as its identifier", extensions(ext(der.MustOID("2.25.329800735698586629295641978511506172918"), true, octets(nil))),
		func(c *pki.Certificate) any { return c.UnhandledCritical[0].String() }, "2.25.329800735698586629295641978511506172918", false, false},
	{"a path length beyond all paths", extensions(ext(alg.OIDExtBasicConstraints, true, seq(el(der.Boolean, false, []byte{255}), integer(1, 0, 0, 0, 0, 0, 0, 0, 0)))),
		func(c *pki.Certificate) any { return c.Basic.MaxPathLen > 1000 }, true, false, false},
	{"a negative path length", extensions(ext(alg.OIDExtBasicConstraints, true, seq(el(der.Boolean, false, []byte{255}), integer(0xff)))), subject, "CN=Crafted", true, false},
	{"keyUsage with more bits than there are", extensions(ext(alg.OIDExtKeyUsage, true, el(der.TagBitString, false, []byte{0, 0x80, 0x80, 0xff}))),
		func(c *pki.Certificate) any { return c.KeyUsage.String() }, "digitalSignature, decipherOnly", false, true},
}

var oddFrames = []odd{
	{"bytes behind it", func(p *parts) { p.after = []byte("\r\n") }, cn, "Crafted", false, false},
	{"version 1 with extensions", func(p *parts) {
		p.version = nil
		p.extensions = [][]byte{ext(alg.OIDExtSubjectKeyID, false, octets([]byte{1}))}
	}, cn, "Crafted", false, true},
	{"the default version, written out", func(p *parts) { p.version = ctx(0, integer(0)) }, func(c *pki.Certificate) any { return c.Version }, 1, false, true},
	{"version 4", func(p *parts) { p.version = ctx(0, integer(3)) }, func(c *pki.Certificate) any { return c.Version }, 0, true, false},
	{"unique identifiers", func(p *parts) { p.uniqueIDs = append(ctxPrim(1, []byte{0, 1}), ctxPrim(2, []byte{0, 2})...) },
		func(c *pki.Certificate) any { return fmt.Sprint(c.IssuerUniqueID, c.SubjectUniqueID) }, "[0 1] [0 2]", false, true},
	{"another algorithm outside", func(p *parts) { p.algorithm = alg.Identifier{OID: alg.OIDEd448}.Bytes() }, cn, "Crafted", true, false},
	{"a signature of broken octets", func(p *parts) { p.unused = 1 }, cn, "Crafted", true, true},
	{"a validity that ends before it begins", func(p *parts) { p.validity = seq(utcTime("350101000000Z"), utcTime("250101000000Z")) }, notBefore, "2035-01-01T00:00:00Z", false, true},
	{"a time without seconds", func(p *parts) { p.validity = seq(utcTime("2501010000Z"), utcTime("350101000000Z")) }, notBefore, "2025-01-01T00:00:00Z", false, true},
	{"a time with an offset", func(p *parts) { p.validity = seq(utcTime("250101000000+0100"), utcTime("350101000000Z")) }, notBefore, "2024-12-31T23:00:00Z", false, true},
	{"a fraction of a second", func(p *parts) {
		p.validity = seq(str(der.GeneralizedTime, "20250101000000.5Z"), utcTime("350101000000Z"))
	}, notBefore, "2025-01-01T00:00:00Z", false, false},
	{"a time without zone", func(p *parts) { p.validity = seq(str(der.GeneralizedTime, "20250101000000"), utcTime("350101000000Z")) }, notBefore, "2025-01-01T00:00:00Z", false, false},
	{"a 30th of February", func(p *parts) { p.validity = seq(utcTime("250230000000Z"), utcTime("350101000000Z")) }, notBefore, "0001-01-01T00:00:00Z", true, false},
	{"a number in place of a time", func(p *parts) { p.validity = seq(integer(1), utcTime("350101000000Z")) }, notBefore, "0001-01-01T00:00:00Z", true, false},
	{"no well-defined expiration", func(p *parts) {
		p.validity = seq(utcTime("500101000000Z"), str(der.GeneralizedTime, "99991231235959Z"))
	},
		func(c *pki.Certificate) any { return c.NotAfter.Year() - c.NotBefore.Year() }, 9999 - 1950, false, true},
	{"lengths that are not the shortest", func(p *parts) { p.serial = []byte{2, 0x81, 1, 7} }, serial, "7", false, false},
}

// What crypto/x509 refuses a person still sees, and what is wrong with it is told.
func TestOddCertificatesAreShown(t *testing.T) {
	for _, list := range [][]odd{oddSerials, oddNames, oddAltNames, oddExtensions, oddFrames} {
		for _, o := range list {
			t.Run(o.name, func(t *testing.T) { o.check(t) })
		}
	}
}

func (o odd) check(t *testing.T) {
	raw := craft(t, o.change)
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.want(c); got != o.has {
		t.Errorf("seen is %v, want %v", got, o.has)
	}
	if f, broken := c.Broken(); broken != o.broken {
		t.Errorf("broken: %v, faults %v (%v)", broken, c.Faults, f)
	}
	_, stdErr := x509.ParseCertificate(raw)
	if (stdErr == nil) != o.std {
		t.Errorf("crypto/x509: %v", stdErr)
	}
	if stdErr != nil && len(c.Faults)+len(c.UnhandledCritical) == 0 && !strings.Contains(o.name, "critical") && !quiet[o.name] {
		t.Error("nothing is said about it")
	}
	show(c)
	if !bytes.HasPrefix(raw, c.Raw) {
		t.Error("the bytes were not kept")
	}
	if o.name != "a signature of broken octets" && o.name != "another algorithm outside" {
		if err := c.CheckSignatureBy(key.Public(), alg.Allow{}); err != nil {
			t.Errorf("signature: %v", err)
		}
	}
}

// quiet are refused by crypto/x509 and in order, or nothing that matters.
var quiet = map[string]bool{
	"UniversalString": true, "VisibleString": true, "GeneralString": true, "an OCTET STRING in a name": true, "a BIT STRING in a name": true,
	"a date in a name": true, "an attribute type with a large arc": true, "a URI with a bad host": true, "a path length beyond all paths": true,
	"lengths that are not the shortest": true,
}
