package alg

import (
	"crypto/rsa"
	"crypto/sha3"
	"crypto/subtle"
	"encoding/binary"
)

// withPSS sets the check of RSASSA-PSS. The digest of the mask generation function may be any: it takes no
// part in the collision resistance of the signature.
func (v *Verifier) withPSS(p *PSSParams) error {
	v.hash, v.name, v.status = p.Hash, "RSA-PSS with "+p.Hash.Name, p.Hash.Status
	k, err := v.rsaKey()
	if err != nil {
		return err
	}
	if reserved, ok := v.pub.(*PSSPublicKey); ok && reserved.Params != nil {
		if err := reserved.Params.admits(p); err != nil {
			return err
		}
	}
	v.check = func(digest, sig []byte) bool { return verifyPSS(k, p, digest, sig) }
	return nil
}

// admits fails when a signature does not keep to what its key was reserved for. RFC 4055 §3.1, §1.2: digest and
// mask are the same, and the salt is at least as long.
func (p *PSSParams) admits(sig *PSSParams) error {
	if sig.Hash != p.Hash || sig.MGFHash != p.MGFHash || sig.Salt < p.Salt {
		return &ParamsError{Algorithm: "RSA-PSS", Reason: "the key is reserved for others"}
	}
	return nil
}

// verifyPSS checks RSASSA-PSS (RFC 8017 §8.1.2, §9.1.2); crypto/rsa knows one digest only for both uses, and no SHAKE.
func verifyPSS(k *rsa.PublicKey, p *PSSParams, digest, sig []byte) bool {
	em := rsaOpen(k, sig)
	bits := k.N.BitLen() - 1
	if em != nil && bits%8 == 0 { // the encoded message is one octet shorter than the modulus
		if em[0] != 0 {
			return false
		}
		em = em[1:]
	}
	// RFC 8017 §9.1.2 steps 3 and 4.
	if len(em) < len(digest)+p.Salt+2 || em[len(em)-1] != 0xbc {
		return false
	}
	db, h := em[:len(em)-len(digest)-1], em[len(em)-len(digest)-1:len(em)-1]
	top := byte(0xff) >> (8*len(em) - bits) // step 6: the other bits of the first octet are zero
	if db[0]&^top != 0 {
		return false
	}
	p.unmask(db, h)
	db[0] &= top
	salt := db[len(db)-p.Salt:]
	for _, b := range db[:len(db)-p.Salt-1] { // step 10
		if b != 0 {
			return false
		}
	}
	if db[len(db)-p.Salt-1] != 1 {
		return false
	}
	s := p.Hash.New()
	s.Write(make([]byte, 8))
	s.Write(digest)
	s.Write(salt)
	return subtle.ConstantTimeCompare(s.Sum(nil), h) == 1
}

// unmask takes the mask that seed makes off b.
func (p *PSSParams) unmask(b, seed []byte) {
	var x *sha3.SHAKE
	switch p.MGFHash {
	case SHAKE128: // RFC 8702 §3.2.1: used as it is, not under MGF1
		x = sha3.NewSHAKE128()
	case SHAKE256:
		x = sha3.NewSHAKE256()
	default:
		p.unmaskMGF1(b, seed)
		return
	}
	x.Write(seed)
	mask := make([]byte, len(b))
	x.Read(mask)
	subtle.XORBytes(b, b, mask)
}

// unmaskMGF1 does it with MGF1 (RFC 8017 Appendix B.2.1).
func (p *PSSParams) unmaskMGF1(b, seed []byte) {
	s := p.MGFHash.New()
	var counter [4]byte
	var mask []byte
	for n := uint32(0); len(b) > 0; n++ {
		binary.BigEndian.PutUint32(counter[:], n)
		s.Reset()
		s.Write(seed)
		s.Write(counter[:])
		mask = s.Sum(mask[:0])
		b = b[subtle.XORBytes(b, b, mask[:min(len(mask), len(b))]):]
	}
}
