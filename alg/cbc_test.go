package alg

import (
	"bytes"
	"errors"
	"testing"
)

// STANDARDS 8: whatever is wrong with the end of a CBC content, there is one error, and no panic.
func TestPaddingFaultsAreNotToldApart(t *testing.T) {
	c, err := NewCipher(OIDAES128CBC)
	if err != nil {
		t.Fatal(err)
	}
	key := c.NewKey()
	e, err := c.start(key, Ahead{}, false)
	if err != nil {
		t.Fatal(err)
	}
	raw := func(last ...byte) []byte { // one block of plaintext that ends so, encrypted without padding
		b := append(make([]byte, 16-len(last)), last...)
		out := make([]byte, 16)
		e, err = c.start(key, Ahead{}, false)
		if err != nil {
			t.Fatal(err)
		}
		e.crypt(out, b)
		return out
	}
	for name, ciphertext := range map[string][]byte{
		"nothing":                   nil,
		"one octet":                 {1},
		"a block and one octet":     append(raw(1), 7),
		"padding of 0":              raw(0),
		"padding of 17":             raw(17),
		"padding of 255":            raw(255),
		"padding of 2 that is not":  raw(1, 2),
		"padding of 3 that is not":  raw(2, 3, 3),
		"padding of 16 that is not": raw(16),
	} {
		if _, err := decrypt(t, c, key, ciphertext, nil, nil, Ahead{}); err != ErrDecrypt {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := 1; n <= 16; n++ {
		good := bytes.Repeat([]byte{byte(n)}, n)
		if got, err := decrypt(t, c, key, raw(good...), nil, nil, Ahead{}); err != nil || len(got) != 16-n {
			t.Errorf("padding of %d: %d octets, %v", n, len(got), err)
		}
	}
	if _, err := decrypt(t, c, key, raw(1), random(16), nil, Ahead{}); err != ErrDecrypt {
		t.Errorf("CBC with a tag: %v", err)
	}
}

func TestAFailingWriterStopsTheStream(t *testing.T) {
	full := errors.New("disk full")
	for _, oid := range currentCiphers {
		c, err := NewCipher(oid)
		if err != nil {
			t.Fatal(err)
		}
		cek, content := c.NewKey(), random(3*chunkSize)
		e, err := c.NewEncrypter(cek, failing{full}, Ahead{Known: true, Size: int64(len(content))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write(content); err != full {
			t.Errorf("%s: writing: %v", c.Name, err)
		}
		if _, err := e.Finish(nil); err != full {
			t.Errorf("%s: finishing: %v", c.Name, err)
		}
		d, err := c.NewDecrypter(cek, failing{full}, Ahead{Known: true, Size: int64(len(content))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write(content); err != full {
			t.Errorf("%s: decrypting: %v", c.Name, err)
		}
		if err := d.Finish(make([]byte, 16), nil); err != full {
			t.Errorf("%s: finishing the decryption: %v", c.Name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
