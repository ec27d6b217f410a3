package alg

import (
	"bytes"
	"crypto/subtle"
	"io"
)

// maxHeld is how much of a content is held for a cipher that was not told ahead what it needs.
const maxHeld = 1 << 20

// Ahead is what is known of a content before it is there. The zero value knows nothing, which is enough
// for CBC and GCM, and for contents up to 1 MiB with every cipher.
type Ahead struct {
	Known bool   // the fields below are true
	AAD   []byte // the additional data: the encoded authenticated attributes; nil: there are none
	Size  int64  // octets of the content, without padding and tag; -1: not known
}

// Decrypter decrypts what is written to it. What comes out is worth nothing until Finish returned nil.
type Decrypter struct {
	cipher *Cipher
	cek    []byte
	w      io.Writer
	ahead  Ahead
	stream *stream
	held   []byte // ciphertext that waits for Finish, while there is no stream
	err    error
}

// NewDecrypter returns what decrypts to w, which is a quarantine: see Finish. A key of a wrong length is ErrDecrypt.
func (c *Cipher) NewDecrypter(cek []byte, w io.Writer, ahead Ahead) (*Decrypter, error) {
	d := &Decrypter{cipher: c, cek: cek, w: w, ahead: ahead}
	if err := c.CheckKey(cek); err != nil {
		return nil, err
	}
	if c.mode.ahead == nil || c.mode.ahead(ahead) {
		return d, d.begin()
	}
	return d, nil
}

// begin makes the stream.
func (d *Decrypter) begin() error {
	e, err := d.cipher.start(d.cek, d.ahead, true)
	if err != nil {
		return err
	}
	d.stream = newStream(e, d.w, d.cipher.mode.max)
	return nil
}

// Write decrypts. Errors are those of the writer below, ErrAhead, or a content over the cipher's limit.
func (d *Decrypter) Write(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.stream == nil && len(d.held)+len(p) > maxHeld {
		if d.err = d.release(); d.err != nil {
			return 0, d.err
		}
	}
	if d.stream == nil {
		d.held = append(d.held, p...)
		return len(p), nil
	}
	return d.stream.Write(p)
}

// release gives up waiting: where only the additional data is not known, it is taken that there is none.
func (d *Decrypter) release() error {
	if none := (Ahead{Known: true, Size: -1}); !d.ahead.Known && d.cipher.mode.ahead(none) {
		if err := d.begin(); err != nil {
			return err
		}
		_, err := d.stream.Write(d.held)
		d.held = nil
		return err
	}
	return ErrAhead
}

// Finish decrypts what is left and checks it: the tag and the additional data of an AEAD, the padding of others,
// for which tag and aad are nil. It fails with ErrDecrypt, or with ErrAhead when the additional data had
// to be known before. For CBC nil does not mean that nothing was changed.
func (d *Decrypter) Finish(tag, aad []byte) error {
	if d.err != nil {
		return d.err
	}
	if d.stream == nil {
		d.ahead = Ahead{Known: true, AAD: aad, Size: int64(len(d.held))}
		if err := d.begin(); err != nil {
			return err
		}
		if _, err := d.stream.Write(d.held); err != nil {
			return err
		}
	}
	if d.stream.err != nil {
		return d.stream.err
	}
	if !d.cipher.AEAD() {
		return d.finishPadded(tag, aad)
	}
	if d.cipher.mode.ahead != nil && !bytes.Equal(aad, d.ahead.AAD) {
		if !d.ahead.Known {
			return ErrAhead
		}
		return ErrDecrypt
	}
	d.stream.flush(d.stream.in)
	if d.stream.err != nil {
		return d.stream.err
	}
	want := d.stream.engine.tag(aad)
	if len(tag) != d.cipher.TagSize || subtle.ConstantTimeCompare(want[:d.cipher.TagSize], tag) != 1 {
		return ErrDecrypt
	}
	return nil
}

// finishPadded takes the padding off (RFC 5652 §6.3).
func (d *Decrypter) finishPadded(tag, aad []byte) error {
	s, block := d.stream, d.cipher.BlockSize
	if len(tag) > 0 || len(aad) > 0 || len(s.in) == 0 || len(s.in)%block != 0 {
		return ErrDecrypt
	}
	out := s.crypt(s.in)
	n, good := padding(out[len(out)-block:])
	if good != 1 {
		return ErrDecrypt
	}
	_, err := s.w.Write(out[:len(out)-n])
	return err
}
