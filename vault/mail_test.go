package vault_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"math/big"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// certificate is one about a public key, signed by a signer or, with nil, by somebody.
func certificate(t testing.TB, pub crypto.PublicKey, s crypto.Signer) *pki.Certificate {
	t.Helper()
	if s == nil {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		s = k
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		t.Fatal(err)
	}
	name, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Ada"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := pki.CreateCertificate(pki.Template{Serial: serial, Subject: name, PublicKey: pub,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, s)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encryptTo(t testing.TB, c *pki.Certificate, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := cms.NewEnvelopedWriter(&b, cms.EnvelopeOptions{Cipher: alg.OIDAES256GCM, Recipients: []cms.RecipientOptions{{Certificate: c}}, Size: int64(len(text))})
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decrypt(t testing.TB, sealed []byte, keys cms.Keys) ([]byte, error) {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(sealed), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = c.(*cms.Enveloped).Decrypt(t.Context(), &out, cms.DecryptOptions{Keys: keys})
	return out.Bytes(), err
}
