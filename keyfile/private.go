package keyfile

import (
	"crypto"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// UnknownPrivateKey is a key of an algorithm or on a curve that is not implemented: it can be named and kept, and
// nothing else.
type UnknownPrivateKey struct {
	Algorithm alg.Identifier
	PKCS8     []byte // the whole OneAsymmetricKey
}

// String names the kind of key, or its curve, and shows nothing of it.
func (u *UnknownPrivateKey) String() string { return u.name() + " private key" }

// GoString is String, for %#v.
func (u *UnknownPrivateKey) GoString() string { return u.String() }

func (u *UnknownPrivateKey) name() string {
	if u.Algorithm.OID != alg.OIDECPublicKey {
		return u.Algorithm.String()
	}
	return alg.KeyName(&alg.UnknownPublicKey{Algorithm: u.Algorithm})
}

// privateKeyInfo reads a OneAsymmetricKey (RFC 5958 §2, which is PKCS #8 and more).
func (r *reader) privateKeyInfo(data []byte, l Label) error {
	s := der.NewCursor(data).Sequence()
	version := s.SmallInt()
	id := alg.ParseIdentifier(s)
	octets := s.OctetString()
	s.Optional(der.Context(0)) // attributes
	public, hasPublic := s.Optional(der.Context(1))
	if s.Err() != nil || version < 0 || version > 1 {
		return damaged("private key", nil)
	}
	key, err := r.keyOf(id, octets, data)
	if err == nil && hasPublic {
		err = checkPublic(key, id, public)
	}
	if err != nil {
		return damaged(id.String()+" private key", err)
	}
	r.addKey(key, l)
	return nil
}

// keyOf reads the contents of privateKey by its algorithm. whole is what an unknown key is kept as.
func (r *reader) keyOf(id alg.Identifier, octets, whole []byte) (crypto.PrivateKey, error) {
	switch id.OID {
	case alg.OIDRSA, alg.OIDRSASSAPSS, alg.OIDRSAESOAEP:
		return r.rsaKey(octets)
	case alg.OIDECPublicKey, alg.OIDECDH:
		return ecKey(octets, id.Params, whole)
	case alg.OIDDSA:
		return dsaKey(octets, id.Params)
	case alg.OIDEd25519, alg.OIDX25519, alg.OIDEd448, alg.OIDX448:
		return edwardsKey(octets, id.OID)
	}
	return &UnknownPrivateKey{Algorithm: id, PKCS8: whole}, nil
}

var errOtherPublic = errors.New("its public half is another key's")

// checkPublic compares a key with the public half that stands beside it (RFC 5958 §2, publicKey).
func checkPublic(key crypto.PrivateKey, id alg.Identifier, v der.Value) error {
	own := Key{Private: key}.Public()
	if own == nil {
		return nil
	}
	body := v.Body
	if v.Constructed {
		// QUIRK: the Rust library ring writes [1] EXPLICIT.
		inner, err := der.ParseOne(body)
		if err != nil {
			return err
		}
		body = inner.Body
	}
	bits, err := der.BitStringOf(body)
	if err != nil {
		return err
	}
	return samePublic(own, id, bits.Bytes)
}

// samePublic compares a public key with one that is written as the contents of a BIT STRING.
func samePublic(own crypto.PublicKey, id alg.Identifier, bits []byte) error {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		id.Append(b)
		b.BitString(der.BitString{Bytes: bits})
	})
	spki, err := b.Bytes()
	if err != nil {
		return err
	}
	pub, _, err := alg.ParsePublicKey(spki)
	if err != nil {
		return err
	}
	if !alg.SameKey(own, pub) {
		return errOtherPublic
	}
	return nil
}

// bareKey reads the forms from before PKCS #8, which have no algorithm around them.
func (r *reader) bareKey(data []byte, l Label) (err error) {
	var key crypto.PrivateKey
	what := "RSA"
	switch shapeOf(data) {
	case shapeSEC1:
		what = "EC"
		key, err = ecKey(data, r.curve, nil)
		r.curve = nil
	case shapeDSA:
		what = "DSA"
		key, err = dsaTraditional(data)
	default:
		key, err = r.rsaKey(data)
	}
	if err != nil {
		return damaged(what+" private key", err)
	}
	r.addKey(key, l)
	return nil
}

// addKey takes a private key.
func (r *reader) addKey(key crypto.PrivateKey, l Label) {
	r.bundle.Keys = append(r.bundle.Keys, Key{Private: key, Label: l})
	if u, ok := key.(*UnknownPrivateKey); ok {
		r.bundle.Notes = append(r.bundle.Notes, "a private key for "+u.name()+", which is not implemented")
	}
}

// work takes from the budget what it costs to check a key of some length: it grows with the cube.
func (r *reader) work(bits int) error {
	n := int64(bits+2047) / 2048
	return r.budget.Take(limit.PublicKey, max(1, n*n*n))
}

// damaged says that something is malformed. The reasons say nothing of its contents. Limits stay what they are.
func damaged(what string, reason error) error {
	if isLimit(reason) {
		return reason
	}
	if reason == nil {
		return formatError("the " + what + " is damaged")
	}
	return formatError("the " + what + " is damaged: " + reason.Error())
}
