package der

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"
)

func written(t *testing.T, f func(*Builder)) []byte {
	t.Helper()
	var b Builder
	f(&b)
	out, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIntegersAreWrittenInTheFewestOctetsAsTheStandardLibraryDoes(t *testing.T) {
	numbers := []*big.Int{new(big.Int).Lsh(big.NewInt(-1), 127), new(big.Int).Lsh(big.NewInt(1), 127)}
	for _, n := range []int64{0, 1, 127, 128, 255, 256, 32767, 32768, -1, -127, -128, -129, -32768, -32769, 1<<63 - 1, -1 << 63} {
		numbers = append(numbers, big.NewInt(n))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n := new(big.Int).SetUint64(rng.Uint64() >> rng.IntN(64))
		numbers = append(numbers, n, new(big.Int).Neg(n))
	}
	for _, n := range numbers {
		want, err := asn1.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		got := written(t, func(b *Builder) { b.BigInt(n) })
		if !bytes.Equal(got, want) {
			t.Errorf("%v: % x, want % x", n, got, want)
		}
		if back := NewCursor(got).Int(); back.Cmp(n) != 0 {
			t.Errorf("%v comes back as %v", n, back)
		}
	}
}

func TestElementsOfASetOfAreSorted(t *testing.T) {
	elements := [][]byte{{4, 1, 2}, {4, 1, 1}, {2, 1, 9}, {4, 0}, {4, 1, 1}}
	got := written(t, func(b *Builder) { b.SetOf(elements) })
	if want := unhex(t, "31 0e 02 01 09 04 00 04 01 01 04 01 01 04 01 02"); !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
	if elements[0][2] != 2 {
		t.Error("the caller's slice was reordered")
	}
}

func TestLengthsOfNestedElementsAreRight(t *testing.T) {
	for _, n := range []int{0, 1, 100, 127, 128, 253, 255, 256, 65533, 65535, 65536, 1 << 20} {
		body := bytes.Repeat([]byte{0xab}, n)
		got := written(t, func(b *Builder) {
			b.Sequence(func(b *Builder) {
				b.Int(1)
				b.Explicit(40, func(b *Builder) { b.OctetString(body) })
				b.Implicit(Context(1), false, func(b *Builder) { b.AppendBytes(body) })
			})
		})
		c := NewCursor(got)
		s := c.Sequence()
		s.Int()
		e, ok := s.Explicit(40)
		v, found := s.Optional(Context(1))
		if !ok || !found || !bytes.Equal(e.OctetString(), body) || !bytes.Equal(v.Body, body) || c.Done() != nil || s.Done() != nil {
			t.Errorf("%d octets: %v", n, c.Err())
		}
	}
}

func TestBitStringsAreWrittenWithZeroPadding(t *testing.T) {
	for _, c := range []struct {
		in    BitString
		named bool
		want  string
	}{
		{BitString{[]byte{0xff}, 3}, false, "03 02 03 f8"},
		{BitString{nil, 0}, false, "03 01 00"},
		{BitString{[]byte{0xa0, 0}, 0}, false, "03 03 00 a0 00"},
		{BitString{[]byte{0xa0, 0}, 0}, true, "03 02 05 a0"}, // digitalSignature, keyEncipherment
		{BitString{[]byte{0, 0x80}, 0}, true, "03 03 07 00 80"},
		{BitString{[]byte{0, 0}, 0}, true, "03 01 00"},
	} {
		got := written(t, func(b *Builder) {
			if c.named {
				b.NamedBits(c.in)
			} else {
				b.BitString(c.in)
			}
		})
		if !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%v: % x, want %s", c.in, got, c.want)
		}
	}
}

func TestStringsAndFlagsAreWrittenAsDERWants(t *testing.T) {
	got := written(t, func(b *Builder) {
		b.Bool(true)
		b.Bool(false)
		b.BMPString("a😀")
		b.IA5String("a@b")
		b.PrintableString("Test User 1")
		b.Enumerated(1)
		b.Null()
	})
	want := "01 01 ff 01 01 00 1e 06 00 61 d8 3d de 00 16 03 61 40 62 13 0b 54 65 73 74 20 55 73 65 72 20 31 0a 01 01 05 00"
	if !bytes.Equal(got, unhex(t, want)) {
		t.Errorf("% x", got)
	}
}

func TestTheBuildersFirstErrorIsTheOneReturned(t *testing.T) {
	first := errors.New("first")
	var b Builder
	b.Sequence(func(b *Builder) {
		b.Fail(first)
		b.Fail(errors.New("second"))
		b.Sequence(func(b *Builder) { t.Error("went on after an error") })
	})
	if out, err := b.Bytes(); err != first || b.Err() != first || out != nil {
		t.Errorf("% x, %v", out, err)
	}
}
