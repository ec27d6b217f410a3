package alg

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"testing"
)

func TestGMACIsGCMOverNothing(t *testing.T) {
	for _, nonceSize := range []int{12, 5, 16} {
		for _, size := range sizes {
			key, nonce, content := random(24), random(nonceSize), random(size)
			block, err := aes.NewCipher(key)
			if err != nil {
				t.Fatal(err)
			}
			std, err := cipher.NewGCMWithNonceSize(block, nonceSize)
			if err != nil {
				t.Fatal(err)
			}
			want := std.Seal(nil, nonce, nil, content)
			m, err := MACOf(Identifier{OIDAES192GMAC, nonceAndTag(nonce, 13)})
			if err != nil {
				t.Fatal(err)
			}
			h, err := m.New(key)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(random(100))
			h.Reset()
			writeInPieces(t, h, content)
			for range 2 { // Sum changes nothing
				if got := h.Sum(nil); !bytes.Equal(got, want[:13]) || m.Size != 13 {
					t.Errorf("%d octets: %x, want %x", size, got, want)
				}
			}
		}
	}
}

// RFC 4231 §4.3.
func TestHMACHasTheAnswerOfRFC4231(t *testing.T) {
	for _, v := range []struct {
		id   Identifier
		want string
	}{
		{Identifier{OIDHMACSHA224, null()}, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"},
		{Identifier{OID: OIDHMACSHA256}, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{Identifier{OIDHMACSHA384, null()}, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
		{Identifier{OIDHMACSHA512, null()}, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
		{Identifier{OID: OIDHMACSHA1IPsec}, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"}, // RFC 2202 §3
	} {
		m, err := MACOf(v.id)
		if err != nil {
			t.Fatal(err)
		}
		h, err := m.New([]byte("Jefe"))
		if err != nil {
			t.Fatal(err)
		}
		h.Write([]byte("what do ya want for nothing?"))
		if got := h.Sum(nil); !bytes.Equal(got, unhex(t, v.want)) || len(got) != m.Size {
			t.Errorf("%s: %x", m.Name, got)
		}
	}
}

func TestEveryMACIsReadAsItWasWritten(t *testing.T) {
	for oid := range hmacs {
		checkMAC(t, Identifier{OID: oid})
	}
	for oid := range gmacs {
		checkMAC(t, Identifier{OID: oid})
	}
}

func checkMAC(t *testing.T, id Identifier) {
	t.Helper()
	w, err := NewMAC(id.OID)
	if err != nil {
		t.Fatal(err)
	}
	r, err := MACOf(w.Identifier())
	if err != nil {
		t.Fatal(err)
	}
	key := w.NewKey()
	one, err1 := w.New(key)
	two, err2 := r.New(key)
	if err1 != nil || err2 != nil || !bytes.Equal(one.Sum(nil), two.Sum(nil)) || len(one.Sum(nil)) != r.Size {
		t.Errorf("%s: %v, %v", w.Name, err1, err2)
	}
	if _, err := w.New(nil); err == nil {
		t.Errorf("%s takes an empty key", w.Name)
	}
}

func TestMACsThatAreRefused(t *testing.T) {
	for name, id := range map[string]Identifier{
		"GMAC without a nonce": {OID: OIDAES128GMAC}, "GMAC with a MAC of 4 octets": {OIDAES128GMAC, nonceAndTag(random(12), 4)},
		"HMAC with parameters": {OIDHMACSHA256, octets(nil)},
	} {
		var p *ParamsError
		if _, err := MACOf(id); !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var u *UnsupportedError
	if _, err := MACOf(Identifier{OID: OIDKMACSHAKE128}); !errors.As(err, &u) {
		t.Errorf("KMAC: %v", err)
	}
	m, err := NewMAC(OIDAES128GMAC)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.New(random(15)); err != ErrDecrypt {
		t.Errorf("a short key of GMAC: %v", err)
	}
}
