package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// errWrongSignature is about a token that answers nonsense (AUTHORITY 36).
var errWrongSignature = errors.New("vault: the token gave a signature that does not hold; it is thrown away")

// tokenSigning is how a token makes one signature.
type tokenSigning struct {
	mechanism p11rpc.Mechanism
	input     []byte
	check     func(sig []byte) ([]byte, error) // brings it into Go's form, if it holds
}

// signing says how to sign a digest with the key on the token that belongs to a public key.
func signing(pub crypto.PublicKey, digest []byte, o crypto.SignerOpts) (tokenSigning, error) {
	if o == nil {
		return tokenSigning{}, errors.New("vault: say with which hash the digest was made")
	}
	hash := o.HashFunc()
	if hash != 0 && len(digest) != hash.Size() {
		return tokenSigning{}, fmt.Errorf("vault: a digest by %v has %d bytes, not %d", hash, hash.Size(), len(digest))
	}
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		return signingECDSA(k, digest), nil
	case *rsa.PublicKey:
		if pss, ok := o.(*rsa.PSSOptions); ok {
			return signingPSS(k, digest, hash, pss)
		}
		return signingPKCS1(k, digest, hash)
	case ed25519.PublicKey:
		if hash != 0 {
			return tokenSigning{}, errors.New("vault: Ed25519 signs the message itself and no digest")
		}
		return tokenSigning{p11rpc.Mechanism{Type: p11rpc.EdDSA}, digest, func(sig []byte) ([]byte, error) {
			if !ed25519.Verify(k, digest, sig) {
				return nil, errWrongSignature
			}
			return sig, nil
		}}, nil
	}
	return tokenSigning{}, fmt.Errorf("vault: a key of kind %s does not sign on a token", alg.KeyName(pub))
}

// signingECDSA: tokens give r and s side by side (PKCS #11 §2.3.1), Go a SEQUENCE of them.
func signingECDSA(k *ecdsa.PublicKey, digest []byte) tokenSigning {
	size := (k.Curve.Params().N.BitLen() + 7) / 8
	input := digest
	if len(input) > size {
		input = input[:size] // FIPS 186-5 §6.4.1: the leftmost bits; the orders have whole bytes but for P-521, which no hash exceeds
	}
	return tokenSigning{p11rpc.Mechanism{Type: p11rpc.ECDSA}, input, func(sig []byte) ([]byte, error) {
		if len(sig) == 0 || len(sig)%2 != 0 || len(sig) > 2*size {
			return nil, errWrongSignature
		}
		var b der.Builder
		b.Sequence(func(b *der.Builder) {
			b.BigInt(new(big.Int).SetBytes(sig[:len(sig)/2]))
			b.BigInt(new(big.Int).SetBytes(sig[len(sig)/2:]))
		})
		out, err := b.Bytes()
		if err != nil || !ecdsa.VerifyASN1(k, digest, out) {
			return nil, errWrongSignature
		}
		return out, nil
	}}
}

// signingPKCS1: the token pads, and the DigestInfo (RFC 8017 §9.2) is ours.
func signingPKCS1(k *rsa.PublicKey, digest []byte, hash crypto.Hash) (tokenSigning, error) {
	info, err := digestInfo(digest, hash)
	if err != nil {
		return tokenSigning{}, err
	}
	return tokenSigning{p11rpc.Mechanism{Type: p11rpc.RSAPKCS}, info, func(sig []byte) ([]byte, error) {
		if rsa.VerifyPKCS1v15(k, hash, digest, sig) != nil {
			return nil, errWrongSignature
		}
		return sig, nil
	}}, nil
}

func digestInfo(digest []byte, hash crypto.Hash) ([]byte, error) {
	oid := map[crypto.Hash]der.OID{crypto.SHA256: alg.SHA256.OID, crypto.SHA384: alg.SHA384.OID, crypto.SHA512: alg.SHA512.OID}[hash]
	if oid == "" {
		return nil, fmt.Errorf("vault: tokens sign digests by SHA-256, SHA-384 and SHA-512, not by %v", hash)
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.OID(oid)
			b.Null()
		})
		b.OctetString(digest)
	})
	return b.Bytes()
}

// hashes of PSS and OAEP as PKCS #11 numbers them, with their mask generation functions.
func tokenHash(h crypto.Hash) (hash, mgf uint64, err error) {
	switch h {
	case crypto.SHA1:
		return p11rpc.SHA1, p11rpc.MGF1SHA1, nil
	case crypto.SHA256:
		return p11rpc.SHA256, p11rpc.MGF1SHA256, nil
	case crypto.SHA384:
		return p11rpc.SHA384, p11rpc.MGF1SHA384, nil
	case crypto.SHA512:
		return p11rpc.SHA512, p11rpc.MGF1SHA512, nil
	}
	return 0, 0, fmt.Errorf("vault: tokens do not know the hash %v", h)
}

func signingPSS(k *rsa.PublicKey, digest []byte, hash crypto.Hash, o *rsa.PSSOptions) (tokenSigning, error) {
	h, mgf, err := tokenHash(hash)
	if err != nil || hash == crypto.SHA1 {
		return tokenSigning{}, errors.Join(err, errors.New("vault: tokens sign with PSS over SHA-256, SHA-384 and SHA-512"))
	}
	salt := o.SaltLength
	switch salt {
	case rsa.PSSSaltLengthEqualsHash:
		salt = hash.Size()
	case rsa.PSSSaltLengthAuto: // for signing: as long as possible
		salt = (k.N.BitLen()-1+7)/8 - 2 - hash.Size()
	}
	if salt < 0 {
		return tokenSigning{}, errors.New("vault: the key is too short for PSS with this hash")
	}
	m := p11rpc.Mechanism{Type: p11rpc.RSAPSS, PSS: &p11rpc.PSS{Hash: h, MGF: mgf, SaltLength: uint64(salt)}}
	return tokenSigning{m, digest, func(sig []byte) ([]byte, error) {
		if rsa.VerifyPSS(k, hash, digest, sig, &rsa.PSSOptions{SaltLength: salt}) != nil {
			return nil, errWrongSignature
		}
		return sig, nil
	}}, nil
}

// decryption says how to decrypt with an RSA key on a token.
func decryption(o crypto.DecrypterOpts) (p11rpc.Mechanism, error) {
	oaep, ok := o.(*rsa.OAEPOptions)
	if !ok {
		return p11rpc.Mechanism{Type: p11rpc.RSAPKCS}, nil
	}
	h, mgf, err := tokenHash(oaep.Hash)
	if err == nil && oaep.MGFHash != 0 {
		_, mgf, err = tokenHash(oaep.MGFHash)
	}
	return p11rpc.Mechanism{Type: p11rpc.RSAOAEP, OAEP: &p11rpc.OAEP{Hash: h, MGF: mgf, Label: oaep.Label}}, err
}
