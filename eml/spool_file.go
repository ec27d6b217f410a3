package eml

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// tempFile is a file of ciphertext: AES-256 in counter mode under a key of its own that is never stored. Each
// byte of the key stream is used once, since the file is only appended to.
type tempFile struct {
	f     *os.File
	name  string // to be removed on Close; empty where the file has no name any more
	block cipher.Block
	size  int64
	tail  []byte // plaintext not in the file yet: the last size % bufferSize bytes
	out   []byte // scratch for ciphertext
}

func newTempFile(dir string) (*tempFile, error) {
	var key [32]byte
	rand.Read(key[:])
	block, err := aes.NewCipher(key[:])
	clear(key[:])
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	f, err := os.CreateTemp(dir, "waxwing-spool-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	t := &tempFile{f: f, name: f.Name(), block: block, tail: make([]byte, 0, bufferSize), out: make([]byte, bufferSize)}
	if os.Remove(t.name) == nil { // not possible on every system while the file is open
		t.name = ""
	}
	return t, nil
}

// stream returns the key stream from an offset that is a multiple of the block size.
func (t *tempFile) stream(off int64) cipher.Stream {
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(off/aes.BlockSize))
	return cipher.NewCTR(t.block, counter[:])
}

// Write appends.
func (t *tempFile) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n := min(len(p)-written, bufferSize-len(t.tail))
		t.tail = append(t.tail, p[written:written+n]...)
		t.size += int64(n)
		written += n
		if len(t.tail) == bufferSize {
			if err := t.flush(); err != nil {
				t.size -= int64(n)
				t.tail = t.tail[:len(t.tail)-n]
				return written - n, err
			}
		}
	}
	return written, nil
}

// flush writes a full tail to the file.
func (t *tempFile) flush() error {
	off := t.size - bufferSize
	t.stream(off).XORKeyStream(t.out, t.tail)
	if _, err := t.f.WriteAt(t.out, off); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	clear(t.tail)
	t.tail = t.tail[:0]
	return nil
}

// ReadAt is safe for concurrent use.
func (t *tempFile) ReadAt(p []byte, off int64) (int, error) {
	if off >= t.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), t.size-off))
	stored := t.size - int64(len(t.tail))
	k := 0
	if off < stored {
		k = int(min(int64(n), stored-off))
		if got, err := t.f.ReadAt(p[:k], off); got < k {
			clear(p[:k])
			return 0, fmt.Errorf("spool: the temporary file was cut off: %w", err)
		}
		t.decrypt(p[:k], off)
	}
	if k < n {
		copy(p[k:n], t.tail[off+int64(k)-stored:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (t *tempFile) decrypt(p []byte, off int64) {
	stream := t.stream(off)
	if skip := off % aes.BlockSize; skip > 0 {
		var unused [aes.BlockSize]byte
		stream.XORKeyStream(unused[:skip], unused[:skip])
	}
	stream.XORKeyStream(p, p)
}

// Close removes the file.
func (t *tempFile) Close() error {
	clear(t.tail)
	t.block = nil
	err := t.f.Close()
	if t.name != "" {
		if removed := os.Remove(t.name); err == nil {
			err = removed
		}
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}
