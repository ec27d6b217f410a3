package pki_test

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// listDifferences compares a list with crypto/x509's view of it.
func listDifferences(c *pki.CRL, std *x509.RevocationList) (list []string) {
	diff := func(what string, ours, theirs any) {
		if fmt.Sprint(ours) != fmt.Sprint(theirs) {
			list = append(list, fmt.Sprintf("%s: %.200v, crypto/x509 has %.200v", what, ours, theirs))
		}
	}
	diff("issuer", hex.EncodeToString(c.RawIssuer), hex.EncodeToString(std.RawIssuer))
	diff("thisUpdate", c.ThisUpdate.Unix(), std.ThisUpdate.Unix())
	diff("nextUpdate", c.NextUpdate.Unix(), std.NextUpdate.Unix())
	diff("number", c.Number, std.Number)
	diff("key", c.AuthorityKey.KeyID, std.AuthorityKeyId)
	diff("TBS", hex.EncodeToString(c.RawTBS), hex.EncodeToString(std.RawTBSRevocationList))
	diff("length", c.Len(), len(std.RevokedCertificateEntries))
	i := 0
	for e := range c.Entries {
		if i >= len(std.RevokedCertificateEntries) {
			break
		}
		s := std.RevokedCertificateEntries[i]
		diff("entry", fmt.Sprint(e.Serial(), e.Revoked.Unix(), int(e.Reason)), fmt.Sprint(s.SerialNumber, s.RevocationTime.Unix(), s.ReasonCode))
		if found, ok := c.Find(e.Serial(), issuerOf(c, e)); !ok || found.Serial().Cmp(e.Serial()) != 0 {
			diff("find", ok, true)
		}
		i++
	}
	return list
}

// issuerOf is the issuer of the certificate that an entry is about.
func issuerOf(c *pki.CRL, e pki.RevokedEntry) pki.Name {
	for _, g := range e.Issuer {
		if g.Kind == pki.DirectoryName {
			return g.Directory
		}
	}
	return c.Issuer
}

func TestListsOfOthersAreRead(t *testing.T) {
	read := 0
	for _, o := range corpus(t, everywhere...) {
		if !o.isCRL() && o.kind != "CRL" {
			continue
		}
		c, err := pki.ParseCRL(o.raw)
		std, stdErr := x509.ParseRevocationList(o.raw)
		bad := strings.Contains(o.path, "/invalid_") // BoringSSL's: some are damaged beyond reading
		if err != nil {
			if !bad {
				t.Errorf("%s: %v (crypto/x509: %v)", o.path, err, stdErr)
			}
			continue
		}
		read++
		if !bytes.Equal(c.Raw, o.raw) {
			t.Errorf("%s: the bytes were not kept", o.path)
		}
		if stdErr == nil && !strings.HasSuffix(o.path, "BadCRLSignatureCACRL.crl") {
			for _, d := range listDifferences(c, std) {
				t.Errorf("%s: %s", o.path, d)
			}
		}
	}
	if read < 200 {
		t.Errorf("only %d lists", read)
	}
}

// OpenSSL's fuzzing found these: they are read or refused, and where crypto/x509 reads them too, read alike.
func TestListsFoundByFuzzingAreReadOrRefused(t *testing.T) {
	root := peer.Vectors(t, "openssl-fuzz-corpora", "crl")
	files, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	both := 0
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(root, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		c, err := pki.ParseCRL(raw)
		std, stdErr := x509.ParseRevocationList(raw)
		if stdErr != nil || err != nil {
			continue
		}
		both++
		for _, d := range listDifferences(c, std) {
			t.Errorf("%s: %s", f.Name(), d)
		}
	}
	if both < 10 {
		t.Errorf("of %d lists only %d are read by both", len(files), both)
	}
}

// largeList makes a list of n entries, whose serial numbers are the odd ones.
func largeList(t testing.TB, n int) (*testca.Entity, []byte) {
	t.Helper()
	ca := testca.Root(t, "Large")
	tpl := pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: testca.Now, NextUpdate: testca.Now.AddDate(0, 0, 7)}
	tpl.Entries = func(yield func(pki.RevokedEntry) bool) {
		for i := range n {
			if !yield(pki.NewRevokedEntry(big.NewInt(int64(2*i+1)), testca.Now.Add(-time.Duration(i)*time.Second), pki.Reason(i%7))) {
				return
			}
		}
	}
	return ca, must[[]byte](t)(pki.CreateCRL(tpl, ca.Certificate, ca.Signer()))
}

func TestALargeListIsSmallInMemoryAndFastToSearch(t *testing.T) {
	const n = 100_000
	ca, raw := largeList(t, n)
	crl := must[*pki.CRL](t)(pki.ParseCRL(raw))
	if crl.Len() != n || len(crl.Faults) > 0 {
		t.Fatalf("%d entries, faults %v", crl.Len(), crl.Faults)
	}
	if err := crl.CheckSignatureBy(ca.Certificate.PublicKey, alg.Allow{}); err != nil {
		t.Error(err)
	}
	if allocs := testing.AllocsPerRun(1, func() { must[*pki.CRL](t)(pki.ParseCRL(raw)) }); allocs > 500 {
		t.Errorf("%v allocations", allocs)
	}
	for i := range n { // a search that walks through the list would not end within the time of the tests
		e, ok := crl.Find(big.NewInt(int64(2*i+1)), ca.Certificate.Subject)
		if !ok || e.Reason != pki.Reason(i%7) || e.HasReason != (i%7 != 0) || !e.Revoked.Equal(testca.Now.Add(-time.Duration(i)*time.Second)) {
			t.Fatalf("entry %d: %v, %v", i, e, ok)
		}
		if _, ok := crl.Find(big.NewInt(int64(2*i)), ca.Certificate.Subject); ok {
			t.Fatalf("%d is not on the list", 2*i)
		}
	}
	if _, ok := crl.Find(big.NewInt(1), name(t, "CN=Another")); ok {
		t.Error("the certificate of another issuer is found")
	}
}

// rawList makes a list out of encoded entries.
func rawList(t testing.TB, version []byte, entries, extensions [][]byte) []byte {
	t.Helper()
	ca := craft(t, nil)
	c := must[*pki.Certificate](t)(pki.ParseCertificate(ca))
	ed := alg.Identifier{OID: alg.OIDEd25519}.Bytes()
	var list, wrapped []byte
	if entries != nil {
		list = seq(entries...)
	}
	if extensions != nil {
		wrapped = ctx(0, seq(extensions...))
	}
	tbs := seq(version, ed, c.RawSubject, utcTime("261101000000Z"), utcTime("261201000000Z"), list, wrapped)
	return seq(tbs, ed, el(der.TagBitString, false, []byte{0}, must[[]byte](t)(key.Sign(nil, tbs, hashless{}))))
}

var v2 = integer(1)

func crlNumber() []byte { return ext(alg.OIDExtCRLNumber, false, integer(9)) }

func entry(serial []byte, extensions ...[]byte) []byte {
	if len(extensions) == 0 {
		return seq(serial, utcTime("261102230000Z"))
	}
	return seq(serial, utcTime("261102230000Z"), seq(extensions...))
}

// RFC 5280 §5.3.3: an issuer that an entry names holds for the entries after it.
func TestIssuersOfAnIndirectListHoldForTheEntriesAfterThem(t *testing.T) {
	issuer := func(cn string) []byte {
		return ext(alg.OIDExtCertificateIssuer, true, seq(pki.Directory(name(t, "CN="+cn)).Raw))
	}
	raw := rawList(t, v2, [][]byte{entry(integer(1)), entry(integer(2), issuer("A")), entry(integer(1)), entry(integer(3), issuer("B")), entry(integer(4))}, [][]byte{crlNumber()})
	crl := must[*pki.CRL](t)(pki.ParseCRL(raw))
	own := crl.Issuer
	for _, v := range []struct {
		serial int64
		issuer pki.Name
		found  bool
	}{
		{1, own, true}, {1, name(t, "CN=A"), true}, {1, name(t, "CN=B"), false}, {2, own, false}, {2, name(t, "CN=a"), true},
		{3, name(t, "CN=A"), false}, {3, name(t, "CN=B"), true}, {4, name(t, "CN=B"), true}, {4, own, false},
	} {
		if _, ok := crl.Find(big.NewInt(v.serial), v.issuer); ok != v.found {
			t.Errorf("%d of %v: %v", v.serial, v.issuer, ok)
		}
	}
	var got []string
	for e := range crl.Entries {
		got = append(got, fmt.Sprint(e.Serial(), " ", issuerOf(crl, e)))
	}
	if want := "[1 CN=Crafted 2 CN=A 1 CN=A 3 CN=B 4 CN=B]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestOddListsAreReadAndToldOf(t *testing.T) {
	unknown := ext(der.MustOID("1.2.3.4"), true, octets(nil))
	for name, v := range map[string]struct {
		raw    []byte
		broken bool
		check  func(*pki.CRL) bool
	}{
		"no entries":                       {rawList(t, v2, nil, [][]byte{crlNumber()}), false, func(c *pki.CRL) bool { return c.Len() == 0 && c.Number.Int64() == 9 }},
		"an empty list of entries":         {rawList(t, v2, [][]byte{}, nil), true, func(c *pki.CRL) bool { return c.Len() == 0 }},
		"version 1":                        {rawList(t, nil, [][]byte{entry(integer(5))}, nil), false, func(c *pki.CRL) bool { return c.Version == 1 && c.Len() == 1 }},
		"version 1 with extensions":        {rawList(t, nil, nil, [][]byte{crlNumber()}), true, func(c *pki.CRL) bool { return c.Version == 1 }},
		"version 1, entry with extensions": {rawList(t, nil, [][]byte{entry(integer(5), ext(alg.OIDExtReasonCode, false, el(der.Enumerated, false, []byte{1})))}, nil), true, func(c *pki.CRL) bool { return c.Len() == 1 }},
		"version 3":                        {rawList(t, integer(2), nil, nil), true, func(c *pki.CRL) bool { return c.Version == 0 }},
		"a negative serial number":         {rawList(t, v2, [][]byte{entry(integer(0xff, 0))}, nil), false, func(c *pki.CRL) bool { _, ok := c.Find(big.NewInt(-256), c.Issuer); return ok }},
		"a long serial number":             {rawList(t, v2, [][]byte{entry(integer(0, 0, 0, 5))}, nil), false, func(c *pki.CRL) bool { _, ok := c.Find(big.NewInt(5), c.Issuer); return ok }},
		"an unknown critical extension":    {rawList(t, v2, nil, [][]byte{unknown}), false, func(c *pki.CRL) bool { return len(c.UnhandledCritical) == 1 }},
		"and of an entry, twice": {rawList(t, v2, [][]byte{entry(integer(5), unknown), entry(integer(6), unknown)}, nil), false,
			func(c *pki.CRL) bool { return len(c.UnhandledCritical) == 1 }},
		"a number that is negative": {rawList(t, v2, nil, [][]byte{ext(alg.OIDExtCRLNumber, false, integer(0xff))}), true, func(c *pki.CRL) bool { return c.Number == nil }},
		"an extension twice":        {rawList(t, v2, nil, [][]byte{crlNumber(), ext(alg.OIDExtCRLNumber, false, integer(8))}), true, func(c *pki.CRL) bool { return c.Number.Int64() == 9 }},
		"a scope of nothing":        {rawList(t, v2, nil, [][]byte{ext(alg.OIDExtIssuingDistributionPoint, true, seq())}), true, func(c *pki.CRL) bool { return c.Scope.Present }},
		"a scope of two kinds": {rawList(t, v2, nil, [][]byte{ext(alg.OIDExtIssuingDistributionPoint, true, seq(ctxPrim(1, []byte{255}), ctxPrim(2, []byte{255})))}), true,
			func(c *pki.CRL) bool { return c.Scope.OnlyCACerts && c.Scope.OnlyUserCerts }},
		"a date that cannot be read": {rawList(t, v2, [][]byte{seq(integer(5), utcTime("never"))}, nil), true, func(c *pki.CRL) bool { e, ok := c.Find(big.NewInt(5), c.Issuer); return ok && e.Revoked.IsZero() }},
		"a serial number twice": {rawList(t, v2, [][]byte{entry(integer(5)), entry(integer(5), ext(alg.OIDExtReasonCode, false, el(der.Enumerated, false, []byte{1})))}, nil), false,
			func(c *pki.CRL) bool { e, ok := c.Find(big.NewInt(5), c.Issuer); return ok && !e.HasReason }},
		"times at night": {rawList(t, v2, [][]byte{entry(integer(5))}, nil), false, func(c *pki.CRL) bool {
			e, _ := c.Find(big.NewInt(5), c.Issuer)
			return e.Revoked.Hour() == 23 && len(c.Faults) == 0
		}},
	} {
		c, err := pki.ParseCRL(v.raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, broken := c.Broken(); broken != v.broken || !v.check(c) {
			t.Errorf("%s: broken %v, %v", name, broken, c.Faults)
		}
		if err := c.CheckSignatureBy(key.Public(), alg.Allow{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListsThatCannotBeReadToTheirEndAreRefused(t *testing.T) {
	for name, entries := range map[string][][]byte{
		"no serial number": {entry(integer())}, "a number": {integer(5)}, "an entry of nothing": {seq()}, "no date": {seq(integer(5))},
		"extensions in a set": {seq(integer(5), utcTime("261102230000Z"), set())}, "more behind": {seq(integer(5), utcTime("261102230000Z"), seq(), seq())},
		"an issuer of nothing": {entry(integer(5), ext(alg.OIDExtCertificateIssuer, true, seq()))}, "a good one, then a half one": {entry(integer(5)), {0x30, 0x05, 2}},
		"a reason that is text": {entry(integer(5), ext(alg.OIDExtReasonCode, false, str(der.UTF8String, "x")))},
	} {
		if _, err := pki.ParseCRL(rawList(t, v2, entries, nil)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	good := rawList(t, v2, [][]byte{entry(integer(5))}, [][]byte{crlNumber()})
	for i := range good {
		if _, err := pki.ParseCRL(good[:i]); err == nil {
			t.Errorf("the first %d octets are read", i)
		}
	}
}

// Lists that are built are read by crypto/x509 and OpenSSL, with every kind of key.
func TestListsThatAreBuiltAreReadByOthers(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range signingKinds {
		ca := testca.Root(t, "CA", testca.Key(k.kind))
		issuer := pki.Directory(name(t, "CN=Other,C=CH"))
		hold := pki.NewRevokedEntry(big.NewInt(0x80), testca.Now, pki.CertificateHold)
		hold.Invalid = testca.Now.AddDate(0, -1, 0)
		indirect := pki.NewRevokedEntry(big.NewInt(7), testca.Now, pki.KeyCompromise)
		indirect.Issuer = pki.GeneralNames{issuer}
		raw := must[[]byte](t)(pki.CreateCRL(pki.CRLTemplate{Number: big.NewInt(300), ThisUpdate: testca.Now, NextUpdate: testca.Now.AddDate(0, 0, 7), DeltaBase: big.NewInt(299),
			Scope:   pki.IssuingDistributionPoint{Present: true, Indirect: true, Point: pki.PointAt("http://example.org/ca.crl").PointName},
			Entries: slices.Values([]pki.RevokedEntry{hold, indirect}), Signing: k.signing}, ca.Certificate, ca.Signer()))
		c := must[*pki.CRL](t)(pki.ParseCRL(raw))
		if err := c.CheckSignatureBy(ca.Certificate.PublicKey, alg.Allow{}); err != nil || len(c.Faults) > 0 || !c.IsDelta() || !c.Scope.Indirect {
			t.Errorf("%s: %v, %v", k.name, err, c.Faults)
		}
		if _, err := x509.ParseRevocationList(raw); err != nil {
			t.Errorf("%s: crypto/x509: %v", k.name, err)
		}
		dir := t.TempDir()
		certs, _, _ := ca.Files(dir, "ca")
		out, errOut, err := peer.Try(t, raw, "openssl", "crl", "-inform", "DER", "-noout", "-text", "-CAfile", certs)
		if err != nil || !strings.Contains(string(errOut), "verify OK") {
			t.Errorf("%s: %v %s", k.name, err, errOut)
		}
		for _, s := range []string{"Serial Number: 80", "Certificate Hold", "Invalidity Date", "Key Compromise", "Other", "X509v3 Delta CRL Indicator: critical", "300", "299", "Indirect CRL", "http://example.org/ca.crl"} {
			if !strings.Contains(string(out), s) {
				t.Errorf("%s: openssl does not say %q", k.name, s)
			}
		}
	}
}

func TestReasonsHaveTheirNames(t *testing.T) {
	var all pki.ReasonFlags
	for r := pki.Unspecified; r <= pki.AACompromise; r++ {
		all |= r.Flag()
		if r != 7 && strings.HasPrefix(r.String(), "reason") || r == 7 && r.String() != "reason 7" {
			t.Errorf("%d is called %v", r, r)
		}
	}
	if all != pki.AllReasons || pki.RemoveFromCRL.Flag() != 0 {
		t.Errorf("the flags are %v", all)
	}
}
