package alg

import (
	"bytes"
	"crypto"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/der"
)

// ErrKeyUnavailable is for a crypto.Decrypter, such as a token, to wrap in its error when it cannot
// work now: it was pulled out, or its PIN is missing. Any other error of it counts as a key that does not decrypt.
var ErrKeyUnavailable = errors.New("the private key is not available now")

// Transport is RSA key transport: PKCS #1 v1.5, or OAEP with its parameters.
type Transport struct {
	Entry
	OAEP *OAEPParams // nil for PKCS #1 v1.5

	id Identifier
}

// TransportOf returns the key transport that an identifier names. Parameters of OAEP that are missing
// or malformed are a *ParamsError, and never mean PKCS #1 v1.5 (STANDARDS 7).
func TransportOf(id Identifier, allow Allow) (*Transport, error) {
	switch id.OID {
	case OIDRSA:
		return &Transport{Entry: transportEntry(OIDRSA), id: id}, nil
	case OIDRSAESOAEP:
		return oaepOf(id, allow)
	}
	e, _ := Lookup(id.OID)
	return nil, &UnsupportedError{Algorithm: e.String(), Status: e.Status, Use: string(KindKeyTransport)}
}

// transportEntry is the row of a key transport; rsaEncryption is in the table as a public key.
func transportEntry(oid der.OID) Entry {
	e := table[oid]
	if oid == OIDRSA {
		e.Name, e.Kind = "RSA PKCS #1 v1.5", KindKeyTransport
	}
	return e
}

// oaepOf reads id-RSAES-OAEP. RFC 4055 §4.1: the parameters are present; a field that is absent in
// them stands for SHA-1, which as a part of OAEP needs no resistance against collisions.
func oaepOf(id Identifier, allow Allow) (*Transport, error) {
	t := &Transport{Entry: transportEntry(OIDRSAESOAEP), id: id}
	if id.noParams() {
		return nil, &ParamsError{Algorithm: t.Name, Reason: "missing"}
	}
	p, err := parseOAEPParams(id.Params)
	if err != nil {
		return nil, err
	}
	for _, h := range []*Hash{p.Hash, p.MGFHash} {
		if h.Std == 0 || h == MD5 {
			return nil, &UnsupportedError{Algorithm: t.Name + " with " + h.Name, Status: h.Status, Use: string(KindKeyTransport)}
		}
	}
	t.OAEP = p
	return t, nil
}

// NewPKCS1 returns RSAES-PKCS1-v1_5 (RFC 3370 §4.2.1), for writing.
func NewPKCS1() *Transport {
	return &Transport{Entry: transportEntry(OIDRSA), id: Identifier{OID: OIDRSA, Params: null()}}
}

// NewOAEP returns RSAES-OAEP with a digest, which MGF1 uses too (RFC 4055 §4.1), for writing.
func NewOAEP(h *Hash) (*Transport, error) {
	return oaepOf((&OAEPParams{Hash: h, MGFHash: h}).identifier(), Allow{})
}

// TransportFor returns the key transport for a recipient's RSA key: OAEP where the key is reserved for it
// (with the parameters that it demands) or where h is given, and PKCS #1 v1.5 otherwise.
func TransportFor(pub crypto.PublicKey, h *Hash) (*Transport, error) {
	switch k := pub.(type) {
	case *OAEPPublicKey:
		if k.Params != nil {
			return oaepOf(k.Params.identifier(), Allow{})
		}
		if h == nil {
			h = SHA256
		}
		return NewOAEP(h)
	case *rsa.PublicKey:
		if h != nil {
			return NewOAEP(h)
		}
		return NewPKCS1(), nil
	}
	return nil, fmt.Errorf("no key transport to a key of type %s", KeyName(pub))
}

// Identifier returns the keyEncryptionAlgorithm.
func (t *Transport) Identifier() Identifier { return t.id }

// Encrypt encrypts a content key to an RSA public key (*rsa.PublicKey or *OAEPPublicKey).
func (t *Transport) Encrypt(pub crypto.PublicKey, cek []byte) ([]byte, error) {
	var key *rsa.PublicKey
	switch k := pub.(type) {
	case *rsa.PublicKey:
		key = k
	case *OAEPPublicKey:
		key = k.PublicKey
	}
	if key == nil || t.OAEP == nil && key != pub {
		return nil, fmt.Errorf("%s does not fit a key of type %s", t.Name, KeyName(pub))
	}
	if t.OAEP != nil {
		return rsa.EncryptOAEPWithOptions(rand.Reader, key, cek, t.options())
	}
	return rsa.EncryptPKCS1v15(rand.Reader, key, cek) //nolint:staticcheck // RFC 8551 §2.3 demands it
}

func (t *Transport) options() *rsa.OAEPOptions {
	return &rsa.OAEPOptions{Hash: t.OAEP.Hash.Std, MGFHash: t.OAEP.MGFHash.Std, Label: t.OAEP.Label}
}

// Decrypt decrypts a content key of size octets, or of any size when that is 0, as the keys of a MAC are.
//
// With PKCS #1 v1.5 it does not tell whether that went well: in place of a key that does not decrypt, or has another
// size, comes one that nobody can guess (RFC 3218 §2.3.2; STANDARDS 6), with which the content will not decrypt. For an
// *rsa.PrivateKey it is the same one each time, so that trying again tells no more. With OAEP a failure is
// ErrDecrypt. Only an error that wraps ErrKeyUnavailable is passed on.
func (t *Transport) Decrypt(key crypto.Decrypter, encrypted []byte, size int) ([]byte, error) {
	return t.DecryptAny([]crypto.Decrypter{key}, encrypted, size)
}

// DecryptAny is Decrypt with several keys that one entry may be for (STANDARDS 17). All are used; the first that decrypts
// counts, and it does not tell which that was.
func (t *Transport) DecryptAny(keys []crypto.Decrypter, encrypted []byte, size int) ([]byte, error) {
	if t.OAEP == nil {
		return decryptPKCS1(keys, encrypted, size)
	}
	var found []byte
	var missing error
	for _, key := range keys {
		out, err := key.Decrypt(rand.Reader, encrypted, t.options())
		switch {
		case errors.Is(err, ErrKeyUnavailable):
			missing = err
		case err == nil && found == nil && (size <= 0 || len(out) == size):
			found = out
		}
	}
	switch {
	case found != nil:
		return found, nil
	case missing != nil:
		return nil, missing
	}
	return nil, ErrDecrypt
}

// decryptPKCS1 decrypts without telling whether the padding was good.
func decryptPKCS1(keys []crypto.Decrypter, encrypted []byte, size int) ([]byte, error) {
	out := rejected(keys, encrypted, size)
	found, used := 0, 0
	var missing error
	for _, key := range memoryFirst(keys) {
		one, good, err := sessionKey(key, encrypted, size, out)
		if err != nil {
			missing = err
			continue
		}
		used++
		if good &^= found; size > 0 {
			subtle.ConstantTimeCopy(good, out, one)
		} else if good == 1 {
			out = one
		}
		found |= good
	}
	if used == 0 && missing != nil { // not found == 0, which would tell
		return nil, missing
	}
	return out, nil
}

// memoryFirst puts the keys last that may answer with a random key of their own, which cannot be told from the right one.
func memoryFirst(keys []crypto.Decrypter) []crypto.Decrypter {
	var list, rest []crypto.Decrypter
	for _, key := range keys {
		if _, ok := key.(*rsa.PrivateKey); ok {
			list = append(list, key)
		} else {
			rest = append(rest, key)
		}
	}
	return append(list, rest...)
}

// rejected returns what stands for a key that does not decrypt, of size octets or 32.
func rejected(keys []crypto.Decrypter, encrypted []byte, size int) []byte {
	if size <= 0 {
		size = 32
	}
	for _, key := range keys {
		if k, ok := key.(*rsa.PrivateKey); ok {
			out, err := hkdf.Key(sha256.New, k.D.Bytes(), encrypted, "rejected content key", size)
			if err == nil {
				return out
			}
		}
	}
	return random(size) // a token keeps its secrets
}

// sessionKey decrypts with one key. good is 1 if that went well and gave something else than so far; the key has size
// octets, except where that is 0. A token may tell by its error and its time how it went; what comes of it here does not.
func sessionKey(key crypto.Decrypter, encrypted []byte, size int, soFar []byte) (out []byte, good int, err error) {
	if k, ok := key.(*rsa.PrivateKey); ok && size > 0 {
		out = bytes.Clone(soFar)
		// An error is about the length of what was encrypted, which everybody sees.
		_ = rsa.DecryptPKCS1v15SessionKey(nil, k, encrypted, out) //nolint:staticcheck // RFC 8551 §2.3 demands it
		return out, 1 - subtle.ConstantTimeCompare(soFar, out), nil
	}
	out, err = key.Decrypt(rand.Reader, encrypted, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: size})
	switch {
	case errors.Is(err, ErrKeyUnavailable):
		return nil, 0, err
	case err != nil, size > 0 && len(out) != size:
		return make([]byte, size), 0, nil
	}
	return out, 1, nil
}
