package alg

import (
	"crypto"
	"crypto/dsa"
	"math/big"
	"testing"
)

// dsaKey returns a key with numbers that will do where nothing is verified.
func dsaKey() *dsa.PublicKey {
	two := big.NewInt(2)
	return &dsa.PublicKey{Parameters: dsa.Parameters{P: big.NewInt(11), Q: big.NewInt(5), G: two}, Y: two}
}

func TestDSAKeysThatAreRefused(t *testing.T) {
	huge := new(big.Int).SetBit(big.NewInt(1), maxModulus+1, 1)
	for name, change := range map[string]func(k *dsa.PublicKey){
		"inherited parameters": func(k *dsa.PublicKey) { k.Parameters = dsa.Parameters{} },
		"a huge P":             func(k *dsa.PublicKey) { k.P = huge },
		"a huge Q":             func(k *dsa.PublicKey) { k.Q = huge },
		"Q of 1":               func(k *dsa.PublicKey) { k.Q = big.NewInt(1) },
		"G of 1":               func(k *dsa.PublicKey) { k.G = big.NewInt(1) },
		"G of P":               func(k *dsa.PublicKey) { k.G = k.P },
		"Y of 0":               func(k *dsa.PublicKey) { k.Y = new(big.Int) },
		"Y of P":               func(k *dsa.PublicKey) { k.Y = k.P },
	} {
		k := dsaKey()
		change(k)
		if _, err := NewVerifier(Identifier{OID: OIDDSAWithSHA1}, nil, k, Allow{Legacy: true}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	v, err := NewVerifier(Identifier{OID: OIDDSAWithSHA1}, nil, dsaKey(), Allow{Legacy: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, sig := range [][]byte{nil, {0x30, 0}, {0x30, 6, 2, 1, 0, 2, 1, 1}, {0x30, 6, 2, 1, 1, 2, 1, 0xff}, {0x30, 6, 2, 1, 1, 2, 1, 1, 0}} {
		if v.VerifyMessage([]byte("m"), sig) == nil {
			t.Errorf("signature % x verifies", sig)
		}
	}
	child, parent := &dsa.PublicKey{Y: big.NewInt(3)}, dsaKey()
	if whole, ok := InheritDSA(child, parent).(*dsa.PublicKey); !ok || whole.P != parent.P || whole.Y != child.Y || child.P != nil {
		t.Errorf("inherited: %v", whole)
	}
	if InheritDSA(child, rsaKey(t).Public()) != crypto.PublicKey(child) || InheritDSA(child, child) != crypto.PublicKey(child) {
		t.Error("parameters out of nowhere")
	}
}
