package alg

import (
	"crypto"
	"errors"
	"math/big"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

func TestPSSAgreesWithWycheproof(t *testing.T) {
	names := map[string]*Hash{"SHA-1": SHA1, "SHA-224": SHA224, "SHA-256": SHA256, "SHA-384": SHA384, "SHA-512": SHA512}
	n := 0
	for _, g := range wycheproof(t, "rsa_pss_misc_params_test.json") {
		pub, info, err := ParsePublicKey(unhex(t, g.PublicKeyDer))
		if err != nil {
			t.Fatal(err)
		}
		k := pub.(*PSSPublicKey)
		p := &PSSParams{Hash: names[g.SHA], MGFHash: names[g.MGFSHA], Salt: g.SLen}
		if *k.Params != *p || info.Name != "RSA 2048" {
			t.Errorf("key of %s is for %+v, want %+v", info.Name, k.Params, p)
		}
		v, err := NewVerifier(p.identifier(), nil, pub, Allow{SHA1: true})
		if err != nil {
			t.Error(err)
			continue
		}
		for _, c := range g.Tests {
			n++
			err := v.VerifyMessage(unhex(t, c.Msg), unhex(t, c.Sig))
			if (err == nil) != (c.Result == "valid") {
				t.Errorf("case %d, %+v: %v", c.ID, p, err)
			}
		}
	}
	if n != 150 {
		t.Errorf("%d cases", n)
	}
}

// RFC 8702 §3.2.1: SHAKE is the mask itself. There is no other implementation at hand, so the signature is
// made here, by the steps of RFC 8017 §9.1.1.
func TestPSSWithSHAKE(t *testing.T) {
	k := rsaKey(t)
	for oid, h := range map[der.OID]*Hash{OIDRSAPSSSHAKE128: SHAKE128, OIDRSAPSSSHAKE256: SHAKE256} {
		digest, salt := h.Sum([]byte("message")), random(h.Size)
		hash := h.Sum(append(append(make([]byte, 8), digest...), salt...))
		db := append(append(make([]byte, 256-1-2*h.Size-1), 1), salt...)
		p := shakeParams(oid)
		p.unmask(db, hash)
		db[0] &= 0x7f
		em := new(big.Int).SetBytes(append(append(db, hash...), 0xbc))
		sig := em.Exp(em, k.D, k.N).FillBytes(make([]byte, 256))
		for _, pub := range []crypto.PublicKey{&k.PublicKey, &PSSPublicKey{PublicKey: &k.PublicKey}, &PSSPublicKey{&k.PublicKey, p}} {
			verifies(t, Identifier{OID: oid}, nil, pub, []byte("message"), sig)
		}
		if v, err := NewVerifier(Identifier{OID: oid}, nil, &k.PublicKey, Allow{}); err != nil || v.VerifyMessage([]byte("message"), flip(sig)) == nil {
			t.Errorf("%s: %v", Name(oid), err)
		}
		spki, err := MarshalPublicKey(&PSSPublicKey{&k.PublicKey, p})
		if err != nil {
			t.Fatal(err)
		}
		again, info, err := ParsePublicKey(spki)
		if err != nil || info.Algorithm.OID != oid || *again.(*PSSPublicKey).Params != *p {
			t.Errorf("%s as a key: %v", Name(oid), err)
		}
	}
	// As parameters of id-RSASSA-PSS, SHAKE is not defined.
	p := &PSSParams{SHA256, SHAKE128, 32}
	if _, err := NewVerifier(p.identifier(), nil, &k.PublicKey, Allow{}); err == nil {
		t.Error("MGF1 with SHAKE128 was taken")
	}
}

func tlv(f func(b *der.Builder)) []byte {
	var b der.Builder
	f(&b)
	return mustBytes(&b)
}

func TestPSSParameters(t *testing.T) {
	sequence := func(f func(b *der.Builder)) []byte { return tlv(func(b *der.Builder) { b.Sequence(f) }) }
	number := func(tag uint32, n int64) func(b *der.Builder) {
		return func(b *der.Builder) { b.Explicit(tag, func(b *der.Builder) { b.Int(n) }) }
	}
	all := &PSSParams{SHA512, SHA256, 33}
	for name, c := range map[string]struct {
		params []byte
		want   *PSSParams // nil: refused
	}{
		"all defaults":            {sequence(func(*der.Builder) {}), &PSSParams{SHA1, SHA1, 20}},
		"all fields":              {all.identifier().Params, all},
		"defaults spelled out":    {sequence(func(b *der.Builder) { number(2, 20)(b); number(3, 1)(b) }), &PSSParams{SHA1, SHA1, 20}}, // RFC 4055 §3.1: MUST accept
		"no salt":                 {sequence(number(2, 0)), &PSSParams{SHA1, SHA1, 0}},
		"negative salt":           {sequence(number(2, -1)), nil},
		"salt beyond any modulus": {sequence(number(2, maxSalt+1)), nil},
		"huge salt":               {sequence(number(2, 1<<40)), nil},
		"trailer 2":               {sequence(number(3, 2)), nil},
		"fields out of order":     {sequence(func(b *der.Builder) { number(3, 1)(b); number(2, 20)(b) }), nil},
		"a field more":            {sequence(number(4, 1)), nil},
		"not a sequence":          {null(), nil},
		"an unknown digest": {sequence(func(b *der.Builder) {
			b.Explicit(0, Identifier{OID: OIDRIPEMD160}.Append)
		}), nil},
		"another mask": {sequence(func(b *der.Builder) { b.Explicit(1, SHA256.Identifier().Append) }), nil},
		"a mask without digest": {sequence(func(b *der.Builder) {
			b.Explicit(1, func(b *der.Builder) { b.Sequence(func(b *der.Builder) { b.OID(OIDMGF1) }) })
		}), nil},
		"digest with other parameters": {sequence(func(b *der.Builder) {
			b.Explicit(0, Identifier{OIDSHA256, []byte{2, 1, 1}}.Append)
		}), nil},
		"digest without NULL": {sequence(func(b *der.Builder) { b.Explicit(0, Identifier{OID: OIDSHA256}.Append) }), &PSSParams{SHA256, SHA1, 20}},
		"rubbish behind":      {append(sequence(func(*der.Builder) {}), 0), nil},
	} {
		got, err := parsePSSParams(c.params)
		if c.want == nil && err == nil || c.want != nil && (err != nil || *got != *c.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
		var v *Verifier
		if v, err = NewVerifier(Identifier{OIDRSASSAPSS, c.params}, nil, rsaKey(t).Public(), Allow{SHA1: true}); (err == nil) != (c.want != nil) {
			t.Errorf("%s: verifier %v, %v", name, v, err)
		}
	}
	// STANDARDS 13: absent parameters are an error.
	for _, params := range [][]byte{nil, null()} {
		var e *ParamsError
		if _, err := NewVerifier(Identifier{OIDRSASSAPSS, params}, nil, rsaKey(t).Public(), Allow{SHA1: true}); !errors.As(err, &e) {
			t.Errorf("parameters % x: %v", params, err)
		}
	}
}
