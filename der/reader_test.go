package der

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/waxwing-mail/waxwing/limit"
)

// readers returns readers of the same octets that deliver them in different ways.
func readers(b []byte) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":       bytes.NewReader(b),
		"byte a byte": iotest.OneByteReader(bytes.NewReader(b)),
		"with EOF":    iotest.DataErrReader(bytes.NewReader(b)),
	}
}

func TestAReaderWalksAStructure(t *testing.T) {
	in := unhex(t, "30 80 02 01 05 a0 80 31 03 02 01 07 00 00 04 02 61 62 00 00")
	for how, src := range readers(in) {
		r := NewReader(src, nil)
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", how, err)
			}
		}
		check(r.Enter(Sequence))
		h, err := r.Peek()
		check(err)
		if want := (Header{Tag: Integer, Length: 1, Offset: 2}); h != want {
			t.Errorf("%s: %+v", how, h)
		}
		if v, err := r.Value(10); err != nil || !bytes.Equal(v, []byte{2, 1, 5}) {
			t.Errorf("%s: % x, %v", how, v, err)
		}
		check(r.Enter(Context(0)))
		check(r.Skip())
		if more, err := r.More(); more || err != nil {
			t.Errorf("%s: %v, %v", how, more, err)
		}
		if _, err := r.Peek(); err != ErrEnd {
			t.Errorf("%s: %v", how, err)
		}
		check(r.Leave())
		if more, err := r.More(); !more || err != nil || r.Offset() != 14 {
			t.Errorf("%s: %v, %v at %d", how, more, err, r.Offset())
		}
		o, err := r.Octets(OctetString)
		check(err)
		if b, err := io.ReadAll(o); err != nil || string(b) != "ab" {
			t.Errorf("%s: %q, %v", how, b, err)
		}
		check(r.Leave())
		if _, err := r.Peek(); err != ErrEnd {
			t.Errorf("%s: after the last element: %v", how, err)
		}
		check(r.End())
	}
}

func TestValueGivesTheElementAsReceived(t *testing.T) {
	for name, in := range map[string]string{
		"DER":                     "30 03 02 01 05",
		"indefinite":              "30 80 24 80 04 01 61 00 00 30 80 00 00 00 00",
		"STANDARDS 27: long form": "30 84 00 00 00 05 02 82 00 01 05",
		"high tag":                "bf 87 ff 7f 02 05 00",
	} {
		want := unhex(t, in)
		r := NewReader(bytes.NewReader(want), nil)
		got, err := r.Value(int64(len(want)))
		if err != nil || !bytes.Equal(got, want) || r.End() != nil {
			t.Errorf("%s: % x, %v", name, got, err)
		}
		var e *limit.Error
		r = NewReader(bytes.NewReader(want), nil)
		if got, err := r.Value(int64(len(want)) - 1); !errors.As(err, &e) {
			t.Errorf("%s: over its limit by one: % x, %v", name, got, err)
		}
		r = NewReader(bytes.NewReader(want), limit.New(limit.Limits{Bytes: int64(len(want)) - 1}))
		if got, err := r.Value(100); !errors.As(err, &e) || e.What != limit.Bytes {
			t.Errorf("%s: over the budget by one: % x, %v", name, got, err)
		}
	}
}

func TestAPromisedLengthAllocatesNothing(t *testing.T) {
	in := append(AppendHeader(nil, OctetString, false, 60<<20), "short"...)
	before := allocated()
	_, err := NewReader(bytes.NewReader(in), nil).Value(1 << 40)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if used := allocated() - before; used > 1<<20 {
		t.Errorf("STANDARDS 27: %d octets allocated for five that came", used)
	}
}

func TestWhatIsNotBERStopsTheReaderForGood(t *testing.T) {
	for name, in := range map[string]string{
		"end-of-contents at the top":                  "00 00",
		"STANDARDS 27: end-of-contents in a definite": "30 02 00 00",
		"no end-of-contents":                          "30 80 05 00",
		"half an end-of-contents":                     "30 80 05 00 00",
		"end-of-contents in the long form":            "30 80 00 81 00",
		"longer than what is around it":               "30 80 30 03 04 02 61 62 00 00",
		"an end-of-contents that crosses the end":     "30 83 00 00 03 30 80 00 00",
		"truncated contents":                          "30 05 04 03 61",
		"truncated header":                            "30 80 04 82",
		"reserved length":                             "30 80 04 ff",
		"primitive of indefinite length":              "30 80 04 80 00 00",
		"length over 63 bits":                         "04 88 ff ff ff ff ff ff ff ff",
		"length at 63 bits":                           "04 88 7f ff ff ff ff ff ff ff",
	} {
		r := NewReader(bytes.NewReader(unhex(t, in)), nil)
		var err error
		if err = r.Enter(Sequence); err == nil {
			for more := true; more && err == nil; {
				if more, err = r.More(); more {
					_, err = r.Value(100)
				}
			}
		}
		if err == nil {
			err = r.Leave()
		}
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again := r.Skip(); again != err {
			t.Errorf("%s: after the error: %v", name, again)
		}
	}
}

func TestTheReaderChecksWhatItsCallerExpects(t *testing.T) {
	in := unhex(t, "30 05 02 01 05 05 00")
	for name, f := range map[string]func(*Reader) error{
		"another tag":                   func(r *Reader) error { return r.Enter(Set) },
		"a primitive entered":           func(r *Reader) error { r.Enter(Sequence); return r.Enter(Integer) },
		"left too early":                func(r *Reader) error { r.Enter(Sequence); return r.Leave() },
		"left at the top":               func(r *Reader) error { r.Skip(); return r.Leave() },
		"entered at the end":            func(r *Reader) error { r.Skip(); return r.Enter(Sequence) },
		"skipped at the end":            func(r *Reader) error { r.Skip(); return r.Skip() },
		"read at the end":               func(r *Reader) error { r.Skip(); _, err := r.Value(9); return err },
		"octets at the end":             func(r *Reader) error { r.Skip(); _, err := r.Octets(OctetString); return err },
		"octets of another tag":         func(r *Reader) error { _, err := r.Octets(OctetString); return err },
		"End before the end":            func(r *Reader) error { return r.End() },
		"End inside an element":         func(r *Reader) error { r.Enter(Sequence); return r.End() },
		"STANDARDS 27: trailing octets": func(r *Reader) error { r.Enter(Sequence); r.Skip(); r.Skip(); return r.End() },
	} {
		var e *SyntaxError
		if err := f(NewReader(bytes.NewReader(in), nil)); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsOfTheSourceComeThrough(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, in := range []string{"", "0", "0\x80", "0\x80\x04\x05ab"} {
		r := NewReader(io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken)), nil)
		if err := r.Skip(); err != broken {
			t.Errorf("%q: %v", in, err)
		}
	}
	if err := NewReader(stalled{}, nil).Skip(); err != io.ErrNoProgress {
		t.Errorf("a source that gives nothing: %v", err)
	}
}

// stalled is a source that never delivers and never ends.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, nil }

func TestElementsAndDepthAreTakenFromTheBudget(t *testing.T) {
	in := unhex(t, "30 80 30 80 30 80 05 00 05 00 00 00 00 00 00 00")
	var e *limit.Error
	r := NewReader(bytes.NewReader(in), limit.New(limit.Limits{Depth: 2}))
	if err := r.Skip(); !errors.As(err, &e) || e.What != limit.Depth {
		t.Errorf("depth: %v", err)
	}
	r = NewReader(bytes.NewReader(in), limit.New(limit.Limits{Elements: 4}))
	if err := r.Skip(); !errors.As(err, &e) || e.What != limit.Elements {
		t.Errorf("elements: %v", err)
	}
	r = NewReader(bytes.NewReader(in), limit.New(limit.Limits{Elements: 5, Depth: 3}))
	if err := r.Skip(); err != nil || r.End() != nil {
		t.Errorf("within both: %v", err)
	}
}
