package trust_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/trust"
)

func octal(b []byte) string {
	var s strings.Builder
	for i, c := range b {
		if i > 0 && i%16 == 0 {
			s.WriteString("\n")
		}
		fmt.Fprintf(&s, `\%03o`, c)
	}
	return s.String() + "\nEND\n"
}

// certdata writes an authority as NSS lists it.
func certdata(e *testca.Entity, level, distrust string) string {
	c := e.Certificate
	serial := append([]byte{2, byte(len(c.SerialRaw))}, c.SerialRaw...)
	name := "CKA_ISSUER MULTILINE_OCTAL\n" + octal(c.RawIssuer) + "CKA_SERIAL_NUMBER MULTILINE_OCTAL\n" + octal(serial)
	return "\n# Certificate\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_LABEL UTF8 \"" + c.Subject.CommonName() + "\"\n" + name +
		"CKA_VALUE MULTILINE_OCTAL\n" + octal(c.Raw) + "CKA_NSS_EMAIL_DISTRUST_AFTER " + distrust +
		"\n# Trust\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n" + name +
		"CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\nCKA_TRUST_EMAIL_PROTECTION CK_TRUST " + level + "\n"
}

func TestCertdataGivesTheAuthoritiesTrustedForMail(t *testing.T) {
	good, ending, web := testca.Root(t, "Good"), testca.Root(t, "Ending"), testca.Root(t, "Web only")
	list := "BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\n" +
		certdata(good, "CKT_NSS_TRUSTED_DELEGATOR", "CK_BBOOL CK_FALSE\n") +
		certdata(ending, "CKT_NSS_TRUSTED_DELEGATOR", "MULTILINE_OCTAL\n"+octal([]byte("240701000000Z"))) +
		certdata(web, "CKT_NSS_MUST_VERIFY_TRUST", "CK_BBOOL CK_FALSE\n")
	entries, err := trust.Bundle([]byte(list))
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if entries[0].Name != "CK_OBJECT Good" && !strings.Contains(entries[0].Name, "Good") || !entries[0].Until.IsZero() || !entries[0].Certificate.Equal(good.Certificate) {
		t.Errorf("%+v", entries[0])
	}
	if want := time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC); !entries[1].Until.Equal(want) || entries[1].Purposes[0] != chain.SMIMESign {
		t.Errorf("%+v", entries[1])
	}
}

func TestTheCCADBGivesTheAuthoritiesTrustedForMail(t *testing.T) {
	row := func(e *testca.Entity, bits, distrust string) string {
		text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Certificate.Raw}))
		return fmt.Sprintf("%q,%q,%q,\"'%s'\"\n", e.Certificate.Subject.CommonName(), bits, distrust, text)
	}
	good, web := testca.Root(t, "Good"), testca.Root(t, "Web only")
	report := "\"Common Name or Certificate Name\",\"Trust Bits\",\"Distrust for S/MIME After Date\",\"PEM Info\"\n" +
		row(good, "Email;Websites", "2026.11.30") + row(web, "Websites", "")
	entries, err := trust.Bundle([]byte(report))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	if e := entries[0]; e.Name != "Good" || !e.Certificate.Equal(good.Certificate) || e.Until.Format(time.DateOnly) != "2026-11-30" {
		t.Errorf("%+v", e)
	}
	if _, err := trust.Bundle([]byte(strings.Split(report, "\n")[0] + "\n")); !errors.Is(err, trust.ErrEmpty) {
		t.Errorf("an empty report: %v", err)
	}
}

func TestAKeyIsNoTrust(t *testing.T) {
	e := testca.Root(t, "Root")
	if _, err := trust.Bundle(append(e.KeyPEM(), e.CertificatePEM()...)); err == nil {
		t.Error("a private key was taken into the trust store")
	}
	if _, err := trust.Bundle([]byte("nonsense")); err == nil {
		t.Error("nonsense was trusted")
	}
}

func TestTheStoreKeepsWhatTheTrustIsLimitedTo(t *testing.T) {
	t.Run("folder", func(t *testing.T) { keepsLimits(t, trust.Open(t.TempDir()+"/store")) })
	testdb.Each(t, nil, func(t *testing.T, d *db.DB) { keepsLimits(t, trust.On(d.Documents("trust"))) })
}

func keepsLimits(t *testing.T, s *trust.Store) {
	if list, err := s.List(); err != nil || list != nil {
		t.Fatalf("nobody is trusted by default: %v %v", list, err)
	}
	root := testca.Root(t, "Root")
	e := trust.Entry{Certificate: root.Certificate, Name: "Ours", Domains: []string{"example.org"}, Purposes: trust.ForMail,
		Until: testca.Now, Added: testca.Now}
	for range 2 {
		if err := s.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	anchors, err := s.Anchors()
	if err != nil || len(anchors) != 1 {
		t.Fatalf("%d anchors, %v", len(anchors), err)
	}
	if a := anchors[0]; a.Name != "Ours" || a.Domains[0] != "example.org" || len(a.Purposes) != 2 || !a.Until.Equal(testca.Now) {
		t.Errorf("%+v", a)
	}
	if _, err := s.Remove("Theirs"); !errors.Is(err, trust.ErrNone) {
		t.Errorf("%v", err)
	}
	if gone, err := s.Remove(strings.ToUpper(e.ID()[:12])); err != nil || len(gone) != 1 {
		t.Errorf("%v %v", gone, err)
	}
}
