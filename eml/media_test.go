package eml

import (
	"fmt"
	"strings"
	"testing"
)

func shownType(value string) string {
	m, faults := ParseMediaType(value)
	s := m.String()
	for _, p := range m.Params {
		s += fmt.Sprintf("; %s=%s", p.Name, p.Value)
	}
	if len(faults) > 0 {
		s += " !"
	}
	return s
}

// STANDARDS item 25: micalg and protocol quoted, as lists, in any case, with comments.
func TestMediaTypesAreReadLeniently(t *testing.T) {
	for value, want := range map[string]string{
		"":                                  "",
		"text/plain":                        "text/plain",
		"TEXT/Plain":                        "text/plain",
		"text / plain ; charset = us-ascii": "text/plain; charset=us-ascii",
		"text/plain; charset=us-ascii (Plain text)":        "text/plain; charset=us-ascii",
		"text/plain (a;b); charset=(x)us-ascii(y);(z) a=b": "text/plain; charset=us-ascii; a=b",
		"text/plain;":                                         "text/plain",
		"text/plain;;a=b;":                                    "text/plain; a=b",
		"text/plain charset=utf-8":                            "text/plain; charset=utf-8 !",
		`"text/plain"; a=b`:                                   "text/plain; a=b",
		"attachment":                                          "attachment",
		"attachment; filename=a.txt":                          "attachment; filename=a.txt",
		`attachment; filename="a;b\"c\\d"`:                    `attachment; filename=a;b"c\d`,
		`attachment; filename="C:\tmp\a.txt"`:                 `attachment; filename=C:\tmp\a.txt`,
		`attachment; filename=my file (1).txt; size=5`:        "attachment; filename=my file (1).txt; size=5 !",
		`attachment; filename=report.txt (draft)`:             "attachment; filename=report.txt",
		`attachment; filename="a.txt`:                         "attachment; filename=a.txt !",
		`attachment; filename="a.txt; size=5`:                 "attachment; filename=a.txt; size=5 !",
		`attachment; filename="a.txt" size=5`:                 "attachment; filename=a.txt; size=5 !",
		`attachment; filename="a"b".txt"; size=5`:             "attachment; filename=a; size=5 !",
		`attachment; filename==?utf-8?Q?J=C3=BCrgen.txt?=`:    "attachment; filename=Jürgen.txt !",
		`attachment; filename="=?utf-8?Q?J=C3=BCrgen.txt?="`:  "attachment; filename=Jürgen.txt",
		"attachment; filename=\"J\xfcrgen.txt\"":              "attachment; filename=Jürgen.txt",
		"attachment; filename=\"Jürgen.txt\"":                 "attachment; filename=Jürgen.txt",
		"attachment; filename*=utf-8''J%C3%BCrgen.txt":        "attachment; filename=Jürgen.txt",
		"attachment; filename*=UTF-8'de'J%c3%bcrgen.txt":      "attachment; filename=Jürgen.txt",
		"attachment; filename*=iso-8859-1''J%FCrgen.txt":      "attachment; filename=Jürgen.txt",
		"attachment; filename*=\"utf-8''J%C3%BCrgen.txt\"":    "attachment; filename=Jürgen.txt",
		"attachment; filename=a.txt; filename*=utf-8''b.txt":  "attachment; filename=b.txt",
		"attachment; filename*=J%C3%BCrgen.txt":               "attachment; filename=Jürgen.txt !",
		"attachment; filename*=klingon''a.txt":                "attachment; filename=a.txt !",
		"attachment; filename*0=a; filename*1=b.txt":          "attachment; filename=ab.txt",
		"attachment; filename*1=b.txt; filename*0=a":          "attachment; filename=ab.txt",
		"attachment; filename*0*=utf-8''%C3; filename*1*=%BC": "attachment; filename=ü",
		"attachment; filename*0*=utf-8''%C3%BC; filename*1=%": "attachment; filename=ü%",
		"attachment; filename*1=a; filename*2=b":              "attachment; filename=ab",
		"attachment; filename*0=a; filename*2=b":              "attachment; filename=ab !",
		"attachment; filename*0=a; filename*0=b":              "attachment; filename=a !",
		"a/b; p=100%; q*=utf-8''100%25%":                      "a/b; p=100%; q=100%%",
		"a/b; x=1; X=1":                                       "a/b; x=1",
		"a/b; x=1; x=2":                                       "a/b; x=1 !",
		"a/b; x; y=1":                                         "a/b; y=1 !",
		"a/b; =1; y=1":                                        "a/b; y=1 !",
		"a/b; x=":                                             "a/b; x=",
		`a/b; x=""`:                                           "a/b; x=",
		"multipart/mixed; boundary=\"b b\"":                   "multipart/mixed; boundary=b b",
		"multipart/mixed; boundary=--=_b":                     "multipart/mixed; boundary=--=_b",
		"multipart/mixed; boundary==?us-ascii?Q?b?=":          "multipart/mixed; boundary==?us-ascii?Q?b?=",
		`multipart/signed; protocol="application/pkcs7-signature"; micalg="sha-256,sha1"`: "multipart/signed; protocol=application/pkcs7-signature; micalg=sha-256,sha1",
		"multipart/signed; micalg=sha1; protocol=application/x-pkcs7-signature":           "multipart/signed; micalg=sha1; protocol=application/x-pkcs7-signature",
		"application/pkcs7-mime;\r\n\tsmime-type=signed-data;\r\n name=smime.p7m":         "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
		"text/html, text/plain": "text/html",
		"garbage":               "garbage",
		";a=b":                  "; a=b",
	} {
		if got := shownType(value); got != want {
			t.Errorf("%q:\n got %s\nwant %s", value, got, want)
		}
	}
}

func TestAMediaTypeIsComparedWhole(t *testing.T) {
	m, _ := ParseMediaType("text/plain; charset=utf-8")
	if !m.Is("text/plain") || m.Is("text/plainx") || m.Is("text") || m.Is("textxplain") || m.Param("charset") != "utf-8" || m.Param("x") != "" {
		t.Error(m)
	}
	if d, _ := ParseMediaType("inline"); !d.Is("inline") || d.Is("inline/") {
		t.Error(d)
	}
}

func hostileTypes(n int) map[string]string {
	r := strings.Repeat
	return map[string]string{
		"open comments": "a/b;" + r("(;", n/2), "comments": "a/b;" + r("(x)", n/3), "nested": "a/b;" + r("(", n/2) + r(")", n/2),
		"names": "a/b;" + r("x;", n/2), "open quotes": "a/b;" + r(`x="`, n/3), "quoted": "a/b;" + r(`x="";`, n/5), "escapes": `a/b;x="` + r(`\"`, n/2),
		"file names": "a/b;" + r("name=a (", n/8), "sections": "a/b;" + r("x*1=a;", n/6), "words": `a/b;name="` + r("=?a?q?", n/6) + `"`,
		"percent": "a/b;x*=utf-8''" + r("%", n), "semicolons": r(";", n), "type": r("(", n), "slashes": r("/", n), "equals": "a/b;" + r("=", n),
		"charset": "a/b;x*=" + r("a", n) + "''b", "different": "a/b;" + manyNames(n/8),
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d=1;", i)
	}
	return b.String()
}

// What takes more than linear time here does not end within the time of the tests.
func TestHostileMediaTypesTakeLinearTime(t *testing.T) {
	for name, value := range hostileTypes(4 << 20) {
		m, faults := ParseMediaType(value)
		if len(m.Params) > longestMediaType || len(faults) > 100 {
			t.Errorf("%s: %d parameters, %d faults", name, len(m.Params), len(faults))
		}
	}
}

func FuzzParseMediaType(f *testing.F) {
	for _, s := range []string{"text/plain; charset=utf-8", `a/b; c="d\"e"; f*0*=utf-8''%41; f*1=g`, "a; filename=x (y) z"} {
		f.Add(s)
	}
	for _, s := range hostileTypes(40) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, _ := ParseMediaType(s)
		raw, err := AppendTypeField(nil, "Content-Type", m)
		if err != nil {
			return
		}
		again, faults := ParseMediaType(Field{Name: "Content-Type", Raw: raw}.Value())
		if fmt.Sprint(again) != fmt.Sprint(m) || len(faults) > 0 {
			t.Errorf("%q: %q, then %q: %q %v", s, m, raw, again, faults)
		}
	})
}
