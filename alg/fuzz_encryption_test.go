package alg

import (
	"bytes"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// everyIdentifier is one identifier for each way of encryption, to begin with.
func everyIdentifier(f *testing.F) [][]byte {
	f.Helper()
	var all [][]byte
	for _, oid := range currentCiphers {
		c, err := NewCipher(oid)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, c.Identifier().Bytes(), c.UnderHKDF().Identifier().Bytes(),
			Identifier{OIDPWRIKEK, c.Identifier().Bytes()}.Bytes())
	}
	kdf, err := NewPBKDF2(nil, 1)
	if err != nil {
		f.Fatal(err)
	}
	pbmac, err := NewPBMAC1(nil, 1)
	if err != nil {
		f.Fatal(err)
	}
	for _, id := range []Identifier{
		{OIDRC2CBC, rc2Params(58)}, {OIDDESEDE3CBC, octets(make([]byte, 8))}, {OID: OIDAES128Wrap}, {OIDDESEDE3Wrap, null()},
		(&OAEPParams{Hash: SHA256, MGFHash: SHA1, Label: []byte("x")}).identifier(), {OIDRSA, null()},
		{OIDStdDHSHA256KDF, Identifier{OID: OIDAES128Wrap}.Bytes()}, kdf.Identifier(), pbmac.Identifier(),
		(&KDF{Entry: table[OIDScrypt], N: 2, R: 1, P: 1}).Identifier(), pbes2(kdf, Identifier{OIDAES128CBC, octets(make([]byte, 16))}),
		{OIDPBESHA1RC240, oldParams(8, 1)}, {OIDAES128GMAC, nonceAndTag(make([]byte, 12), 16)}, {OID: OIDHMACSHA256},
	} {
		all = append(all, id.Bytes())
	}
	return all
}

// FuzzEncryptionIdentifiers reads identifiers as everything that they could be, and decrypts with what comes out:
// no panic, and no more work than the budget has.
func FuzzEncryptionIdentifiers(f *testing.F) {
	for _, b := range everyIdentifier(f) {
		f.Add(b, make([]byte, 48))
	}
	f.Fuzz(func(t *testing.T, b, data []byte) {
		c := der.NewCursor(b)
		id := ParseIdentifier(c)
		if c.Done() != nil {
			return
		}
		allow := Allow{Legacy: true}
		small := limit.New(limit.Limits{KDF: 1000, Bytes: 1 << 20})
		fuzzCipher(t, id, data)
		if w, err := WrapOf(id, allow); err == nil {
			w.Unwrap(make([]byte, w.KeySize), data)
		}
		if p, err := PBEOf(id, allow); err == nil {
			p.Decrypt(data, data, small)
		}
		if k, err := KDFOf(id); err == nil {
			k.Key(data, 32, small)
			if again, err := KDFOf(k.Identifier()); err != nil || again.Iterations != k.Iterations || again.N != k.N {
				t.Errorf("%s is written as something else: %v", k.Name, err)
			}
		}
		if m, err := MACOf(id); err == nil {
			if h, err := m.New(make([]byte, m.KeySize)); err == nil {
				h.Write(data)
				h.Sum(nil)
			}
		}
		if p, err := PasswordMACOf(id); err == nil {
			p.Sum(data, data, small)
		}
		TransportOf(id, allow)
		AgreementOf(id, allow)
	})
}

// fuzzCipher decrypts, once in one piece and once octet by octet: both must come to the same.
func fuzzCipher(t *testing.T, id Identifier, data []byte) {
	c, err := CipherOf(id, Allow{Legacy: true})
	if err != nil {
		return
	}
	tag := data[:min(len(data), c.TagSize)]
	var one, two bytes.Buffer
	d1, err1 := c.NewDecrypter(make([]byte, c.KeySize), &one, Ahead{})
	d2, err2 := c.NewDecrypter(make([]byte, c.KeySize), &two, Ahead{})
	if err1 != nil || err2 != nil {
		t.Fatalf("%s: %v, %v", c.Name, err1, err2)
	}
	d1.Write(data)
	for i := range data {
		d2.Write(data[i : i+1])
	}
	if d1.Finish(tag, nil) != d2.Finish(tag, nil) || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("%s: pieces matter", c.Name)
	}
}

// FuzzUnwrap unwraps what was changed: it must not become another key.
func FuzzUnwrap(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), 3, byte(1))
	f.Fuzz(func(t *testing.T, key []byte, at int, flip byte) {
		kek := make([]byte, 16)
		for _, oid := range []der.OID{OIDAES128Wrap, OIDAES128WrapPad} {
			w, err := NewWrap(oid)
			if err != nil {
				t.Fatal(err)
			}
			wrapped, err := w.Wrap(kek, key)
			if err != nil {
				continue
			}
			if got, err := w.Unwrap(kek, wrapped); err != nil || !bytes.Equal(got, key) {
				t.Fatalf("%s: %v", w.Name, err)
			}
			if flip == 0 || at < 0 {
				continue
			}
			wrapped[at%len(wrapped)] ^= flip
			if _, err := w.Unwrap(kek, wrapped); err != ErrDecrypt {
				t.Errorf("%s: a change was not found: %v", w.Name, err)
			}
		}
	})
}
