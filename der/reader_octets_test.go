package der

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/waxwing-mail/waxwing/limit"
)

// segmented returns an OCTET STRING in nested segments of random sizes, with definite and indefinite lengths.
func segmented(rng *rand.Rand, content []byte, depth int) []byte {
	if depth == 0 || rng.IntN(4) == 0 {
		return append(AppendHeader(nil, OctetString, false, int64(len(content))), content...)
	}
	var inner []byte
	for len(content) > 0 || rng.IntN(3) == 0 {
		n := min(len(content), rng.IntN(len(content)+1)+rng.IntN(50))
		inner = append(inner, segmented(rng, content[:n], depth-1)...)
		content = content[n:]
	}
	if rng.IntN(2) == 0 {
		return append(AppendHeader(nil, OctetString, true, int64(len(inner))), inner...)
	}
	return AppendEnd(append(AppendIndefinite(nil, OctetString), inner...))
}

func TestSegmentsAreJoinedAtAnyNestingAndSize(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 27))
		content := make([]byte, rng.IntN(200_000))
		for i := range content {
			content[i] = byte(rng.Uint32())
		}
		in := append(segmented(rng, content, rng.IntN(8)), 5, 0)
		for how, src := range readers(in) {
			if how == "byte a byte" && len(in) > 20_000 {
				continue
			}
			for _, form := range []struct {
				name string
				read func(io.Reader) ([]byte, error)
			}{
				{"WriteTo", func(o io.Reader) ([]byte, error) { var w bytes.Buffer; _, err := io.Copy(&w, o); return w.Bytes(), err }},
				{"small reads", func(o io.Reader) ([]byte, error) { return io.ReadAll(iotest.HalfReader(onlyReader{o})) }},
			}[seed%2 : seed%2+1] {
				r := NewReader(src, nil)
				o, err := r.Octets(OctetString)
				if err != nil {
					t.Fatal(err)
				}
				got, err := form.read(o)
				if err != nil || !bytes.Equal(got, content) {
					t.Fatalf("seed %d %s %s: %d octets of %d, %v", seed, how, form.name, len(got), len(content), err)
				}
				if n, err := o.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("after the end: %d, %v", n, err)
				}
				if err := r.Skip(); err != nil || r.End() != nil || r.Offset() != int64(len(in)) {
					t.Errorf("seed %d: what follows: %v at %d", seed, err, r.Offset())
				}
			}
		}
	}
}

// onlyReader hides WriteTo.
type onlyReader struct{ io.Reader }

func TestLargeReadsGoStraightToTheCaller(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	in := append(AppendHeader(nil, Context(0), false, int64(len(content))), content...)
	src := &countingReader{Reader: bytes.NewReader(in)}
	o, err := NewReader(src, nil).Octets(Context(0))
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(content))
	if _, err := io.ReadFull(o, got); err != nil || !bytes.Equal(got, content) {
		t.Fatal(err)
	}
	if src.calls > 3 {
		t.Errorf("%d reads for one large one", src.calls)
	}
}

type countingReader struct {
	io.Reader
	calls int
}

func (c *countingReader) Read(p []byte) (int, error) { c.calls++; return c.Reader.Read(p) }

func TestContentsOfAStringAreNeverTakenForElements(t *testing.T) {
	in := unhex(t, "30 08 04 04 30 02 05 00 05 00")
	r := NewReader(bytes.NewReader(in), nil)
	r.Enter(Sequence)
	o, err := r.Octets(OctetString)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Read(make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if h, err := r.Peek(); err == nil {
			t.Errorf("%+v was found inside a string", h)
		}
	}
	if _, err := o.Read(make([]byte, 2)); err == nil {
		t.Error("and the string reads on")
	}
}

func TestASmallContentMustBeReadToItsEndToo(t *testing.T) {
	r := NewReader(bytes.NewReader(unhex(t, "04 00 05 00")), nil)
	o, err := r.Octets(OctetString)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, o); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	if err := r.Skip(); err != nil || r.End() != nil {
		t.Error(err)
	}
}

func TestTruncatedContentIsAnErrorInEveryWayOfReading(t *testing.T) {
	content := make([]byte, 100_000)
	for name, head := range map[string][]byte{
		"primitive": AppendHeader(nil, OctetString, false, int64(len(content))+1),
		"segment":   AppendHeader(AppendIndefinite(nil, OctetString), OctetString, false, int64(len(content))),
	} {
		in := append(head, content...)
		for way, read := range map[string]func(io.Reader) error{
			"WriteTo": func(o io.Reader) error { _, err := io.Copy(io.Discard, o); return err },
			"small reads": func(o io.Reader) error {
				_, err := io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{o}, make([]byte, 100))
				return err
			},
			"large reads": func(o io.Reader) error { _, err := io.ReadFull(o, make([]byte, len(in)+9)); return err },
		} {
			r := NewReader(bytes.NewReader(in), nil)
			o, err := r.Octets(OctetString)
			if err != nil {
				t.Fatal(err)
			}
			if err := read(o); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, %s: %v", name, way, err)
			}
			if r.Skip() == nil {
				t.Errorf("%s, %s: the error does not stick", name, way)
			}
		}
	}
}

// onlyWriter hides ReadFrom.
type onlyWriter struct{ io.Writer }

func TestAFailedWriteLosesNoPlace(t *testing.T) {
	r := NewReader(bytes.NewReader(unhex(t, "04 03 61 62 63 05 00")), nil)
	o, err := r.Octets(OctetString)
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if _, err := io.Copy(failing{full}, o); err != full {
		t.Errorf("got %v", err)
	}
	if rest, err := io.ReadAll(o); err != nil || string(rest) != "bc" {
		t.Errorf("%q, %v", rest, err)
	}
}

// failing takes one octet of each write.
type failing struct{ err error }

func (f failing) Write(p []byte) (int, error) { return 1, f.err }

func TestStrangersInAConstructedStringAreRefused(t *testing.T) {
	for _, in := range []string{"24 03 02 01 05", "24 80 30 80 00 00 00 00", "24 80 04 05 61 00 00"} {
		o, err := NewReader(bytes.NewReader(unhex(t, in)), nil).Octets(OctetString)
		if err != nil {
			t.Fatal(err)
		}
		var e *SyntaxError
		if got, err := io.ReadAll(o); !errors.As(err, &e) {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
}

func TestSegmentsWithContentsAreNotElementsAndEmptyOnesAre(t *testing.T) {
	full := AppendEnd(append(AppendIndefinite(nil, OctetString), bytes.Repeat([]byte{4, 1, 'x'}, 1000)...))
	empty := AppendEnd(append(AppendIndefinite(nil, OctetString), bytes.Repeat([]byte{4, 0}, 1000)...))
	for name, c := range map[string]struct {
		in   []byte
		what limit.What
	}{"full": {full, ""}, "empty": {empty, limit.Elements}} {
		o, err := NewReader(bytes.NewReader(c.in), limit.New(limit.Limits{Elements: 100})).Octets(OctetString)
		if err != nil {
			t.Fatal(err)
		}
		var e *limit.Error
		if _, err := io.Copy(io.Discard, o); errors.As(err, &e) != (c.what != "") || e != nil && e.What != c.what {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnEightMegabyteNestOfStringsEndsAtTheDepthLimit(t *testing.T) {
	o, err := NewReader(bytes.NewReader(bytes.Repeat([]byte{0x24, 0x80}, 4<<20)), nil).Octets(OctetString)
	if err != nil {
		t.Fatal(err)
	}
	var e *limit.Error
	if _, err := io.Copy(io.Discard, o); !errors.As(err, &e) || e.What != limit.Depth {
		t.Errorf("got %v", err)
	}
}
