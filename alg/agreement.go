package alg

import (
	"crypto"
	"encoding/binary"
	"fmt"

	"github.com/waxwing-mail/waxwing/der"
)

// Agreement is a way of key agreement by elliptic curves, with the key wrapping that its parameters name.
type Agreement struct {
	Entry
	Wrap *Wrap // how the agreed key encrypts the content key

	id   Identifier
	hash *Hash
	hkdf bool // RFC 8418 §2.2; else X9.63 (RFC 5753 §7.2)
}

// OriginatorKey is the public key of a sender, an OriginatorPublicKey (RFC 5652 §6.2.2).
type OriginatorKey struct {
	Algorithm Identifier
	PublicKey []byte // contents of the BIT STRING
}

// agreements are the key derivations of the schemes. On the curves that are implemented the
// cofactor is 1, or part of the function, so that both forms of ECDH are the same.
var agreements = map[der.OID]struct {
	hash *Hash
	hkdf bool
}{
	OIDStdDHSHA1KDF: {SHA1, false}, OIDStdDHSHA224KDF: {SHA224, false}, OIDStdDHSHA256KDF: {SHA256, false},
	OIDStdDHSHA384KDF: {SHA384, false}, OIDStdDHSHA512KDF: {SHA512, false},
	OIDCofactorDHSHA1KDF: {SHA1, false}, OIDCofactorDHSHA224KDF: {SHA224, false}, OIDCofactorDHSHA256KDF: {SHA256, false},
	OIDCofactorDHSHA384KDF: {SHA384, false}, OIDCofactorDHSHA512KDF: {SHA512, false},
	OIDStdDHHKDFSHA256: {SHA256, true}, OIDStdDHHKDFSHA384: {SHA384, true}, OIDStdDHHKDFSHA512: {SHA512, true},
}

// AgreementOf returns the key agreement that the keyEncryptionAlgorithm of a KeyAgreeRecipientInfo names
// (RFC 5753 §7.1.4, RFC 8418 §2.2). SHA-1 in it is current for reading: see the table.
func AgreementOf(id Identifier, allow Allow) (*Agreement, error) {
	e, err := find(id.OID, KindKeyAgreement)
	if err != nil {
		return nil, err
	}
	k, ok := agreements[id.OID]
	if !ok {
		return nil, &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindKeyAgreement)}
	}
	p := der.NewCursor(id.Params)
	inner := ParseIdentifier(p)
	if p.Done() != nil {
		return nil, &ParamsError{Algorithm: e.Name, Reason: "no key wrapping"}
	}
	w, err := WrapOf(inner, allow)
	if err != nil {
		return nil, err
	}
	return &Agreement{Entry: e, Wrap: w, id: id, hash: k.hash, hkdf: k.hkdf}, allow.Check(e)
}

// NewAgreement returns the key agreement with a recipient's public key, for writing: X9.63 for NIST curves
// (RFC 5753), HKDF for X25519 and X448 (RFC 8418), over h (nil: what fits the key) and with the key wrap.
func NewAgreement(pub crypto.PublicKey, h *Hash, wrap *Wrap) (*Agreement, error) {
	x, err := exchangeFor(pub)
	if err != nil {
		return nil, err
	}
	if h == nil {
		h = x.hash
	}
	for oid, k := range agreements {
		if k.hash == h && h != SHA1 && k.hkdf == x.hkdf && !cofactor[oid] {
			return AgreementOf(Identifier{OID: oid, Params: wrap.id.Bytes()}, Allow{})
		}
	}
	return nil, &UnsupportedError{Algorithm: "key agreement with " + h.Name, Status: h.Status}
}

// cofactor are the schemes that are read and, as nobody needs them, not written (RFC 8551 §2.3).
var cofactor = map[der.OID]bool{
	OIDCofactorDHSHA1KDF: true, OIDCofactorDHSHA224KDF: true, OIDCofactorDHSHA256KDF: true,
	OIDCofactorDHSHA384KDF: true, OIDCofactorDHSHA512KDF: true,
}

// Identifier returns the keyEncryptionAlgorithm.
func (a *Agreement) Identifier() Identifier { return a.id }

// Send makes an ephemeral key and agrees with the recipient's public key on a key encryption key.
// ukm may be nil, which is absent; empty is not the same.
func (a *Agreement) Send(recipient crypto.PublicKey, ukm []byte) (OriginatorKey, []byte, error) {
	x, err := exchangeFor(recipient)
	if err != nil {
		return OriginatorKey{}, nil, err
	}
	public, z, err := x.send()
	if err != nil {
		return OriginatorKey{}, nil, fmt.Errorf("key agreement: %w", err)
	}
	kek, err := a.derive(z, ukm)
	// RFC 5753 §7.1.2: parameters of id-ecPublicKey SHOULD be absent here.
	return OriginatorKey{Algorithm: Identifier{OID: x.oid}, PublicKey: public}, kek, err
}

// Receive agrees with the sender's public key on the key encryption key. key is an *ecdsa.PrivateKey,
// an *ecdh.PrivateKey, an *X448PrivateKey, or an ecdh.KeyExchanger such as a token. An OriginatorKey
// without parameters is on the curve of the key (RFC 5753 §3.1.1). A sender's key that does not fit is ErrDecrypt.
func (a *Agreement) Receive(key crypto.PrivateKey, from OriginatorKey, ukm []byte) ([]byte, error) {
	z, err := receive(key, from)
	if err != nil {
		return nil, err
	}
	return a.derive(z, ukm)
}

// derive makes the key encryption key of the shared secret.
func (a *Agreement) derive(z, ukm []byte) ([]byte, error) {
	info := a.sharedInfo(ukm)
	if a.hkdf {
		// RFC 8418 §2.2: ukm is the salt too.
		return HKDF(a.hash, z, ukm, info, a.Wrap.KeySize)
	}
	return x963(a.hash, z, info, a.Wrap.KeySize), nil
}

// sharedInfo is the encoded ECC-CMS-SharedInfo (RFC 5753 §7.2), with the key wrap as it was received.
func (a *Agreement) sharedInfo(ukm []byte) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		a.Wrap.id.Append(b)
		if ukm != nil {
			b.Explicit(0, func(b *der.Builder) { b.OctetString(ukm) })
		}
		b.Explicit(2, func(b *der.Builder) {
			b.OctetString(binary.BigEndian.AppendUint32(nil, uint32(a.Wrap.KeySize*8)))
		})
	})
	return mustBytes(&b)
}

// x963 is the key derivation of ANSI X9.63 (SEC 1 §3.6.1).
func x963(h *Hash, z, info []byte, size int) []byte {
	var out []byte
	for i := uint32(1); len(out) < size; i++ {
		d := h.New()
		d.Write(z)
		d.Write(binary.BigEndian.AppendUint32(nil, i))
		d.Write(info)
		out = d.Sum(out)
	}
	return out[:size]
}
