package keycheck

import (
	"crypto/ecdh"
	"fmt"

	"github.com/cloudflare/circl/dh/x448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// lengths are those of keys that are one string of octets (RFC 8410 §4, RFC 9881 §4, RFC 9935 §4).
func lengths(id der.OID) (octets int, known bool) {
	octets, known = map[der.OID]int{
		alg.OIDX25519: 32, alg.OIDX448: 56, alg.OIDEd25519: 32, alg.OIDEd448: 57,
		alg.OIDMLDSA44: 1312, alg.OIDMLDSA65: 1952, alg.OIDMLDSA87: 2592,
		alg.OIDMLKEM512: 800, alg.OIDMLKEM768: 1184, alg.OIDMLKEM1024: 1568,
	}[id]
	return octets, known
}

func checkAlgorithm(k *key, o Options) string {
	_, known := lengths(k.id.OID)
	if agrees := k.id.OID == alg.OIDX25519 || k.id.OID == alg.OIDX448; agrees {
		known = o.Private
	}
	return unless(known || k.id.OID == alg.OIDRSA || k.id.OID == alg.OIDECPublicKey, k.id.String())
}

// checkEncoding compares the parameters octet by octet with S/MIME BR §7.1.3.1. Those of a curve have codes of their own.
func checkEncoding(k *key, _ Options) string {
	_, bare := lengths(k.id.OID)
	switch {
	case k.id.OID == alg.OIDRSA:
		return unless(string(k.id.Params) == "\x05\x00", fmt.Sprintf("%x where NULL must be", k.id.Params))
	case bare:
		return unless(k.id.Params == nil, fmt.Sprintf("%x where nothing must be", k.id.Params))
	}
	return ""
}

// curve returns the curve that an EC key names.
func (k *key) curve() (id der.OID, named bool) {
	c := der.NewCursor(k.id.Params)
	id = c.OID()
	return id, c.Done() == nil
}

func (k *key) isEC() bool { return k.id.OID == alg.OIDECPublicKey }

func checkExplicit(k *key, _ Options) string {
	_, named := k.curve()
	return unless(!k.isEC() || named, "its parameters are missing or written out")
}

// certified are the curves of S/MIME BR §6.1.5.
func certified(id der.OID) bool {
	return id == alg.OIDCurveP256 || id == alg.OIDCurveP384 || id == alg.OIDCurveP521
}

func checkCurve(k *key, _ Options) string {
	id, named := k.curve()
	return unless(!k.isEC() || !named || certified(id), alg.Name(id))
}

// checkPoint is full validation of a point on a curve of cofactor 1 (NIST SP 800-56A §5.6.2.3.3): its coordinates are in range, it
// is on the curve, and it is not the point at infinity.
func checkPoint(k *key, _ Options) string {
	if id, _ := k.curve(); !k.isEC() || !certified(id) {
		return ""
	}
	if _, _, err := alg.ParsePublicKey(k.spki); err != nil {
		return err.Error()
	}
	return ""
}

func checkCompressed(k *key, _ Options) string {
	return unless(!k.isEC() || len(k.bits) == 0 || k.bits[0] != 2 && k.bits[0] != 3, fmt.Sprintf("it begins with %02x", first(k.bits)))
}

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func checkOctets(k *key, _ Options) string {
	want, bare := lengths(k.id.OID)
	if !bare {
		return ""
	}
	if len(k.bits) != want {
		return fmt.Sprintf("%d octets where %d must be", len(k.bits), want)
	}
	switch k.id.OID {
	case alg.OIDMLKEM512, alg.OIDMLKEM768, alg.OIDMLKEM1024:
		return checkModulus(k.bits[:want-32])
	case alg.OIDEd25519, alg.OIDEd448:
		return checkEdwards(k)
	case alg.OIDX25519, alg.OIDX448:
		return checkOrder(k)
	}
	return ""
}

// checkModulus is the encapsulation key check of FIPS 203 §7.2: every number of 12 bits is below q.
func checkModulus(b []byte) string {
	const q = 3329
	for i := 0; i+2 < len(b); i += 3 {
		low, high := int(b[i])|int(b[i+1]&15)<<8, int(b[i+1]>>4)|int(b[i+2])<<4
		if low >= q || high >= q {
			return fmt.Sprintf("octet %d: a number that is not below %d", i, q)
		}
	}
	return ""
}

// checkOrder refuses the few points whose secret everybody knows (RFC 7748 §6.1, §6.2: the shared secret is zero).
func checkOrder(k *key) string {
	const small = "the point has a small order: whatever it agrees on is known"
	if k.id.OID == alg.OIDX448 {
		var secret, shared, point x448.Key
		secret[0], secret[55] = 4, 128
		copy(point[:], k.bits)
		return unless(x448.Shared(&shared, &secret, &point), small)
	}
	secret, err := ecdh.X25519().NewPrivateKey(append(make([]byte, 31), 64))
	if err != nil {
		return err.Error()
	}
	point, err := ecdh.X25519().NewPublicKey(k.bits)
	if err == nil {
		_, err = secret.ECDH(point)
	}
	return unless(err == nil, small)
}
