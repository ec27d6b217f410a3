package smime

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// file is a mail on disk.
type file struct {
	*os.File
	size int64
}

func (f file) Size() int64 { return f.size }

func openFile(t testing.TB, path string) file {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return file{f, info.Size()}
}

// writeFile writes what f gives to a file.
func writeFile(t testing.TB, path string, f func(io.Writer) error) {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(out, 1<<20)
	if err := f(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func parseFile(t testing.TB, path string) *eml.Message {
	t.Helper()
	m, err := eml.Parse(openFile(t, path), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// largeMails writes mails with an attachment of some size: clear, opaque, and both encrypted. They are returned by name.
func (s *story) largeMails(dir string, size int64) map[string]string {
	path := func(name string) string { return filepath.Join(dir, name+".eml") }
	writeFile(s.t, path("plain"), func(w io.Writer) error {
		io.WriteString(w, "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n"+
			"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		enc := eml.NewBase64Encoder(w, 76, eml.CRLF)
		if _, err := io.CopyN(enc, rand.NewChaCha8([32]byte{}), size*3/4); err != nil {
			return err
		}
		if err := enc.Close(); err != nil {
			return err
		}
		_, err := io.WriteString(w, "--b--\r\n")
		return err
	})
	ctx := context.Background()
	sign := func(from string, opaque bool) func(io.Writer) error {
		return func(w io.Writer) error {
			o := signing(s.alice)
			o.Opaque = opaque
			return Sign(ctx, w, parseFile(s.t, path(from)), o)
		}
	}
	seal := func(from string, p CipherPolicy) func(io.Writer) error {
		return func(w io.Writer) error {
			return Encrypt(ctx, w, parseFile(s.t, path(from)), EncryptOptions{Policy: p, Recipients: []Recipient{{Certificate: s.bob.Certificate}}})
		}
	}
	writeFile(s.t, path("clear"), sign("plain", false))
	writeFile(s.t, path("opaque"), sign("plain", true))
	writeFile(s.t, path("gcm"), seal("plain", gcm))
	writeFile(s.t, path("cbc"), seal("plain", cbc))
	writeFile(s.t, path("clear-gcm"), seal("clear", gcm))
	all := map[string]string{}
	for _, name := range []string{"plain", "clear", "opaque", "gcm", "cbc", "clear-gcm"} {
		all[name] = path(name)
	}
	return all
}

// peakHeap returns the most memory that the heap held while f ran.
func peakHeap(f func()) int64 {
	runtime.GC()
	var before, m runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Int64
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), int64(m.HeapInuse)-int64(before.HeapInuse)))
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return peak.Load()
}

func TestALargeMailIsOpenedInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes large files")
	}
	s := newStory(t)
	o, dir := s.opener(), t.TempDir()
	o.Spool.Dir = dir
	for name, path := range s.largeMails(dir, 48<<20) {
		m := parseFile(t, path)
		var r *Report
		peak := peakHeap(func() {
			var err error
			if r, err = o.Open(context.Background(), m); err != nil {
				t.Fatal(err)
			}
			if err := r.WritePlain(io.Discard); err != nil {
				t.Error(err)
			}
		})
		if peak > 16<<20 {
			t.Errorf("%s: %d MiB", name, peak>>20)
		}
		if name == "clear" || name == "opaque" || name == "clear-gcm" {
			wantGood(t, r)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkOpenLarge(b *testing.B) {
	s := newStory(b)
	o, dir := s.opener(), b.TempDir()
	o.Spool.Dir = dir
	mails := s.largeMails(dir, 64<<20)
	for _, name := range []string{"plain", "clear", "opaque", "gcm", "cbc", "clear-gcm"} {
		b.Run(name, func(b *testing.B) {
			src := openFile(b, mails[name])
			b.SetBytes(src.size)
			for b.Loop() {
				m, err := eml.Parse(src, limit.New(limit.Limits{}))
				if err != nil {
					b.Fatal(err)
				}
				r, err := o.Open(context.Background(), m)
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}

func BenchmarkOpenSmall(b *testing.B) {
	s := newStory(b)
	o := s.opener()
	for _, c := range []struct{ name, mail string }{{"clear", s.clear(s.mail, s.alice)}, {"opaque", s.opaque(s.mail, s.alice)},
		{"gcm", s.encrypt(s.mail, gcm, s.bob)}, {"clear-gcm", s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob)}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := o.Open(context.Background(), parse(b, c.mail))
				if err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}
