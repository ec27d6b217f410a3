package cms_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// STANDARDS 29: definite lengths wherever a size is known.
func TestAStreamIsDERWhereLengthsAreKnown(t *testing.T) {
	root := testca.Root(t, "Root")
	rsa := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	ed := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.Ed25519)))
	ec := root.Issue(testca.Person("carol@example.org"))
	const small, exact, large = 1000, 1 << 20, 3<<20 + 17
	for _, c := range []struct {
		name    string
		signers []*testca.Entity
		size    int
		known   bool
		der     bool
		whole   bool // the content is one string
	}{
		{"small", []*testca.Entity{ec}, small, false, true, true},
		{"a mebibyte less one", []*testca.Entity{ec}, exact - 1, false, true, true},
		{"a mebibyte", []*testca.Entity{ec}, exact, false, false, false},
		{"a mebibyte of known size", []*testca.Entity{ec}, exact, true, false, false},
		{"large", []*testca.Entity{rsa}, large, false, false, false},
		{"large, of known size, RSA", []*testca.Entity{rsa}, large, true, true, true},
		{"large, of known size, Ed25519", []*testca.Entity{ed}, large, true, true, true},
		{"large, of known size, both", []*testca.Entity{ed, rsa}, large, true, true, true},
		{"large, of known size, ECDSA", []*testca.Entity{ec}, large, true, false, true},
		{"large, of known size, nobody", nil, large, true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := bytes.Repeat([]byte("ab"), c.size/2+1)[:c.size]
			o := cms.SignedOptions{Size: -1, Certificates: append(rsa.Chain(), append(ec.Chain(), ed.Chain()...)...)}
			if c.known {
				o.Size = int64(c.size)
			}
			for _, e := range c.signers {
				o.Signers = append(o.Signers, signer(e))
			}
			raw := stream(t, o, content)
			wantGood(t, raw, content)
			if c.size != exact && isDER(raw) != c.der {
				t.Errorf("DER: %v", isDER(raw))
			}
			if c.size != exact && bytes.Contains(raw, content) != c.whole {
				t.Errorf("in one piece: %v", bytes.Contains(raw, content))
			}
		})
	}
}

func TestAStreamOfAnotherSizeThanWasSaidFails(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	for _, size := range []int{10, 2 << 20} {
		for _, off := range []int{-1, 1} {
			w, err := cms.NewSignedWriter(io.Discard, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Size: int64(size)})
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Write(make([]byte, size+off))
			if err == nil {
				err = w.Close()
			}
			if err == nil {
				t.Errorf("%d octets are %d", size+off, size)
			}
		}
	}
}

func TestAFailedWriteStopsTheStream(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	full := errors.New("the disk is full")
	for _, size := range []int64{-1, 4 << 20} {
		for after := range 4 {
			w, err := cms.NewSignedWriter(&failingAfter{after * 1_000_000, full}, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Size: size})
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				if _, err = w.Write(make([]byte, 1<<20)); err != nil {
					break
				}
			}
			if closing := w.Close(); !errors.Is(closing, full) || err != nil && !errors.Is(err, full) {
				t.Errorf("after %d octets: %v, closing %v", after, err, closing)
			}
		}
	}
}

// failingAfter takes so many octets.
type failingAfter struct {
	n   int
	err error
}

func (f *failingAfter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, f.err
	}
	return len(p), nil
}

// zeros is a content of any size.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(z.left, int64(len(p))))
	clear(p[:n])
	z.left -= int64(n)
	return n, nil
}

// heap returns how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// STANDARDS 29: a content of a gibibyte, and one over 2 and over 4 GiB where there is time, in little memory.
func TestAGibibyteIsSignedAndVerifiedInLittleMemory(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	for _, known := range []int64{size, -1} {
		r, w := io.Pipe()
		go func() {
			s, err := cms.NewSignedWriter(w, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain(), Size: known})
			if err == nil {
				_, err = io.CopyBuffer(s, &zeros{size}, make([]byte, 64<<10))
			}
			if err == nil {
				err = s.Close()
			}
			w.CloseWithError(err)
		}()
		before := heap()
		c, err := cms.Read(r, limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		s := c.(*cms.Signed)
		if n, err := io.CopyN(io.Discard, s.Content(), size-1); n != size-1 || err != nil {
			t.Fatal(n, err)
		}
		if used := int64(heap()) - int64(before); used > 10<<20 {
			t.Errorf("%d octets of memory while reading", used)
		}
		if err := s.Finish(); err != nil {
			t.Fatal(err)
		}
		if k, err := s.Check(s.Signers[0], nil, alg.Allow{}); err != nil || !k.OK() {
			t.Errorf("%+v, %v", k.Findings, err)
		}
	}
}

// STANDARDS 29: the lengths of contents over 2^31 and 2^32 octets are right, without writing them.
func TestLengthsOverFourGibibytes(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	for _, size := range []int64{1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32, 1 << 40} {
		o := cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}
		d, err := cms.NewDigests(o)
		if err != nil {
			t.Fatal(err)
		}
		d.Set(alg.SHA256, alg.SHA256.Sum(nil), size)
		m, err := cms.Sign(o, d)
		if err != nil {
			t.Fatal(err)
		}
		var head headOnly
		if err := m.Write(&head, &zeros{1}); err == nil {
			t.Error("one octet is enough")
		}
		c, err := cms.Read(io.MultiReader(bytes.NewReader(head), &zeros{size}), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatalf("%d: %v", size, err)
		}
		if n, err := io.CopyN(io.Discard, c.(*cms.Signed).Content(), 1<<20); n != 1<<20 || err != nil {
			t.Errorf("%d: %v", size, err)
		}
		if overhead := m.Size() - size; overhead < 500 || overhead > 5000 {
			t.Errorf("%d octets around a content of %d", overhead, size)
		}
	}
}

// headOnly keeps the first write.
type headOnly []byte

func (h *headOnly) Write(p []byte) (int, error) {
	if *h == nil {
		*h = bytes.Clone(p)
	}
	return len(p), nil
}

// io.Copy takes the way past buffers, and what it copied is what was hashed.
func TestTheContentIsHashedWhicheverWayItIsRead(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	content := bytes.Repeat([]byte("Proof.\r\n"), 100_000)
	raw := stream(t, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}, content)
	full := errors.New("the disk is full")
	for name, read := range map[string]func(io.Reader) error{
		"not at all": func(io.Reader) error { return nil },
		"copied":     func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err },
		"in pieces": func(r io.Reader) error {
			_, err := io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{r}, make([]byte, 999))
			return err
		},
		"in part, then copied": func(r io.Reader) error {
			if _, err := io.ReadFull(r, make([]byte, 12_345)); err != nil {
				return err
			}
			_, err := io.Copy(io.Discard, r)
			return err
		},
		"copied in part, then skipped": func(r io.Reader) error {
			if _, err := io.Copy(&failingAfter{100_000, full}, r); err != full {
				return errors.New("the error is lost")
			}
			return nil
		},
	} {
		c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		s := c.(*cms.Signed)
		if err := read(s.Content()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Finish(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if k, err := s.Check(s.Signers[0], nil, alg.Allow{}); err != nil || !k.OK() || s.Digests().Size() != int64(len(content)) {
			t.Errorf("%s: %d octets, %+v, %v", name, s.Digests().Size(), k.Findings, err)
		}
	}
}

type onlyReader struct{ io.Reader }

type onlyWriter struct{ io.Writer }
