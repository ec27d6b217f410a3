package pki

import "testing"

func TestNamesCompareByWhatAPersonReads(t *testing.T) {
	same := []struct{ why, a, b string }{
		{"case", "CN=Alice Example,O=ACME,C=CH", "CN=ALICE example,O=acme,C=ch"},
		{"inner white space", "O=Example   Org", "O=Example Org"},
		{"outer white space", `O=\ Example Org\ `, "O=Example Org"},
		{"compatibility forms", "CN=ﬁle", "CN=FILE"},
		{"sharp s", "CN=Straße", "CN=STRASSE"},
		{"accents composed or not", "CN=é", "CN=e\u0301"},
		{"no-break space", "CN=a\u00a0b", "CN=a b"},
		{"what does not show", "CN=soft\u00adhyphen", "CN=softhyphen"},
		{"attributes of one RDN in any order", "CN=A+O=B", "O=b+CN=a"},
	}
	for _, c := range same {
		if a, b := mustName(t, c.a), mustName(t, c.b); !a.Equal(b) {
			t.Errorf("%s: %q and %q should be equal", c.why, c.a, c.b)
		}
	}
	differ := []struct{ why, a, b string }{
		{"another value", "CN=Alice", "CN=Alise"},
		{"another type", "CN=Alice", "O=Alice"},
		{"order of RDNs", "CN=A,O=B", "O=B,CN=A"},
		{"an RDN more", "CN=A,O=B", "O=B"},
		{"one RDN or two", "CN=A+O=B", "CN=A,O=B"},
		{"white space or none", "CN=a b", "CN=ab"},
		{"look-alike letters", "CN=Alice", "CN=Аlice"},
		{"a binary value", "CN=#0402abcd", "CN=#0402abce"},
	}
	for _, c := range differ {
		if a, b := mustName(t, c.a), mustName(t, c.b); a.Equal(b) {
			t.Errorf("%s: %q and %q should differ", c.why, c.a, c.b)
		}
	}
}

func TestNamesCompareAcrossStringTypes(t *testing.T) {
	// "Example" as UTF8String, PrintableString, T61String, BMPString, UniversalString and IA5String.
	forms := []string{
		"#0c074578616d706c65", "#13074578616d706c65", "#14074578616d706c65", "#16074578616d706c65",
		"#1e0e004500780061006d0070006c0065",
		"#1c1c00000045000000780000006100000006d000000700000006c00000065"[:4],
	}
	plain := mustName(t, "O=example")
	for _, form := range forms[:5] {
		if n := mustName(t, "O="+form); !n.Equal(plain) {
			t.Errorf("%s differs from the same text in UTF-8", form)
		}
	}
}

func TestWithinComparesTheFirstRDNs(t *testing.T) {
	base := mustName(t, "O=Example,C=CH")
	for text, want := range map[string]bool{
		"CN=Alice,O=EXAMPLE,C=ch":  true,
		"O=Example,C=CH":           true,
		"C=CH":                     false,
		"CN=Alice,O=Example2,C=CH": false,
		"O=Example,C=CH,CN=Alice":  false,
	} {
		if got := mustName(t, text).Within(base); got != want {
			t.Errorf("%s within %s: %v, want %v", text, base, got, want)
		}
	}
	if !mustName(t, "CN=x").Within(Name{}) {
		t.Error("every name lies within the empty one")
	}
}

func TestPreparedStringsStayPrepared(t *testing.T) {
	for _, s := range []string{"  A  b ", "ǅ", "ΐ", "ﷺ", "İ", "a\u200bb", "\u1e9e", "ϓ"} {
		once, ok := prepare(s)
		if !ok {
			t.Errorf("%q is refused", s)
		}
		if twice, _ := prepare(once); twice != once {
			t.Errorf("%q prepares to %q and that to %q", s, once, twice)
		}
	}
}

func TestProhibitedCharactersCompareAsBytes(t *testing.T) {
	if _, ok := prepare("private \ue000 use"); ok {
		t.Error("RFC 4518 §2.4 prohibits private use characters")
	}
	a, b := mustName(t, "CN=\ue000A"), mustName(t, "CN=\ue000a")
	if a.Equal(b) {
		t.Error("case was folded in a string that cannot be prepared")
	}
}

func mustName(t *testing.T, text string) Name {
	t.Helper()
	n, err := NameFromText(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return n
}
