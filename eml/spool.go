package eml

import "io"

// Spool keeps what is written to it, to be read at random: up to Memory bytes in memory, more in a private
// temporary file that holds ciphertext only.
type Spool struct {
	dir string
}

// SpoolOptions says where and how much.
type SpoolOptions struct {
	Dir    string // folder of the temporary file; empty takes os.TempDir()
	Memory int    // bytes kept in memory before a file is made; zero takes 1 MiB
}

// NewSpool returns an empty spool, to be closed by the caller.
func NewSpool(o SpoolOptions) *Spool { panic("soon") }

// SpoolFrom returns a spool with everything r gives.
func SpoolFrom(r io.Reader, o SpoolOptions) (*Spool, error) { panic("soon") }

// Write appends. It must not run beside ReadAt.
func (s *Spool) Write(p []byte) (int, error) { panic("soon") }

// ReadAt implements io.ReaderAt; safe for concurrent use.
func (s *Spool) ReadAt(p []byte, off int64) (int, error) { panic("soon") }

// Size returns the number of bytes written.
func (s *Spool) Size() int64 { panic("soon") }

// Reader returns a reader over everything written so far.
func (s *Spool) Reader() *io.SectionReader { return Section(s, Range{0, s.Size()}) }

// Close forgets the content and removes the file. It may be called again.
func (s *Spool) Close() error { panic("soon") }
