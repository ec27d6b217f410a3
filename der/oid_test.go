package der

import (
	"strings"
	"testing"
)

func TestOIDsSurviveTheirDottedForm(t *testing.T) {
	for dotted, octets := range map[string]string{
		"1.2.840.113549.1.7.2": "2a 86 48 86 f7 0d 01 07 02",
		"0.0":                  "00",
		"0.39.1":               "27 01",
		"1.39":                 "4f",
		"2.0":                  "50",
		"2.999.3":              "88 37 03",
		"2.5.29.17":            "55 1d 11",
		"2.25.329800735698586629295641978511506172918": "69 83 f8 9c b5 a5 aa d9 a7 a1 c7 b2 dc fe fc db 8d c8 aa 36",
	} {
		o, err := ParseOID(dotted)
		if err != nil {
			t.Errorf("%s: %v", dotted, err)
			continue
		}
		if o.String() != dotted {
			t.Errorf("%s comes back as %s", dotted, o)
		}
		if len(dotted) < 40 && o != OID(unhex(t, octets)) {
			t.Errorf("%s has the octets % x", dotted, string(o))
		}
	}
}

func TestMalformedDottedFormsAreRefused(t *testing.T) {
	for _, dotted := range []string{"", "1", "3.1", "1.40", "0.40.1", "1.-2", "1.+2", "1.02", "1..2", "1.2.", ".1.2", "1.2.x", "-0.1", "2." + strings.Repeat("9", 4000)} {
		if o, err := ParseOID(dotted); err == nil {
			t.Errorf("%.40q was read as % x", dotted, string(o))
		}
	}
}

func TestMalformedOctetsOfAnOIDAreRefusedAndStillPrint(t *testing.T) {
	for _, body := range []string{"", "2a 86", "2a 80 01", "80 01"} {
		in := unhex(t, body)
		c := NewCursor(append([]byte{6, byte(len(in))}, in...))
		if o := c.OID(); o != "" || c.Err() == nil {
			t.Errorf("% x was read as %v", in, o)
		}
		if s := OID(in).String(); !strings.HasPrefix(s, "malformed") {
			t.Errorf("% x prints as %q", in, s)
		}
	}
}

func TestHasPrefixFollowsTheTreeOfIdentifiers(t *testing.T) {
	pkcs9 := MustOID("1.2.840.113549.1.9")
	if !MustOID("1.2.840.113549.1.9.4").HasPrefix(pkcs9) || !pkcs9.HasPrefix(pkcs9) {
		t.Error("an identifier is not below its ancestor")
	}
	if MustOID("1.2.840.113549.1.7.1").HasPrefix(pkcs9) || pkcs9.HasPrefix("") {
		t.Error("a stranger is below")
	}
}
