package eml

import (
	"errors"
	"io"
)

// Spool keeps what is written to it, to be read at random: up to Memory bytes in memory, more in a private
// temporary file that holds ciphertext only.
//
// The key of the file lives in memory and differs from spool to spool, so what a crash leaves on a disk is noise.
// Where the system allows it the file has no name from its first moment on, and vanishes with the process.
type Spool struct {
	dir    string
	most   int       // bytes kept in memory
	mem    []byte    // the first bytes
	file   *tempFile // those after most; nil until there are any
	closed bool
}

// SpoolOptions says where and how much.
type SpoolOptions struct {
	Dir    string // folder of the temporary file; empty takes os.TempDir()
	Memory int    // bytes kept in memory before a file is made; zero takes 1 MiB
}

// errSpoolClosed is what a closed spool answers.
var errSpoolClosed = errors.New("spool: already closed")

// NewSpool returns an empty spool, to be closed by the caller.
func NewSpool(o SpoolOptions) *Spool {
	s := &Spool{dir: o.Dir, most: o.Memory}
	if s.most <= 0 {
		s.most = 1 << 20
	}
	return s
}

// SpoolFrom returns a spool with everything r gives.
func SpoolFrom(r io.Reader, o SpoolOptions) (*Spool, error) {
	s := NewSpool(o)
	buf := borrow()
	defer giveBack(buf)
	defer clear(*buf)
	if _, err := io.CopyBuffer(struct{ io.Writer }{s}, onlyReader{r}, *buf); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Write appends. It must not run beside ReadAt.
func (s *Spool) Write(p []byte) (int, error) {
	if s.closed {
		return 0, errSpoolClosed
	}
	n := min(len(p), s.most-len(s.mem))
	s.grow(n)
	s.mem = append(s.mem, p[:n]...)
	if n == len(p) {
		return n, nil
	}
	if s.file == nil {
		f, err := newTempFile(s.dir)
		if err != nil {
			return n, err
		}
		s.file = f
	}
	k, err := s.file.Write(p[n:])
	return n + k, err
}

// grow makes room, and leaves no copy of what was written behind.
func (s *Spool) grow(n int) {
	if len(s.mem)+n <= cap(s.mem) {
		return
	}
	larger := make([]byte, len(s.mem), min(s.most, max(2*cap(s.mem), len(s.mem)+n, 4<<10)))
	copy(larger, s.mem)
	clear(s.mem)
	s.mem = larger
}

// ReadAt implements io.ReaderAt; safe for concurrent use.
func (s *Spool) ReadAt(p []byte, off int64) (int, error) {
	if s.closed {
		return 0, errSpoolClosed
	}
	if off < 0 {
		return 0, errors.New("spool: negative offset")
	}
	n := 0
	if off < int64(len(s.mem)) {
		n = copy(p, s.mem[off:])
	}
	if n == len(p) {
		return n, nil
	}
	if s.file == nil {
		return n, io.EOF
	}
	k, err := s.file.ReadAt(p[n:], off+int64(n)-int64(len(s.mem)))
	return n + k, err
}

// Size returns the number of bytes written.
func (s *Spool) Size() int64 {
	if s.file == nil {
		return int64(len(s.mem))
	}
	return int64(len(s.mem)) + s.file.size
}

// Reader returns a reader over everything written so far.
func (s *Spool) Reader() *io.SectionReader { return Section(s, Range{0, s.Size()}) }

// Close forgets the content and removes the file. It may be called again.
func (s *Spool) Close() error {
	s.closed = true
	clear(s.mem)
	s.mem = nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
