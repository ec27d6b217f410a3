package der

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/limit"
)

func TestNormalizeGivesDefiniteLengthsAndPrimitiveStrings(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"STANDARDS 27: indefinite length", "30 80 02 01 05 00 00", "30 03 02 01 05"},
		{"STANDARDS 27: empty indefinite SEQUENCE", "30 80 00 00", "30 00"},
		{"indefinite inside definite inside indefinite", "30 80 30 06 31 80 05 00 00 00 00 00", "30 06 30 04 31 02 05 00"},
		{"STANDARDS 27: constructed OCTET STRING", "24 80 04 01 61 04 00 04 02 62 63 00 00", "04 03 61 62 63"},
		{"STANDARDS 27: constructed OCTET STRING, nested", "24 80 24 05 24 03 04 01 61 24 80 04 01 62 00 00 00 00", "04 02 61 62"},
		{"constructed UTF8String of OCTET STRINGs", "2c 06 04 01 61 04 01 62", "0c 02 61 62"},
		{"constructed UTF8String of UTF8Strings", "2c 06 0c 01 61 0c 01 62", "0c 02 61 62"},
		{"constructed BIT STRING", "23 80 03 02 00 aa 23 04 03 02 04 f0 00 00", "03 03 04 aa f0"},
		{"constructed BIT STRING without segments", "23 80 00 00", "03 01 00"},
		{"STANDARDS 27: long-form lengths with leading zeros", "30 84 00 00 00 05 02 82 00 01 05", "30 03 02 01 05"},
		{"an implicit string keeps its segments", "a0 80 04 01 61 00 00", "a0 03 04 01 61"},
		{"end-of-contents inside a primitive is content", "30 80 04 04 00 00 00 00 00 00", "30 06 04 04 00 00 00 00"},
		{"the order of a SET OF stays", "31 80 02 01 02 02 01 01 00 00", "31 06 02 01 02 02 01 01"},
	} {
		got, err := Normalize(unhex(t, c.in), nil)
		if err != nil || !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: % x, %v; want %s", c.name, got, err, c.want)
		}
	}
}

func TestNormalizeLeavesDERAsItIs(t *testing.T) {
	in := written(t, func(b *Builder) {
		b.Sequence(func(b *Builder) {
			for i := range 50 {
				b.Explicit(uint32(i), func(b *Builder) { b.OctetString(make([]byte, i*i)) })
			}
		})
	})
	if got, err := Normalize(in, nil); err != nil || !bytes.Equal(got, in) {
		t.Errorf("%v, %d octets of %d", err, len(got), len(in))
	}
}

func TestNormalizeRefusesWhatIsNotBER(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                    "",
		"trailing bytes":             "05 00 00",
		"end-of-contents at the top": "00 00",
		"STANDARDS 27: end-of-contents in a definite": "30 02 00 00",
		"no end-of-contents":                          "30 80 05 00",
		"half an end-of-contents":                     "30 80 05 00 00",
		"end-of-contents in the long form":            "30 80 00 81 00",
		"longer than what is around it":               "30 03 04 02 61 62",
		"a definite around an open indefinite":        "30 04 30 80 05 00 00 00",
		"truncated":                                   "30 05 04 03 61",
		"a stranger in a constructed string":          "24 03 02 01 05",
		"OCTET STRING in a BIT STRING":                "23 03 04 01 00",
		"BIT STRING after its last bit":               "23 08 03 02 04 f0 03 02 00 aa",
		"BIT STRING after its last bit, nested":       "23 0a 03 02 04 f0 23 04 03 02 00 aa",
		"BIT STRING segment without octets":           "23 02 03 00",
	} {
		got, err := Normalize(unhex(t, in), nil)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%s: % x, %v", name, got, err)
		}
	}
}

func TestEightMegabytesOfNestingEndAtTheDepthLimit(t *testing.T) {
	for name, unit := range map[string]string{"indefinite": "\x30\x80", "constructed strings": "\x24\x80"} {
		in := []byte(strings.Repeat(unit, 4<<20))
		var e *limit.Error
		before := allocated()
		if _, err := Normalize(in, nil); !errors.As(err, &e) || e.What != limit.Depth {
			t.Errorf("%s: Normalize gives %v", name, err)
		}
		if used := allocated() - before; used > uint64(2*len(in)) {
			t.Errorf("%s: Normalize took %d octets", name, used)
		}
		before = allocated()
		r := NewReader(bytes.NewReader(in), nil)
		if err := r.Skip(); !errors.As(err, &e) || e.What != limit.Depth {
			t.Errorf("%s: Skip gives %v", name, err)
		}
		if used := allocated() - before; used > 1<<20 {
			t.Errorf("%s: Reader took %d octets", name, used)
		}
	}
}

func TestDefiniteNestingEndsAtTheDepthLimitToo(t *testing.T) {
	in := []byte{5, 0}
	for range 65 {
		in = append(AppendHeader(nil, Sequence, true, int64(len(in))), in...)
	}
	var e *limit.Error
	if _, err := Normalize(in, nil); !errors.As(err, &e) || e.What != limit.Depth {
		t.Errorf("got %v", err)
	}
	if _, err := Normalize(in, limit.New(limit.Limits{Depth: 65})); err != nil {
		t.Errorf("65 deep with a limit of 65: %v", err)
	}
}

func TestNormalizeCountsElements(t *testing.T) {
	in := AppendHeader(nil, Sequence, true, 2000)
	in = append(in, bytes.Repeat([]byte{5, 0}, 1000)...)
	var e *limit.Error
	if _, err := Normalize(in, limit.New(limit.Limits{Elements: 1000})); !errors.As(err, &e) || e.What != limit.Elements {
		t.Errorf("got %v", err)
	}
	if _, err := Normalize(in, limit.New(limit.Limits{Elements: 1001})); err != nil {
		t.Errorf("got %v", err)
	}
}

// allocated returns how many octets this process has allocated so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
