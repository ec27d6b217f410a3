package eml

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestASpoolGivesBackWhatWasWritten(t *testing.T) {
	for _, memory := range []int{1, 100, 70_000, 1 << 20} {
		for _, size := range []int{0, 1, 99, 100, 101, bufferSize, bufferSize + 100, 3*bufferSize + 7, 400_000} {
			data := randomBytes(size)
			s, err := SpoolFrom(iotest.HalfReader(bytes.NewReader(data)), SpoolOptions{Dir: t.TempDir(), Memory: memory})
			if err != nil {
				t.Fatal(err)
			}
			if s.Size() != int64(size) {
				t.Errorf("%d in %d: size %d", size, memory, s.Size())
			}
			if got, err := io.ReadAll(s.Reader()); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d in %d: %d bytes, %v", size, memory, len(got), err)
			}
			if size < 1000 {
				if err := iotest.TestReader(s.Reader(), data); err != nil {
					t.Errorf("%d in %d: %v", size, memory, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestASpoolIsReadAtAnyPlaceWhileItGrows(t *testing.T) {
	data := randomBytes(300_000)
	s := NewSpool(SpoolOptions{Dir: t.TempDir(), Memory: 1000})
	defer s.Close()
	for at, piece := 0, 1; at < len(data); piece = piece*3 + 1 {
		n := min(piece, len(data)-at)
		if k, err := s.Write(data[at : at+n]); k != n || err != nil {
			t.Fatal(k, err)
		}
		at += n
		for _, off := range []int{0, 17, 999, 1000, 1001, at / 2, at - 1, at} {
			if off > at {
				continue
			}
			got := make([]byte, 777)
			n, err := s.ReadAt(got, int64(off))
			want := data[off:min(at, off+777)]
			if !bytes.Equal(got[:n], want) || n < 777 && err != io.EOF || n == 777 && err != nil {
				t.Fatalf("%d of %d: %d bytes, %v", off, at, n, err)
			}
		}
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if got, err := io.ReadAll(s.Reader()); err != nil || !bytes.Equal(got, data) {
				t.Errorf("beside others: %v", err)
			}
		})
	}
	wait.Wait()
}

// The temporary file: private, of ciphertext only, gone when nobody holds it any more.
func TestASpoolLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
	dir := t.TempDir()
	s := NewSpool(SpoolOptions{Dir: dir, Memory: 10})
	secret := strings.Repeat("confidential text of a mail ", 10_000)
	if _, err := io.WriteString(s, secret); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the file has a name: %v", left)
	}
	links, _ := filepath.Glob("/proc/self/fd/*")
	found := false
	for _, link := range links {
		target, _ := os.Readlink(link)
		if !strings.HasPrefix(target, dir) {
			continue
		}
		found = true
		info, err := os.Stat(link)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		stored, err := os.ReadFile(link)
		if err != nil || len(stored) < 4*bufferSize {
			t.Errorf("%d bytes, %v", len(stored), err)
		}
		if bytes.Contains(stored, []byte("confid")) || bytes.Count(stored, []byte{0}) > len(stored)/100 {
			t.Error("the file does not look like ciphertext")
		}
	}
	if !found {
		t.Error("no file was made")
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("a closed spool was read")
	}
	if _, err := s.Write([]byte("x")); err == nil {
		t.Error("a closed spool was written")
	}
}

func TestTwoSpoolsOfTheSameTextDifferOnDisk(t *testing.T) {
	text := bytes.Repeat([]byte{'x'}, bufferSize)
	var stored [2][]byte
	for i := range stored {
		f, err := newTempFile(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		f.Write(text)
		stored[i] = make([]byte, bufferSize)
		if _, err := f.f.ReadAt(stored[i], 0); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(stored[0], stored[1]) || bytes.Equal(stored[0][:16], stored[0][16:32]) {
		t.Error("the key stream repeats")
	}
}

func TestASpoolTellsWhyItFails(t *testing.T) {
	if _, err := SpoolFrom(strings.NewReader("more than a byte"), SpoolOptions{Dir: filepath.Join(t.TempDir(), "none"), Memory: 1}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := SpoolFrom(iotest.ErrReader(io.ErrClosedPipe), SpoolOptions{}); err != io.ErrClosedPipe {
		t.Error(err)
	}
	s := NewSpool(SpoolOptions{Dir: t.TempDir(), Memory: 1})
	defer s.Close()
	if _, err := s.Write(make([]byte, 2*bufferSize)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a negative offset was read")
	}
	s.file.f.Close() // as if the disk had gone
	if _, err := s.Write(make([]byte, bufferSize)); err == nil {
		t.Error("written to a lost file")
	}
	if _, err := s.ReadAt(make([]byte, 10), 5); err == nil {
		t.Error("read from a lost file")
	}
}

func BenchmarkSpool(b *testing.B) {
	data := make([]byte, 16<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s, err := SpoolFrom(bytes.NewReader(data), SpoolOptions{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, s.Reader())
		s.Close()
	}
}
