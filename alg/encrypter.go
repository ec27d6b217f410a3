package alg

import (
	"bytes"
	"errors"
	"io"
)

var errUsed = errors.New("a cipher encrypts one content: its nonce was not made for this one")

// Encrypter encrypts what is written to it.
type Encrypter struct {
	cipher *Cipher
	ahead  Ahead
	stream *stream
}

// NewEncrypter returns what encrypts to w. It fails when the cipher was not made by NewCipher or was used before:
// a nonce serves once (RFC 5084 §3.2). CCM needs ahead.Size, and CCM and ChaCha20-Poly1305 need ahead.AAD where
// there is additional data.
func (c *Cipher) NewEncrypter(cek []byte, w io.Writer, ahead Ahead) (*Encrypter, error) {
	if !c.fresh {
		return nil, errUsed
	}
	if c.isCCM() && !c.mode.ahead(ahead) {
		return nil, ErrAhead
	}
	e, err := c.start(cek, ahead, false)
	if err != nil {
		return nil, err
	}
	c.fresh = false
	return &Encrypter{cipher: c, ahead: ahead, stream: newStream(e, w, c.mode.max)}, nil
}

// Write encrypts.
func (e *Encrypter) Write(p []byte) (int, error) { return e.stream.Write(p) }

// Finish writes the padding, and returns the tag of an AEAD over the content and aad, the encoded authenticated
// attributes; nil for other ciphers. Where Ahead was needed, the content and aad must be as it said.
func (e *Encrypter) Finish(aad []byte) (tag []byte, err error) {
	s := e.stream
	switch {
	case s.err != nil:
		return nil, s.err
	case e.cipher.mode.ahead != nil && !bytes.Equal(aad, e.ahead.AAD):
		return nil, ErrAhead
	case e.cipher.isCCM() && s.size != uint64(e.ahead.Size):
		return nil, ErrAhead
	case !e.cipher.AEAD():
		if len(aad) > 0 {
			return nil, errors.New(e.cipher.Name + " takes no additional data")
		}
		s.in = pad(s.in, e.cipher.BlockSize)
	}
	s.flush(s.in)
	if s.err != nil || !e.cipher.AEAD() {
		return nil, s.err
	}
	return s.engine.tag(aad)[:e.cipher.TagSize], nil
}
