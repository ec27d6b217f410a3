package der

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestACursorReadsAStructureAndIsCheckedOnce(t *testing.T) {
	var b Builder
	b.Sequence(func(b *Builder) {
		b.Int(-129)
		b.Explicit(0, func(b *Builder) { b.Bool(true) })
		b.Set(func(b *Builder) { b.OID(MustOID("2.5.4.3")); b.UTF8String("Zürich") })
		b.Null()
		b.Enumerated(3)
		b.BitString(BitString{[]byte{0xa0}, 4})
		b.OctetString([]byte{1, 2})
	})
	in, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	c := NewCursor(in)
	s := c.Sequence()
	if n := s.SmallInt(); n != -129 {
		t.Errorf("INTEGER %d", n)
	}
	if e, ok := s.Explicit(0); !ok || !e.Bool() {
		t.Error("BOOLEAN in [0]")
	}
	if _, ok := s.Explicit(1); ok {
		t.Error("[1] was found")
	}
	set := s.Set()
	if oid, text := set.OID(), set.Text(); oid.String() != "2.5.4.3" || text != "Zürich" {
		t.Errorf("%v %q", oid, text)
	}
	s.Null()
	if n := s.SmallInt(); n != 3 {
		t.Errorf("ENUMERATED %d", n)
	}
	if bits := s.BitString(); !bits.At(0) || bits.At(1) || !bits.At(2) || bits.At(4) || bits.At(-1) {
		t.Errorf("BIT STRING %v", bits)
	}
	if o := s.OctetString(); !bytes.Equal(o, []byte{1, 2}) {
		t.Errorf("OCTET STRING % x", o)
	}
	if s.More() || s.Done() != nil || c.Done() != nil {
		t.Error(c.Err())
	}
}

func TestTheFirstErrorSticksAndNamesItsOffset(t *testing.T) {
	c := NewCursor(unhex(t, "30 08 02 01 05 04 03 aa bb cc"))
	s := c.Sequence()
	s.Int()
	s.Bool() // at offset 5 there is an OCTET STRING
	s.Int()
	var e *SyntaxError
	if err := c.Done(); !errors.As(err, &e) || e.Offset != 5 || !strings.Contains(e.What, "OCTET STRING where BOOLEAN") {
		t.Errorf("got %v", err)
	}
	if v := s.Next(); v.Raw != nil || s.More() || s.OctetString() != nil {
		t.Error("something is read after an error")
	}
}

func TestDoneRefusesWhatWasNotRead(t *testing.T) {
	c := NewCursor(unhex(t, "05 00 05 00"))
	c.Null()
	if string(c.Rest()) != "\x05\x00" {
		t.Errorf("rest % x", c.Rest())
	}
	if err := c.Done(); err == nil || !strings.Contains(err.Error(), "2 bytes more than expected at offset 2") {
		t.Errorf("got %v", err)
	}
}

func TestTruncatedInputSaysSoWithItsOffset(t *testing.T) {
	whole := unhex(t, "30 82 00 07 02 01 05 04 02 aa bb")
	for i := range len(whole) {
		_, err := ParseOne(whole[:i])
		var e *SyntaxError
		if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &e) || e.Offset != 0 {
			t.Errorf("%d octets: %v", i, err)
		}
	}
	if _, err := ParseOne(append(whole, 0)); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("STANDARDS 27: trailing garbage gives %v", err)
	}
}

func TestIntegersInTheWildAreReadable(t *testing.T) {
	for body, want := range map[string]string{
		"00": "0", "7f": "127", "80": "-128", "ff": "-1", "00 80": "128", "ff 7f": "-129",
		"00 00 05": "5", "ff ff fe": "-2", // not minimal
		"00 ff ff ff ff ff ff ff ff": "18446744073709551615",
		"80 00 00 00 00 00 00 00 00": "-2361183241434822606848",
	} {
		b := unhex(t, body)
		c := NewCursor(append(AppendHeader(nil, Integer, false, int64(len(b))), b...))
		n := c.Int()
		if n.String() != want || c.Done() != nil {
			t.Errorf("%s reads as %v, want %s; %v", body, n, want, c.Err())
		}
	}
}

func TestValuesOutOfRangeAreErrors(t *testing.T) {
	for name, f := range map[string]func(*Cursor){
		"02 00":                            func(c *Cursor) { c.Int() },
		"02 09 00 ff ff ff ff ff ff ff ff": func(c *Cursor) { c.SmallInt() },
		"0a 00":                            func(c *Cursor) { c.SmallInt() },
		"01 02 00 00":                      func(c *Cursor) { c.Bool() },
		"05 01 00":                         func(c *Cursor) { c.Null() },
		"03 00":                            func(c *Cursor) { c.BitString() },
		"03 02 08 00":                      func(c *Cursor) { c.BitString() },
		"03 01 01":                         func(c *Cursor) { c.BitString() },
		"23 03 03 01 00":                   func(c *Cursor) { c.BitString() },
		"24 02 04 00":                      func(c *Cursor) { c.OctetString() },
		"10 00":                            func(c *Cursor) { c.Sequence() },
		"80 00":                            func(c *Cursor) { c.Explicit(0) },
		"00 00":                            func(c *Cursor) { c.Next() },
		"30 80 00 00":                      func(c *Cursor) { c.Next() },
		"02 01 05":                         func(c *Cursor) { c.Text() },
	} {
		c := NewCursor(unhex(t, name))
		if f(c); c.Err() == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestOctetsOfJoinsTheSegmentsOfAnImplicitString(t *testing.T) {
	v, err := ParseOne(unhex(t, "a0 0e 04 01 01 24 07 04 02 02 03 04 01 04 04 00"))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := OctetsOf(v); err != nil || !bytes.Equal(b, []byte{1, 2, 3, 4}) {
		t.Errorf("% x, %v", b, err)
	}
	v, _ = ParseOne(unhex(t, "a0 03 02 01 05"))
	if b, err := OctetsOf(v); err == nil {
		t.Errorf("an INTEGER was taken for a segment: % x", b)
	}
	nested := []byte{4, 0}
	for range 40 {
		nested = append(AppendHeader(nil, OctetString, true, int64(len(nested))), nested...)
	}
	v, _ = ParseOne(nested)
	if _, err := OctetsOf(v); err == nil {
		t.Error("40 strings inside each other passed")
	}
}
