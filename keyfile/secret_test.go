package keyfile_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// Whatever is printed, and whatever goes wrong, neither passwords nor keys come out.
func TestSecretsStayInside(t *testing.T) {
	secrets := []string{"Sesam, öffne dich"}
	var files [][]byte
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.Ed25519} {
		e := person(t, k)
		switch key := e.Key.(type) {
		case *rsa.PrivateKey:
			secrets = append(secrets, key.D.String(), key.D.Text(16), key.Primes[0].String())
		case *ecdsa.PrivateKey:
			secrets = append(secrets, key.D.String(), key.D.Text(16))
		case ed25519.PrivateKey:
			secrets = append(secrets, hex.EncodeToString(key.Seed()), strings.Trim(fmt.Sprint(key.Seed()), "[]"))
		}
		b := bundleOf(e)
		noSecret(t, secrets, fmt.Sprintf("%v %+v %#v %v %+v", b.Keys, b, b.Keys[0], b.Match(), b.Match()))
		files = append(files, must(keyfile.MarshalPKCS12(b, keyfile.PKCS12Options{Password: []byte(secrets[0]), Iterations: 1}))(t), must(keyfile.MarshalPKCS8(e.Key, nil))(t))
	}
	for _, file := range files {
		for i := range file {
			changed := bytes.Clone(file)
			changed[i] ^= 0x41
			if _, err := keyfile.Read(changed, keyfile.Options{Password: []byte(secrets[0])}); err != nil {
				noSecret(t, secrets, err.Error())
			}
		}
	}
}

func noSecret(t *testing.T, secrets []string, said string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(said, s) {
			t.Errorf("%q gives a secret away", said)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, v := range []struct {
		err  *keyfile.PasswordError
		want string
	}{{&keyfile.PasswordError{What: "PKCS#12 file"}, "--password-file"}, {&keyfile.PasswordError{What: "PKCS#12 file", Given: true}, "keyboard"}} {
		if !strings.Contains(v.err.Error(), v.want) || !strings.Contains(v.err.Error(), v.err.What) || !v.err.Is(keyfile.ErrPassword) || v.err.Is(keyfile.ErrFormat) {
			t.Errorf("%v", v.err)
		}
	}
}
