package alg

import (
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

// STANDARDS 2.
func TestParametersOfCiphersThatAreRefused(t *testing.T) {
	for name, id := range map[string]Identifier{
		"a tag of 4 octets":               {OIDAES128GCM, nonceAndTag(random(12), 4)},
		"a tag of 17 octets":              {OIDAES128GCM, nonceAndTag(random(12), 17)},
		"a tag of a negative length":      {OIDAES128GCM, nonceAndTag(random(12), -12)},
		"a CCM tag of 8 octets":           {OIDAES128CCM, nonceAndTag(random(12), 8)},
		"a CCM tag of 13 octets":          {OIDAES128CCM, nonceAndTag(random(12), 13)},
		"an empty nonce":                  {OIDAES128GCM, nonceAndTag(nil, 16)},
		"a nonce of a megabyte":           {OIDAES128GCM, nonceAndTag(make([]byte, 1<<20), 16)},
		"a CCM nonce of 6 octets":         {OIDAES256CCM, nonceAndTag(random(6), 16)},
		"a CCM nonce of 14 octets":        {OIDAES256CCM, nonceAndTag(random(14), 16)},
		"a ChaCha20 nonce of 8 octets":    {OIDChaCha20Poly1305, octets(random(8))},
		"an initialization vector of 8":   {OIDAES128CBC, octets(random(8))},
		"no initialization vector":        {OIDAES128CBC, nil},
		"NULL for one":                    {OIDAES128CBC, null()},
		"no parameters of GCM":            {OIDAES256GCM, nil},
		"something after the parameters":  {OIDAES256GCM, append(nonceAndTag(random(12), 16), 5, 0)},
		"HKDF of nothing":                 {OIDCEKHKDFSHA256, nil},
		"HKDF of HKDF":                    {OIDCEKHKDFSHA256, Identifier{OID: OIDCEKHKDFSHA256}.Bytes()},
		"RC2 with 42 effective bits":      {OIDRC2CBC, rc2Params(42)},
		"RC2 without an initial. vector ": {OIDRC2CBC, octets(random(8))},
	} {
		var p *ParamsError
		if _, err := CipherOf(id, Allow{Legacy: true}); !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func rc2Params(version int64) []byte { return rc2ParamsIV(version, make([]byte, 8)) }

func rc2ParamsIV(version int64, iv []byte) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.Int(version); b.OctetString(iv) })
	return mustBytes(&b)
}

func TestOldCiphersAreReadOnlyWhenAllowed(t *testing.T) {
	for name, id := range map[string]Identifier{
		"3DES-CBC":   {OIDDESEDE3CBC, octets(random(8))},
		"DES-CBC":    {OIDDESCBC, octets(random(8))},
		"RC2-40-CBC": {OIDRC2CBC, rc2Params(160)},
		"RC2-64-CBC": {OIDRC2CBC, rc2Params(120)},
	} {
		var n *NotAllowedError
		if _, err := CipherOf(id, Allow{SHA1: true}); !errors.As(err, &n) || n.Algorithm != name {
			t.Errorf("%s: %v", name, err)
		}
		c, err := CipherOf(id, Allow{Legacy: true})
		if err != nil || c.Name != name || c.AEAD() || c.BlockSize != 8 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := NewCipher(id.OID); err == nil {
			t.Errorf("%s is written", name)
		}
	}
	var u *UnsupportedError
	if _, err := CipherOf(Identifier{OID: OIDRC4, Params: null()}, Allow{Legacy: true}); !errors.As(err, &u) || u.Algorithm != "RC4" {
		t.Errorf("RC4: %v", err)
	}
	if _, err := CipherOf(Identifier{OID: OIDSHA256}, Allow{Legacy: true}); !errors.As(err, &u) {
		t.Errorf("a digest as cipher: %v", err)
	}
}
