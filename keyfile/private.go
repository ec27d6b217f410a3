package keyfile

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// UnknownPrivateKey is a key of an algorithm that is not implemented: it can be named and kept, and nothing else.
type UnknownPrivateKey struct {
	Algorithm alg.Identifier
	PKCS8     []byte // the whole OneAsymmetricKey
}

// DSAPrivateKey is a DSA key, which is read to be shown and not used.
type DSAPrivateKey struct{ dsa.PrivateKey }

// Public returns the public half.
func (k *DSAPrivateKey) Public() crypto.PublicKey { return &k.PublicKey }

// privateKeyInfo reads a OneAsymmetricKey (RFC 5958 §2, which is PKCS #8).
func (r *reader) privateKeyInfo(data []byte, l Label) error {
	c := der.NewCursor(data)
	s := c.Sequence()
	s.SmallInt() // version
	id := alg.ParseIdentifier(s)
	octets := s.OctetString()
	if s.Err() != nil {
		return damaged("private key", nil)
	}
	switch id.OID {
	case alg.OIDRSA, alg.OIDRSASSAPSS, alg.OIDRSAESOAEP:
		return r.rsaKey(octets, id, l)
	case alg.OIDECPublicKey:
		return r.ecKey(octets, id.Params, l)
	case alg.OIDDSA:
		return r.dsaKey(octets, id.Params, l)
	case alg.OIDEd25519, alg.OIDX25519, alg.OIDEd448, alg.OIDX448:
		return r.edwardsKey(octets, id.OID, l)
	}
	r.addKey(&UnknownPrivateKey{Algorithm: id, PKCS8: data}, l)
	r.bundle.Notes = append(r.bundle.Notes, "a private key for "+id.String()+", which is not implemented")
	return nil
}

// edwardsKey reads a CurvePrivateKey (RFC 8410 §7).
func (r *reader) edwardsKey(octets []byte, oid der.OID, l Label) error {
	c := der.NewCursor(octets)
	b := c.OctetString()
	if c.Done() != nil {
		return damaged("private key", nil)
	}
	var key any
	err := errors.New("wrong length")
	switch {
	case oid == alg.OIDEd25519 && len(b) == ed25519.SeedSize:
		key, err = ed25519.NewKeyFromSeed(b), nil
	case oid == alg.OIDX25519:
		key, err = ecdh.X25519().NewPrivateKey(b)
	case oid == alg.OIDEd448 && len(b) == ed448.SeedSize:
		key, err = ed448.NewKeyFromSeed(b), nil
	case oid == alg.OIDX448:
		key, err = alg.NewX448PrivateKey(b)
	}
	if err != nil {
		return damaged("private key", nil)
	}
	r.addKey(key, l)
	return nil
}

// pkcs1 reads an RSAPrivateKey without a wrapping.
func (r *reader) pkcs1(data []byte) error {
	return r.rsaKey(data, alg.Identifier{OID: alg.OIDRSA}, Label{})
}

// rsaKey reads an RSAPrivateKey (RFC 8017 Appendix A.1.2) and checks its numbers against each other.
func (r *reader) rsaKey(octets []byte, _ alg.Identifier, l Label) error {
	c := der.NewCursor(octets)
	s := c.Sequence()
	version := s.SmallInt()
	var n [8]*big.Int // modulus, exponents, primes, and what follows from them
	for i := range n {
		n[i] = s.Int()
	}
	if s.Err() != nil || c.Done() != nil || version != 0 {
		return damaged("RSA private key", nil)
	}
	const longest = 16384
	if !n[1].IsInt64() || n[1].Int64() < 3 || n[1].Int64() > 1<<31-1 || n[0].BitLen() > longest || n[0].BitLen() < 512 {
		return damaged("RSA private key", errors.New("its size or exponent is out of range"))
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n[0], E: int(n[1].Int64())}, D: n[2], Primes: []*big.Int{n[3], n[4]}}
	key.Precompute()
	if n[0].BitLen() >= 1024 { // shorter keys, which are only shown, the standard library does not look at
		if key.Validate() != nil {
			return damaged("RSA private key", errors.New("its numbers do not belong together"))
		}
	}
	r.addKey(key, l)
	return nil
}

// sec1 reads an ECPrivateKey without a wrapping.
func (r *reader) sec1(data, curve []byte) error { return r.ecKey(data, curve, Label{}) }

// ecKey reads an ECPrivateKey (RFC 5915 §3). curve is the curve that stands outside, as an element; nil when it stands inside.
func (r *reader) ecKey(octets, curve []byte, l Label) error {
	c := der.NewCursor(octets)
	s := c.Sequence()
	version := s.SmallInt()
	scalar := s.OctetString()
	if in, ok := s.Explicit(0); ok && curve == nil {
		curve = in.Next().Raw
	}
	var public []byte
	if in, ok := s.Explicit(1); ok {
		public = in.BitString().Bytes
	}
	if s.Err() != nil || version != 1 {
		return damaged("EC private key", nil)
	}
	name := der.NewCursor(curve)
	oid := name.OID()
	if name.Done() != nil {
		return formatError("the EC key states its curve by numbers; keys on named curves can be read")
	}
	on, ok := alg.CurveOf(oid)
	if !ok {
		r.addKey(&UnknownPrivateKey{Algorithm: alg.Identifier{OID: alg.OIDECPublicKey, Params: curve}, PKCS8: octets}, l)
		r.bundle.Notes = append(r.bundle.Notes, "a private key on the curve "+alg.Name(oid)+", which is not implemented")
		return nil
	}
	key, err := ecPrivate(on, scalar, public)
	if err != nil {
		return damaged("EC private key", err)
	}
	r.addKey(key, l)
	return nil
}

// ecPrivate makes a key of its number, and compares it with the public half where the file has it.
func ecPrivate(on elliptic.Curve, scalar, public []byte) (*ecdsa.PrivateKey, error) {
	d := new(big.Int).SetBytes(scalar)
	if d.Sign() <= 0 || d.Cmp(on.Params().N) >= 0 {
		return nil, errors.New("its number is out of range")
	}
	key := &ecdsa.PrivateKey{D: d}
	key.Curve = on
	key.X, key.Y = on.ScalarBaseMult(d.FillBytes(make([]byte, (on.Params().N.BitLen()+7)/8)))
	if len(public) > 0 && public[0] == 4 {
		size := (on.Params().BitSize + 7) / 8
		if len(public) != 1+2*size || key.X.Cmp(new(big.Int).SetBytes(public[1:1+size])) != 0 || key.Y.Cmp(new(big.Int).SetBytes(public[1+size:])) != 0 {
			return nil, errors.New("its public half is another key's")
		}
	}
	return key, nil
}

// dsaKey reads a DSA key of PKCS #8 (RFC 3279 §2.3.2 for the parameters).
func (r *reader) dsaKey(octets, params []byte, l Label) error {
	c, p := der.NewCursor(octets), der.NewCursor(params)
	s := p.Sequence()
	k := &DSAPrivateKey{}
	k.P, k.Q, k.G, k.X = s.Int(), s.Int(), s.Int(), c.Int()
	if c.Done() != nil || s.Done() != nil || p.Done() != nil {
		return damaged("DSA private key", nil)
	}
	return r.addDSA(k, l)
}

// dsaTraditional reads the form of "DSA PRIVATE KEY".
func (r *reader) dsaTraditional(data []byte) error {
	c := der.NewCursor(data)
	s := c.Sequence()
	s.SmallInt()
	k := &DSAPrivateKey{}
	k.P, k.Q, k.G, k.Y, k.X = s.Int(), s.Int(), s.Int(), s.Int(), s.Int()
	if s.Done() != nil || c.Done() != nil {
		return damaged("DSA private key", nil)
	}
	return r.addDSA(k, Label{})
}

func (r *reader) addDSA(k *DSAPrivateKey, l Label) error {
	const longest = 4096
	if k.P.Sign() <= 0 || k.P.BitLen() > longest || k.G.Sign() <= 0 || k.X.Sign() <= 0 || k.X.Cmp(k.P) >= 0 {
		return damaged("DSA private key", nil)
	}
	k.Y = new(big.Int).Exp(k.G, k.X, k.P)
	r.addKey(k, l)
	return nil
}

// encryptedKey reads an EncryptedPrivateKeyInfo (RFC 5958 §3).
func (r *reader) encryptedKey(data []byte, l Label) error {
	c := der.NewCursor(data)
	s := c.Sequence()
	id := alg.ParseIdentifier(s)
	ciphertext := s.OctetString()
	if s.Err() != nil || c.Done() != nil {
		return damaged("encrypted private key", nil)
	}
	plain, err := r.decrypt("private key", id, ciphertext)
	if err != nil {
		return err
	}
	return r.privateKeyInfo(plain, l)
}

// decrypt opens what a password encrypts, which must be one element.
func (r *reader) decrypt(what string, id alg.Identifier, ciphertext []byte) (plain []byte, err error) {
	p, err := alg.PBEOf(id, r.allow)
	if err != nil {
		return nil, err
	}
	wrong := &PasswordError{What: what, Given: true}
	err = r.passwords.try(what, func(password []byte) error {
		out, err := p.Decrypt(password, ciphertext, r.budget)
		if len(password) == 0 && p.UsesBMP() && (err != nil || elementLen(out) != len(out)) {
			out, err = p.DecryptNoPassword(ciphertext, r.budget)
		}
		if errors.Is(err, alg.ErrDecrypt) || err == nil && elementLen(out) != len(out) {
			return wrong // one wrong password in 256 passes the padding; hardly one gives an element
		}
		plain = out
		return err
	})
	return plain, err
}

// elementLen returns the length of the element that b begins with, 0 for none.
func elementLen(b []byte) int {
	v, _, err := der.Parse(b)
	if err != nil {
		return 0
	}
	return len(v.Raw)
}
