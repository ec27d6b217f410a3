package alg

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

// FuzzParsePublicKey reads keys: no panic, what is read is written and read again as the same key, and nothing
// verifies by it.
func FuzzParsePublicKey(f *testing.F) {
	for _, k := range signingKeys(f) {
		spki, err := MarshalPublicKey(k.Public())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(spki)
	}
	f.Add(spkiOf(shakeParams(OIDRSAPSSSHAKE128).identifier(), numbers(rsaKey(f).N, rsaKey(f).N)))
	f.Add(spkiOf((&PSSParams{SHA256, SHA1, 3}).identifier(), numbers(rsaKey(f).N, rsaKey(f).N)))
	f.Add(spkiOf(Identifier{OIDDSA, []byte{0x30, 9, 2, 1, 11, 2, 1, 5, 2, 1, 2}}, []byte{2, 1, 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		pub, info, err := ParsePublicKey(b)
		if err != nil {
			return
		}
		spki, err := MarshalPublicKey(pub)
		if err != nil {
			t.Fatalf("%s cannot be written: %v", info.Name, err)
		}
		again, other, err := ParsePublicKey(spki)
		if err != nil || !SameKey(pub, again) || other.Name != info.Name || other.Bits != info.Bits {
			t.Fatalf("%s is read again as %s, %v", info.Name, other.Name, err)
		}
		for oid := range signatureHashes {
			if v, err := NewVerifier(Identifier{OID: oid}, nil, pub, Allow{Legacy: true}); err == nil && v.VerifyMessage(b, []byte{0x30, 6, 2, 1, 1, 2, 1, 1}) == nil && v.Hash().Bits >= 128 {
				t.Fatalf("%s verified by %s", v.Name(), info.Name)
			}
		}
		if s, err := SignatureFor(pub, SignOptions{}); err == nil && table[s.Identifier.OID].Status != Current {
			t.Fatalf("%s signs with %v", info.Name, s.Identifier)
		}
	})
}

// FuzzRSAParameters reads parameters of RSASSA-PSS and RSAES-OAEP: no panic, and what is read is written and read
// again as the same.
func FuzzRSAParameters(f *testing.F) {
	for _, p := range []*PSSParams{{SHA1, SHA1, 20}, {SHA256, SHA256, 32}, {SHA512, SHA3256, 0}} {
		f.Add(p.identifier().Params)
	}
	for _, p := range []*OAEPParams{{SHA1, SHA1, nil}, {SHA256, SHA1, nil}, {SHA512, SHA384, []byte("label")}} {
		f.Add(p.identifier().Params)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := parsePSSParams(b); err == nil {
			id := p.identifier()
			if again, err := pssOf(id); err != nil || *again != *p && p.MGFHash.Std != 0 && p.Hash.Std != 0 {
				t.Fatalf("%+v is read again as %+v, %v", p, again, err)
			}
			if v, err := NewVerifier(id, nil, rsaKey(t).Public(), Allow{Legacy: true}); err == nil && v.VerifyMessage(b, make([]byte, 256)) == nil {
				t.Fatal("zero is a signature")
			}
		}
		if p, err := parseOAEPParams(b); err == nil {
			again, err := parseOAEPParams(p.identifier().Params)
			if err != nil || again.Hash != p.Hash || again.MGFHash != p.MGFHash || !bytes.Equal(again.Label, p.Label) {
				t.Fatalf("%+v is read again as %+v, %v", p, again, err)
			}
		}
	})
}

// pssOf reads what PSSParams.identifier made.
func pssOf(id Identifier) (*PSSParams, error) {
	if id.OID != OIDRSASSAPSS {
		return shakeParams(id.OID), nil
	}
	return parsePSSParams(id.Params)
}

// FuzzVerifier makes verifiers of any identifier: no panic, the same twice, and rubbish does not verify.
func FuzzVerifier(f *testing.F) {
	for oid := range table {
		f.Add(Identifier{OID: oid}.Bytes(), []byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	}
	f.Add((&PSSParams{SHA256, SHA1, 3}).identifier().Bytes(), make([]byte, 256))
	f.Add(Identifier{OIDECDSASpecified, SHA256.Identifier().Bytes()}.Bytes(), []byte{})
	keys := signingKeys(f)
	f.Fuzz(func(t *testing.T, b, sig []byte) {
		c := der.NewCursor(b)
		id := ParseIdentifier(c)
		if c.Done() != nil {
			return
		}
		for _, k := range keys {
			v, err := NewVerifier(id, SHA256, k.Public(), Allow{Legacy: true})
			w, err2 := NewVerifier(id, SHA256, k.Public(), Allow{Legacy: true})
			if (err == nil) != (err2 == nil) || err != nil && reflect.TypeOf(err) != reflect.TypeOf(err2) {
				t.Fatalf("%v, %v", err, err2)
			}
			if err == nil && (v.VerifyMessage([]byte("never signed"), sig) == nil || v.Name() != w.Name()) {
				t.Fatalf("%s verifies % x", v.Name(), sig)
			}
		}
	})
}
