package der

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/limit"
)

// leaf is an element without elements inside, or an OCTET STRING with its segments joined.
type leaf struct {
	tag  Tag
	body string
}

// tight is a budget that fuzzing exceeds now and then.
func tight() *limit.Budget {
	return limit.New(limit.Limits{Depth: 20, Elements: 10_000, Bytes: 1 << 20})
}

// walk reads everything with a Reader. compared is false where a string other than an OCTET STRING is
// constructed, which the Reader hands out in pieces.
func walk(in []byte) (leaves []leaf, compared bool, err error) {
	r := NewReader(bytes.NewReader(in), tight())
	compared = true
	for depth := 0; ; {
		h, err := r.Peek()
		switch {
		case err == ErrEnd && depth == 0:
			return leaves, compared, r.End()
		case err == ErrEnd:
			err = r.Leave()
			depth--
		case err != nil:
		case h.Tag == OctetString:
			var body []byte
			var o io.Reader
			if o, err = r.Octets(OctetString); err == nil {
				body, err = io.ReadAll(o)
			}
			leaves = append(leaves, leaf{h.Tag, string(body)})
		case h.Constructed:
			compared = compared && !isString(h.Tag)
			err = r.Enter(h.Tag)
			depth++
		default:
			var raw []byte
			if raw, err = r.Value(1 << 20); err == nil {
				v, _ := ParseOne(raw)
				leaves = append(leaves, leaf{h.Tag, string(v.Body)})
			}
		}
		if err != nil {
			return nil, false, err
		}
	}
}

// leavesOf walks definite lengths with Parse.
func leavesOf(t *testing.T, in []byte) (leaves []leaf) {
	for open := [][]byte{in}; len(open) > 0; {
		inner := &open[len(open)-1]
		if len(*inner) == 0 {
			open = open[:len(open)-1]
			continue
		}
		v, rest, err := Parse(*inner)
		if err != nil {
			t.Fatalf("Parse of what Normalize wrote: %v", err)
		}
		*inner = rest
		if v.Constructed {
			open = append(open, v.Body)
		} else {
			leaves = append(leaves, leaf{v.Tag, string(v.Body)})
		}
	}
	return leaves
}

func seed(f *testing.F) {
	for _, s := range []string{
		"30 80 02 01 05 00 00", "24 80 24 05 24 03 04 01 61 24 80 04 01 62 00 00 00 00", "23 80 03 02 00 aa 03 02 04 f0 00 00",
		"30 84 00 00 00 05 02 82 00 01 05", "30 80 00 00", "00 00", "04 ff", "bf 87 ff 7f 02 05 00", "a0 80 24 80 04 01 00 00 00 00 00",
		"31 1a 17 0d 32 36 30 32 32 38 32 33 35 39 35 39 5a 06 03 55 04 03 0c 04 5a c3 bc 72",
	} {
		f.Add(unhex(f, s))
	}
}

func FuzzReaderAndNormalizeAndParseAgree(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Normalize(in, tight())
		leaves, compared, readErr := walk(in)
		again, _, againErr := walk(in)
		if len(leaves) != len(again) || (readErr == nil) != (againErr == nil) {
			t.Fatal("two readings differ")
		}
		var over *limit.Error
		if err != nil || errors.As(readErr, &over) {
			return
		}
		if readErr != nil {
			t.Fatalf("Normalize reads % x and Reader says %v", in, readErr)
		}
		if twice, err := Normalize(out, tight()); err != nil || !bytes.Equal(twice, out) {
			t.Fatalf("what Normalize wrote is not normal: % x, %v", out, err)
		}
		want := leavesOf(t, out)
		if !compared {
			return
		}
		if len(leaves) != len(want) {
			t.Fatalf("Reader sees %d leaves, Parse %d in % x", len(leaves), len(want), in)
		}
		for i := range want {
			if leaves[i] != want[i] {
				t.Fatalf("leaf %d: Reader sees %v, Parse %v", i, leaves[i], want[i])
			}
		}
		if r := NewReader(bytes.NewReader(in), tight()); r.Skip() != nil || r.End() != nil {
			t.Fatalf("Skip does not get over % x", in)
		}
	})
}

func FuzzCursorReadsAnyElement(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, read := range []func(*Cursor){
			func(c *Cursor) { c.Int() }, func(c *Cursor) { c.SmallInt() }, func(c *Cursor) { c.Bool() },
			func(c *Cursor) { c.OID() }, func(c *Cursor) { c.Text() }, func(c *Cursor) { c.Time() },
			func(c *Cursor) { c.BitString() }, func(c *Cursor) { c.OctetString() }, func(c *Cursor) { c.Null() },
			func(c *Cursor) { c.Explicit(0); c.Next() },
		} {
			c := NewCursor(in)
			if read(c); c.Err() == nil && int(c.off)+len(c.Rest()) != len(in) {
				t.Fatalf("%d read, %d left of %d", c.off, len(c.Rest()), len(in))
			}
		}
		v, err := ParseOne(in)
		if err != nil {
			return
		}
		_, _ = OctetsOf(v)
		if moment, ok := TimeOf(v); ok {
			back := written(t, func(b *Builder) { b.GeneralizedTime(moment) })
			if again := NewCursor(back).Time(); !again.Equal(moment.Truncate(1e9)) {
				t.Fatalf("%v comes back as %v", moment, again)
			}
		}
	})
}

func FuzzOIDsSurviveTheirDottedForm(f *testing.F) {
	f.Add([]byte("\x2a\x86\x48\x86\xf7\x0d"))
	f.Fuzz(func(t *testing.T, in []byte) {
		o := OID(in)
		dotted := o.String()
		back, err := ParseOID(dotted)
		if o.valid() != (err == nil) || err == nil && back != o {
			t.Fatalf("% x prints as %s and comes back as % x, %v", in, dotted, string(back), err)
		}
	})
}
