package alg

import (
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

// RFC 5754 §2: parameters of digests are absent or NULL, and written as absent.
func TestIdentifiersOfDigests(t *testing.T) {
	for oid, h := range hashes {
		for params, ok := range map[string]bool{"": true, "\x05\x00": true, "\x02\x01\x00": false, "\x05\x01\x00": false} {
			id := Identifier{OID: oid}
			if params != "" {
				id.Params = []byte(params)
			}
			got, err := HashOf(id)
			if (err == nil) != ok || got != h {
				t.Errorf("%s with % x: %v, %v", h.Name, params, got, err)
			}
			if same := id.SameAlgorithm(h.Identifier()); same != ok {
				t.Errorf("%s with % x is the same: %v", h.Name, params, same)
			}
			if id.Equal(h.Identifier()) != (params == "") {
				t.Errorf("%s with % x is equal", h.Name, params)
			}
			c := der.NewCursor(id.Bytes())
			if again := ParseIdentifier(c); c.Done() != nil && params != "\x05\x01\x00" || !again.Equal(id) && c.Done() == nil {
				t.Errorf("%s with % x is read as %v", h.Name, params, again)
			}
		}
		if h.Size != len(h.Sum(nil)) || h.New().Size() != h.Size || h.HashFunc() != h.Std || h.Std != 0 && h.Std.Size() != h.Size {
			t.Errorf("%s: sizes differ", h.Name)
		}
		s := h.New() // Sum does not change the state
		s.Write([]byte("ab"))
		s.Sum(nil)
		s.Write([]byte("c"))
		if string(s.Sum([]byte{1})[1:]) != string(h.Sum([]byte("abc"))) {
			t.Errorf("%s in two pieces is another", h.Name)
		}
	}
	for _, params := range [][]byte{nil, null(), {2, 1, 64}, {2, 2, 2, 0, 0}, {4, 1, 0}} {
		if h, err := HashOf(Identifier{OIDSHAKE256Len, params}); err == nil {
			t.Errorf("SHAKE256 with length % x is %v", params, h)
		}
	}
	var u *UnsupportedError
	for _, oid := range []der.OID{OIDMD2, OIDRIPEMD160, OIDSHA256WithRSA, "\x2a\x03\x04"} {
		if _, err := HashOf(Identifier{OID: oid}); !errors.As(err, &u) {
			t.Errorf("%s: %v", Name(oid), err)
		}
	}
}

// RFC 8551 §3.5.3.2.
func TestMicalg(t *testing.T) {
	for h, want := range map[*Hash]string{MD5: "md5", SHA1: "sha-1", SHA224: "sha-224", SHA256: "sha-256", SHA384: "sha-384", SHA512: "sha-512",
		SHA3256: "sha3-256", SHAKE256: "shake256"} {
		if got := h.Micalg(); got != want {
			t.Errorf("%s is %q, want %q", h.Name, got, want)
		}
	}
}
