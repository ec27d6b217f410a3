package cms_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
)

// decrypterToken is an RSA key that does not show itself.
type decrypterToken struct {
	*rsa.PrivateKey
	gone bool
}

// Decrypt tells by its error that the padding is bad, as PKCS #11 tokens do.
func (k *decrypterToken) Decrypt(r io.Reader, b []byte, o crypto.DecrypterOpts) ([]byte, error) {
	if k.gone {
		return nil, fmt.Errorf("slot 0: %w", alg.ErrKeyUnavailable)
	}
	if _, ok := o.(*rsa.PKCS1v15DecryptOptions); ok {
		o = nil
	}
	return k.PrivateKey.Decrypt(r, b, o)
}

// agreementToken is a key of an elliptic curve that does not show itself.
type agreementToken struct{ ecdh.KeyExchanger }

func agreeingToken(t *testing.T, k crypto.PrivateKey) agreementToken {
	t.Helper()
	e, err := k.(*ecdsa.PrivateKey).ECDH()
	if err != nil {
		t.Fatal(err)
	}
	return agreementToken{e}
}
