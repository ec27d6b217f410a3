package cms_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// tight are limits under which nothing takes long.
var tight = limit.Limits{Bytes: 1 << 20, Elements: 20_000, KDF: 10_000, PublicKey: 20, Recipients: 200, Certificates: 100}

// openAny reads a message of any kind to its end, decrypts it where it can, and returns its type.
func openAny(raw []byte, keys ...cms.Key) string {
	c, err := cms.Read(bytes.NewReader(raw), limit.New(tight))
	if err != nil {
		return "unread"
	}
	o := cms.DecryptOptions{Keys: offered(keys), Allow: alg.Allow{Legacy: true}, Audit: func(cms.Attempt) {}}
	switch c := c.(type) {
	case *cms.Data:
		c.Finish()
	case *cms.Signed:
		c.Finish()
	case *cms.Compressed:
		if content, err := c.Content(); err == nil {
			io.Copy(io.Discard, io.LimitReader(content, 1<<20))
		}
	case *cms.Digested:
		c.Finish()
	case *cms.Enveloped:
		c.Decrypt(context.Background(), io.Discard, o)
	case *cms.Encrypted:
		c.Decrypt(context.Background(), io.Discard, kek16, o.Allow)
	case *cms.Authenticated:
		c.Verify(context.Background(), io.Discard, o)
	}
	return fmt.Sprintf("%T", c)
}

// Reading and decrypting neither panics nor leaves its limits, and gives the same answer twice.
func FuzzDecrypt(f *testing.F) {
	root := testca.Root(f, "Root")
	bob, carol := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA))), root.Issue(testca.Person("carol@example.org"))
	keys := []cms.Key{keyOf(bob), keyOf(carol), {KEK: kek16}, {Password: []byte("p")}}
	for _, cipher := range allCiphers {
		for _, size := range []int64{4, -1} {
			if size < 0 && isCCM(cipher) {
				continue
			}
			var out bytes.Buffer
			w, err := cms.NewEnvelopedWriter(&out, cms.EnvelopeOptions{Cipher: cipher, Size: size, Recipients: []cms.RecipientOptions{
				{Certificate: bob.Certificate}, {Certificate: bob.Certificate, OAEP: true}, {Certificate: carol.Certificate}, {KEK: kek16}, {Password: []byte("p"), Iterations: 1}}})
			if err != nil {
				f.Fatal(err)
			}
			write(f, w, []byte("text"))
			f.Add(out.Bytes())
		}
	}
	var out bytes.Buffer
	a, err := cms.NewAuthenticatedWriter(&out, cms.AuthenticateOptions{Recipients: []cms.RecipientOptions{{KEK: kek16}}})
	if err != nil {
		f.Fatal(err)
	}
	write(f, a, []byte("text"))
	f.Add(out.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		answer := func() string {
			e, out, err := openWithin(raw, cms.DecryptOptions{Keys: offered(keys[1:])}, tight)
			if e == nil {
				return fmt.Sprint(openAny(raw, keys...), err)
			}
			return fmt.Sprintf("%x %v %v", out, err, e.Findings)
		}
		if one, two := answer(), answer(); one != two {
			t.Errorf("%s\n%s", one, two)
		}
	})
}
