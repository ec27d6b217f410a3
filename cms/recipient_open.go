package cms

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// certificateList is certificates to look for an originator in.
type certificateList []*pki.Certificate

// openInput is what opening a recipient entry needs beside the key.
type openInput struct {
	allow       alg.Allow
	budget      *limit.Budget
	originators certificateList
	size        int // octets of the content key; 0 for any
}

var errUnfit = errors.New("the key does not fit the entry")

// open returns the content key that an entry of any kind but key transport holds for a key. All of these kinds notice a
// wrong one. The error is for the audit.
func (r *Recipient) open(k Key, in openInput) (cek []byte, err error) {
	switch r.Kind {
	case KeyAgreement:
		cek, err = r.openAgreement(k, in)
	case KEK:
		cek, err = r.openWrapped(k.KEK, in)
	case Password:
		cek, err = r.openPassword(k.Password, in)
	default:
		err = r.unsupported()
	}
	if err == nil && in.size > 0 && len(cek) != in.size {
		err = alg.ErrDecrypt // RFC 8551 §2.3: the key has the length that the cipher wants (STANDARDS item 30)
	}
	return cek, err
}

// unsupported names what an entry of another kind would need.
func (r *Recipient) unsupported() error {
	what := r.OtherType
	if r.KEM != nil {
		what = r.KEM.Algorithm.OID
	}
	e, _ := alg.Lookup(what)
	return &alg.UnsupportedError{Algorithm: e.String(), Status: e.Status, Use: "recipient"}
}

// openTransport tries RSA keys. proven tells that the key is surely right, which PKCS #1 v1.5 cannot.
func (r *Recipient) openTransport(keys []crypto.Decrypter, in openInput) (cek []byte, proven bool, err error) {
	t, err := alg.TransportOf(r.KeyEncryption, in.allow)
	if err != nil {
		return nil, false, err
	}
	if len(keys) == 0 {
		return nil, false, errUnfit
	}
	cek, err = t.DecryptAny(keys, r.EncryptedKey, in.size)
	return cek, err == nil && t.OAEP != nil, err
}

func (r *Recipient) openAgreement(k Key, in openInput) ([]byte, error) {
	a, err := alg.AgreementOf(r.KeyEncryption, in.allow)
	if err != nil {
		return nil, err
	}
	if k.Private == nil {
		return nil, errUnfit
	}
	from := alg.OriginatorKey{Algorithm: r.Originator.Algorithm, PublicKey: r.Originator.PublicKey}
	if r.Originator.ID != nil {
		if from, err = in.originators.key(r.Originator.ID); err != nil {
			return nil, err
		}
	}
	kek, err := a.Receive(k.Private, from, r.UKM)
	if err != nil {
		return nil, err
	}
	return a.Wrap.Unwrap(kek, r.EncryptedKey)
}

// key finds the public key of an originator who is named by a certificate (RFC 5753 §3.1.1: static-static).
func (l certificateList) key(id *ID) (alg.OriginatorKey, error) {
	for _, c := range l {
		if id.Matches(c) {
			return alg.OriginatorKey{Algorithm: c.KeyInfo.Algorithm, PublicKey: c.KeyInfo.Raw}, nil
		}
	}
	return alg.OriginatorKey{}, errors.New("the originator's certificate is not in the message")
}

func (r *Recipient) openWrapped(kek []byte, in openInput) ([]byte, error) {
	w, err := alg.WrapOf(r.KeyEncryption, in.allow)
	if err != nil {
		return nil, err
	}
	if len(kek) != w.KeySize {
		return nil, errUnfit
	}
	return w.Unwrap(kek, r.EncryptedKey)
}

func (r *Recipient) openPassword(password []byte, in openInput) ([]byte, error) {
	w, err := alg.WrapOf(r.KeyEncryption, in.allow)
	if err != nil {
		return nil, err
	}
	kek := password
	if r.KDF.OID != "" {
		kdf, err := alg.KDFOf(r.KDF)
		if err != nil {
			return nil, err
		}
		if kek, err = kdf.Key(password, w.KeySize, in.budget); err != nil {
			return nil, fmt.Errorf("key derivation: %w", err)
		}
	}
	if len(kek) != w.KeySize {
		return nil, errUnfit
	}
	return w.Unwrap(kek, r.EncryptedKey)
}
