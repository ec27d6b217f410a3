package der

import "testing"

func TestEveryKindOfStringReadsAsUTF8(t *testing.T) {
	for _, c := range []struct {
		tag      Tag
		in, want string
	}{
		{UTF8String, "Zürich", "Zürich"},
		{UTF8String, "Z\xfcrich", "Zürich"}, // Latin-1 under the wrong tag
		{PrintableString, "a@b", "a@b"},     // characters outside the set are kept
		{IA5String, "a@b", "a@b"},
		{NumericString, "12 3", "12 3"},
		{VisibleString, "~", "~"},
		{GeneralString, "x", "x"},
		{T61String, "Z\xfcrich", "Zürich"}, // T.61 in name, Latin-1 in fact
		{BMPString, "\x00Z\x00\xfc\x04\x16", "ZüЖ"},
		{BMPString, "\xd8\x3d\xde\x00", "😀"}, // surrogates, which UCS-2 does not have and Windows writes
		{UniversalString, "\x00\x01\xf6\x00", "😀"},
		{UniversalString, "\xff\xff\xff\xff", "\ufffd"},
		{BMPString, "\x00a\x00", "a"}, // half a character is dropped
	} {
		got, ok := TextOf(Value{Tag: c.tag, Body: []byte(c.in)})
		if !ok || got != c.want {
			t.Errorf("%v %q reads as %q, %v", c.tag, c.in, got, ok)
		}
	}
	for _, v := range []Value{{Tag: Integer}, {Tag: OctetString}, {Tag: UTF8String, Constructed: true}, {Tag: Context(0)}} {
		if s, ok := TextOf(v); ok {
			t.Errorf("%v reads as %q", v.Tag, s)
		}
	}
}

func TestStringsThatDoNotFitAreNotWritten(t *testing.T) {
	for name, f := range map[string]func(*Builder){
		"invalid UTF-8":                func(b *Builder) { b.UTF8String("\xff") },
		"an at sign as Printable":      func(b *Builder) { b.PrintableString("a@b") },
		"an umlaut as IA5":             func(b *Builder) { b.IA5String("ü") },
		"invalid UTF-8 as BMP":         func(b *Builder) { b.BMPString("\xff") },
		"malformed OID":                func(b *Builder) { b.OID("") },
		"nine unused bits":             func(b *Builder) { b.BitString(BitString{[]byte{0}, 9}) },
		"unused bits without an octet": func(b *Builder) { b.BitString(BitString{nil, 1}) },
	} {
		var b Builder
		f(&b)
		if out, err := b.Bytes(); err == nil {
			t.Errorf("%s was written as % x", name, out)
		}
	}
}
