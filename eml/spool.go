package eml

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Spool keeps what is written to it, to be read at random: up to Memory bytes in memory, more in a private
// temporary file. The file holds ciphertext only, under a key that exists in this process alone, and has no name any
// more once it is open, so that nothing is left of it however the process ends.
type Spool struct {
	o SpoolOptions

	mu    sync.RWMutex
	held  []byte   // the end of the content that is not in the file
	file  *os.File // nil while everything is in memory
	filed int64    // bytes in the file
	block cipher.Block
	named bool // the file still has its name: the system does not let go of it while it is open
	err   error
}

// SpoolOptions says where and how much.
type SpoolOptions struct {
	Dir    string // folder of the temporary file; empty takes os.TempDir()
	Memory int    // bytes kept in memory before a file is made; zero takes 1 MiB
}

// spoolPiece is how much is encrypted and written to the file at a time.
const spoolPiece = 256 << 10

// NewSpool returns an empty spool, to be closed by the caller.
func NewSpool(o SpoolOptions) *Spool {
	if o.Memory == 0 {
		o.Memory = 1 << 20
	}
	return &Spool{o: o}
}

// SpoolFrom returns a spool with everything r gives.
func SpoolFrom(r io.Reader, o SpoolOptions) (*Spool, error) {
	s := NewSpool(o)
	if _, err := io.Copy(plainWriter{s}, r); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// plainWriter hides other methods, so that io.Copy uses WriteTo of its source.
type plainWriter struct{ io.Writer }

var errSpoolClosed = errors.New("the spool is closed")

// Write appends. It must not run beside ReadAt.
func (s *Spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for rest := p; len(rest) > 0 && s.err == nil; {
		room := s.o.Memory
		if s.file != nil {
			room = spoolPiece
		}
		n := min(len(rest), max(room-len(s.held), 0))
		s.held = append(s.held, rest[:n]...)
		rest = rest[n:]
		if len(rest) > 0 || s.file != nil && len(s.held) >= spoolPiece {
			s.flush()
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

// flush moves what is held to the file.
func (s *Spool) flush() {
	if s.file == nil {
		if s.err = s.create(); s.err != nil {
			return
		}
	}
	s.stream(s.filed).XORKeyStream(s.held, s.held)
	if _, err := s.file.WriteAt(s.held, s.filed); err != nil {
		s.err = fmt.Errorf("write the temporary file: %w", err)
		return
	}
	s.filed += int64(len(s.held))
	if cap(s.held) > 2*spoolPiece {
		s.held = nil
	}
	s.held = s.held[:0]
}

// create makes the file and the key.
func (s *Spool) create() error {
	var key [32]byte
	rand.Read(key[:])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.o.Dir, "waxwing-*.spool") // mode 0600
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	s.named = os.Remove(f.Name()) != nil
	s.file, s.block = f, block
	return nil
}

// stream returns the key stream from an offset on.
func (s *Spool) stream(off int64) cipher.Stream {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(off/aes.BlockSize))
	c := cipher.NewCTR(s.block, iv[:])
	if skip := int(off % aes.BlockSize); skip > 0 {
		c.XORKeyStream(iv[:skip], iv[:skip])
	}
	return c
}

// ReadAt implements io.ReaderAt; safe for concurrent use.
func (s *Spool) ReadAt(p []byte, off int64) (n int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.err != nil {
		return 0, s.err
	}
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	if off < s.filed {
		piece := p[:min(int64(len(p)), s.filed-off)]
		if n, err = s.file.ReadAt(piece, off); n < len(piece) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, fmt.Errorf("read the temporary file: %w", err)
		}
		s.stream(off).XORKeyStream(piece, piece)
	}
	if at := off + int64(n) - s.filed; n < len(p) && at < int64(len(s.held)) {
		n += copy(p[n:], s.held[at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Size returns the number of bytes written.
func (s *Spool) Size() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.filed + int64(len(s.held))
}

// Reader returns a reader over everything written so far.
func (s *Spool) Reader() *io.SectionReader { return Section(s, Range{0, s.Size()}) }

// Close forgets the content and removes the file. It may be called again.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.held)
	s.held, s.block, s.err = nil, nil, errSpoolClosed
	f := s.file
	s.file, s.filed = nil, 0
	if f == nil {
		return nil
	}
	err := f.Close()
	if s.named {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
