package der

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"
)

// unhex returns the bytes of a hexadecimal literal with spaces.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(string(bytes.ReplaceAll([]byte(s), []byte(" "), nil)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHeaderLengthIsKnownBeforeTheHeaderIsWritten(t *testing.T) {
	tags := []Tag{Sequence, Context(0), Context(30), Context(31), Application(127), Private(128), Context(1 << 20), Context(maxTagNumber)}
	lengths := []int64{0, 1, 127, 128, 255, 256, 65535, 65536, 1<<24 - 1, 1 << 24, 1<<32 - 1, 1 << 32, 5 << 32, math.MaxInt64 >> 1, math.MaxInt64}
	for _, tag := range tags {
		for _, length := range lengths {
			b := AppendHeader(nil, tag, true, length)
			if HeaderLen(tag, length) != len(b) {
				t.Errorf("%v of %d: HeaderLen says %d, written are %d", tag, length, HeaderLen(tag, length), len(b))
			}
			h, n, err := parseHeader(b, 7)
			want := Header{Tag: tag, Constructed: true, Length: length, Offset: 7}
			if err != nil || n != len(b) || h != want {
				t.Errorf("% x reads as %+v, %d octets, %v; want %+v", b, h, n, err, want)
			}
		}
	}
	if got := ElementLen(OctetString, 5<<30); got != 5<<30+7 {
		t.Errorf("an OCTET STRING of 5 GiB has %d octets", got)
	}
}

func TestHeadersWithLongFormsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		length   int64
	}{
		{"STANDARDS 27: long-form length with leading zeros", "04 84 00 00 00 05", 5},
		{"STANDARDS 27: long form where the short would do", "04 81 05", 5},
		{"STANDARDS 27: length of 126 octets, all but the last zero", "04 fe" + zeros(125) + "07", 7},
		{"length over 4 GiB", "04 85 01 00 00 00 00", 1 << 32},
		{"indefinite length", "24 80", -1},
	} {
		b := unhex(t, c.in)
		h, n, err := parseHeader(b, 0)
		if err != nil || n != len(b) || h.Length != c.length {
			t.Errorf("%s: length %d, %d octets, %v", c.name, h.Length, n, err)
		}
		if len(b) > maxHeader {
			t.Errorf("%s: longer than maxHeader", c.name)
		}
	}
}

func TestMalformedHeadersAreRefused(t *testing.T) {
	for name, in := range map[string]string{
		"reserved first length octet":       "04 ff 00",
		"primitive of indefinite length":    "04 80",
		"length of 64 bits":                 "04 88 80 00 00 00 00 00 00 00",
		"tag number with leading zeros":     "1f 80 01 00",
		"tag number of 35 bits":             "1f ff ff ff ff 7f 00",
		"length of nine octets, none zero":  "04 89 01 01 01 01 01 01 01 01 01",
		"length of 126 octets, none zero":   "04 fe" + zeros(118) + "ff ff ff ff ff ff ff ff",
		"universal tag 0 with a long form ": "00 81 00",
	} {
		if _, rest, err := Parse(unhex(t, in)); err == nil {
			t.Errorf("%s was read, leaving %d", name, len(rest))
		}
	}
}

func TestAHeaderCutAnywhereAsksForMore(t *testing.T) {
	for _, in := range []string{"30 03", "04 84 00 00 00 05", "bf 87 ff 7f 82 01 00"} {
		b := unhex(t, in)
		for i := range b {
			if _, n, err := parseHeader(b[:i], 0); n != needMore || err != nil {
				t.Errorf("% x: got %d, %v", b[:i], n, err)
			}
		}
	}
}

func zeros(n int) string { return hex.EncodeToString(make([]byte, n)) }
