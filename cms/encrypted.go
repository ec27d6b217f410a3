package cms

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Encrypted is an EncryptedData as it is read (RFC 5652 §8): its key is managed elsewhere.
type Encrypted struct {
	Version     int
	ContentType der.OID
	Cipher      alg.Identifier
	Detached    bool        // the ciphertext is not in the message
	Attributes  []Attribute // unprotected; known after Decrypt

	sealed
}

// Type returns id-encryptedData.
func (e *Encrypted) Type() der.OID { return alg.OIDEncryptedData }

// read reads up to the ciphertext.
func (e *Encrypted) read() (err error) {
	if err := e.r.Enter(der.Sequence); err != nil {
		return err
	}
	if e.Version, err = e.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	e.ContentType, e.Cipher, e.Detached, err = e.readEncrypted()
	return err
}

// Decrypt decrypts the content to w under the rules of Enveloped.Decrypt. A cipher that authenticates has no place here for its tag:
// ErrWrongContainer.
func (e *Encrypted) Decrypt(ctx context.Context, w io.Writer, key []byte, allow alg.Allow) error {
	cipher, err := alg.CipherOf(e.Cipher, allow)
	if err != nil {
		return err
	}
	if cipher.AEAD() {
		return ErrWrongContainer
	}
	if e.Detached {
		return ErrDetached
	}
	d, err := cipher.NewDecrypter(key, w, alg.Ahead{})
	if err != nil {
		return ErrDecrypt
	}
	if err := e.copyCiphertext(contextWriter{ctx, d}); err != nil {
		return uniform(err, DecryptOptions{})
	}
	if e.Attributes, _, err = e.attributes(1); err != nil {
		return err
	}
	if _, err := e.end(3); err != nil {
		return err
	}
	return uniform(d.Finish(nil, nil), DecryptOptions{})
}

// NewEncryptedWriter returns a writer that encrypts what is written to it under a key that both sides hold, and puts it
// on w as an EncryptedData with a CBC cipher. size is the length of the content, -1 when it is not known; contentType is
// id-data when empty. Close ends it.
func NewEncryptedWriter(w io.Writer, cipherOID, contentType der.OID, key []byte, size int64) (io.WriteCloser, error) {
	cipher, err := alg.NewCipher(cipherOID)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if cipher.AEAD() {
		return nil, fmt.Errorf("encrypt: %w", ErrWrongContainer)
	}
	if cipher.CheckKey(key) != nil {
		return nil, errors.New("encrypt: the key has not the length that the cipher wants")
	}
	o := EnvelopeOptions{ContentType: contentType}
	s := &sealing{w: w, kind: alg.OIDEncryptedData, head: []byte{2, 1, 0}, contentType: o.contentType(), cipher: cipher,
		tail: func([]byte) []byte { return nil }}
	return s.begin(key, size, nil)
}
