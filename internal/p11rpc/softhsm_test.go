package p11rpc_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"math/big"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/p11rpc"
	"github.com/waxwing-mail/waxwing/internal/testtoken"
)

// curveP256 is the DER of the object identifier of P-256.
var curveP256 = []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}

func TestATokenMakesAKeyAndSigns(t *testing.T) {
	k := testtoken.Start(t)
	c, err := p11rpc.Dial(t.Context(), k.Socket, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	slots, err := c.Slots()
	if err != nil || len(slots) != 1 || slots[0].Label != testtoken.Label {
		t.Fatalf("%+v, %v", slots, err)
	}
	mechanisms, err := c.Mechanisms(slots[0].ID)
	t.Logf("%x, %v", mechanisms, err)
	s, err := c.OpenSession(slots[0].ID, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(s, []byte("wrong PIN")); err == nil || c.Broken() != nil {
		t.Errorf("a wrong PIN: %v, %v", err, c.Broken())
	}
	if err := c.Login(s, []byte(testtoken.PIN)); err != nil {
		t.Fatal(err)
	}
	pub, priv, err := c.GenerateKeyPair(s, p11rpc.Mechanism{Type: p11rpc.ECKeyPairGen},
		[]p11rpc.Attribute{p11rpc.Bool(p11rpc.Token, true), p11rpc.Bytes(p11rpc.ECParams, curveP256), p11rpc.Bytes(p11rpc.Label, []byte("k"))},
		[]p11rpc.Attribute{p11rpc.Bool(p11rpc.Token, true), p11rpc.Bool(p11rpc.Private, true), p11rpc.Bool(p11rpc.Sensitive, true), p11rpc.Bool(p11rpc.CanSign, true), p11rpc.Bytes(p11rpc.Label, []byte("k"))})
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Attributes(s, pub, p11rpc.ECPoint, p11rpc.KeyType, p11rpc.Token, p11rpc.Modulus)
	if err != nil || !a[0].Present || a[1].Number != p11rpc.KeyEC || a[2].Number != 1 || a[3].Present {
		t.Fatalf("%+v, %v", a, err)
	}
	secret, err := c.Attributes(s, priv, p11rpc.Value)
	if err != nil || secret[0].Present {
		t.Errorf("the private half: %+v, %v", secret, err)
	}
	found, err := c.Find(s, []p11rpc.Attribute{p11rpc.Ulong(p11rpc.Class, p11rpc.PrivateKey), p11rpc.Bytes(p11rpc.Label, []byte("k"))}, 10)
	if err != nil || len(found) != 1 || found[0] != priv {
		t.Fatalf("%v, %v", found, err)
	}
	digest := sha256.Sum256([]byte("text"))
	sig, err := c.Sign(s, p11rpc.Mechanism{Type: p11rpc.ECDSA}, priv, digest[:])
	if err != nil || len(sig) != 64 {
		t.Fatalf("%d bytes, %v", len(sig), err)
	}
	point := a[0].Value[2:]
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	if !ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Error("the signature does not hold")
	}
	if _, err := c.Sign(s, p11rpc.Mechanism{Type: p11rpc.RSAPKCS}, priv, digest[:]); err == nil || c.Broken() != nil {
		t.Errorf("a mechanism that does not fit: %v, %v", err, c.Broken())
	}
	if err := c.Destroy(s, priv); err != nil {
		t.Error(err)
	}
	if bytes.Equal(sig[:32], sig[32:]) {
		t.Error("r is s")
	}
}
