package alg

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"math/big"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/waxwing-mail/waxwing/der"
)

// currentCiphers are all that are written.
var currentCiphers = []der.OID{
	OIDAES128CBC, OIDAES192CBC, OIDAES256CBC, OIDAES128GCM, OIDAES192GCM, OIDAES256GCM,
	OIDAES128CCM, OIDAES192CCM, OIDAES256CCM, OIDChaCha20Poly1305,
}

// sizes lie around the borders of blocks and chunks.
var sizes = []int{0, 1, 15, 16, 17, 31, 32, 33, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 5, 4 * chunkSize}

// writeInPieces writes p in pieces of random length.
func writeInPieces(t *testing.T, w interface{ Write([]byte) (int, error) }, p []byte) {
	t.Helper()
	for len(p) > 0 {
		most, err := rand.Int(rand.Reader, big.NewInt(3*chunkSize))
		if err != nil {
			t.Fatal(err)
		}
		n := min(len(p), int(most.Int64())+1)
		if m, err := w.Write(p[:n]); err != nil || m != n {
			t.Fatalf("wrote %d of %d: %v", m, n, err)
		}
		p = p[n:]
	}
}

// encrypt encrypts in pieces, with everything known ahead.
func encrypt(t *testing.T, c *Cipher, cek, content, aad []byte) (ciphertext, tag []byte) {
	t.Helper()
	var out bytes.Buffer
	e, err := c.NewEncrypter(cek, &out, Ahead{Known: true, AAD: aad, Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	writeInPieces(t, e, content)
	if tag, err = e.Finish(aad); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), tag
}

// decrypt decrypts in pieces.
func decrypt(t *testing.T, c *Cipher, cek, ciphertext, tag, aad []byte, ahead Ahead) ([]byte, error) {
	t.Helper()
	var out bytes.Buffer
	d, err := c.NewDecrypter(cek, &out, ahead)
	if err != nil {
		return nil, err
	}
	writeInPieces(t, d, ciphertext)
	err = d.Finish(tag, aad)
	return out.Bytes(), err
}

func TestEveryCurrentCipherReadsWhatItWrote(t *testing.T) {
	for _, oid := range currentCiphers {
		for _, under := range []bool{false, true} {
			for _, size := range sizes {
				roundTrip(t, oid, under, size)
			}
		}
	}
}

func roundTrip(t *testing.T, oid der.OID, under bool, size int) {
	t.Helper()
	w, err := NewCipher(oid)
	if err != nil {
		t.Fatal(err)
	}
	if under {
		w = w.UnderHKDF()
	}
	var aad []byte
	if w.AEAD() {
		aad = random(size % 100)
	}
	cek, content := w.NewKey(), random(size)
	ciphertext, tag := encrypt(t, w, cek, content, aad)
	if int64(len(ciphertext)) != w.CiphertextSize(int64(size)) || len(tag) != w.TagSize {
		t.Fatalf("%s: %d octets became %d and a tag of %d", w.Name, size, len(ciphertext), len(tag))
	}
	r, err := CipherOf(w.Identifier(), Allow{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ahead := range []Ahead{{}, {Known: true, AAD: aad, Size: int64(size)}} {
		if got, err := decrypt(t, r, cek, ciphertext, tag, aad, ahead); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%s, %d octets, ahead %v: %v", w.Name, size, ahead.Known, err)
		}
	}
}

func TestGCMIsThatOfTheStandardLibrary(t *testing.T) {
	for _, nonceSize := range []int{12, 1, 8, 16, 17, 64} {
		for _, size := range sizes {
			key, nonce, aad, content := random(32), random(nonceSize), random(size%77), random(size)
			block, err := aes.NewCipher(key)
			if err != nil {
				t.Fatal(err)
			}
			std, err := cipher.NewGCMWithNonceSize(block, nonceSize)
			if err != nil {
				t.Fatal(err)
			}
			sealed := std.Seal(nil, nonce, content, aad)
			compareAEAD(t, Identifier{OIDAES256GCM, nonceAndTag(nonce, 16)}, key, aad, content, sealed)
		}
	}
}

func TestChaCha20Poly1305IsThatOfTheStandardLibrary(t *testing.T) {
	for _, size := range sizes {
		key, nonce, aad, content := random(32), random(12), random(size%77), random(size)
		std, err := chacha20poly1305.New(key)
		if err != nil {
			t.Fatal(err)
		}
		sealed := std.Seal(nil, nonce, content, aad)
		compareAEAD(t, Identifier{OIDChaCha20Poly1305, octets(nonce)}, key, aad, content, sealed)
	}
}

// compareAEAD encrypts and decrypts, and compares with content and sealed.
func compareAEAD(t *testing.T, id Identifier, key, aad, content, sealed []byte) {
	t.Helper()
	c, err := CipherOf(id, Allow{})
	if err != nil {
		t.Fatal(err)
	}
	want, wantTag := sealed[:len(content)], sealed[len(content):]
	c.fresh = true // the nonce is the test's
	got, tag := encrypt(t, c, key, content, aad)
	if !bytes.Equal(got, want) || !bytes.Equal(tag, wantTag[:c.TagSize]) {
		t.Errorf("%s: %d octets, %d of additional data encrypt to something else", c.Name, len(content), len(aad))
	}
	plain, err := decrypt(t, c, key, want, wantTag, aad, Ahead{Known: true, AAD: aad, Size: int64(len(content))})
	if err != nil || !bytes.Equal(plain, content) {
		t.Errorf("%s: %d octets, %d of additional data: %v", c.Name, len(content), len(aad), err)
	}
}

// The counter of a nonce that is not of 96 bits starts anywhere, and begins again at zero after 2^32.
func TestGCMCounterWrapsAt32Bits(t *testing.T) {
	key := random(16)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	j0 := [16]byte{1, 2, 3, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xfd} // two blocks, then zero
	got, want := make([]byte, 100), make([]byte, 0, 112)
	newCTR32(block, j0).xor(got, got)
	for _, count := range []uint32{0xfffffffe, 0xffffffff, 0, 1, 2, 3, 4} {
		b := [16]byte{1, 2, 3, 12: byte(count >> 24), 13: byte(count >> 16), 14: byte(count >> 8), 15: byte(count)}
		block.Encrypt(b[:], b[:])
		want = append(want, b[:]...)
	}
	if !bytes.Equal(got, want[:100]) {
		t.Error("the key stream is another")
	}
}

// STANDARDS 1, STANDARDS 3: a changed bit anywhere is found, and always gives the same error.
func TestAnAEADFindsEveryChange(t *testing.T) {
	for _, oid := range currentCiphers {
		if !IsAEAD(oid) {
			continue
		}
		w, err := NewCipher(oid)
		if err != nil {
			t.Fatal(err)
		}
		cek, content, aad := w.NewKey(), random(100), random(20)
		ciphertext, tag := encrypt(t, w, cek, content, aad)
		for name, try := range map[string]func() ([]byte, []byte, []byte, []byte){
			"ciphertext":   func() (k, c, s, a []byte) { return cek, flip(ciphertext), tag, aad },
			"shortened":    func() (k, c, s, a []byte) { return cek, ciphertext[:99], tag, aad },
			"tag":          func() (k, c, s, a []byte) { return cek, ciphertext, flip(tag), aad },
			"short tag":    func() (k, c, s, a []byte) { return cek, ciphertext, tag[:12], aad },
			"no tag":       func() (k, c, s, a []byte) { return cek, ciphertext, nil, aad },
			"attributes":   func() (k, c, s, a []byte) { return cek, ciphertext, tag, flip(aad) },
			"no attribute": func() (k, c, s, a []byte) { return cek, ciphertext, tag, nil },
			"key":          func() (k, c, s, a []byte) { return flip(cek), ciphertext, tag, aad },
			"short key":    func() (k, c, s, a []byte) { return cek[:len(cek)-1], ciphertext, tag, aad },
		} {
			k, c, s, a := try()
			for _, ahead := range []Ahead{{}, {Known: true, AAD: a, Size: int64(len(c))}} {
				if _, err := decrypt(t, w, k, c, s, a, ahead); err != ErrDecrypt {
					t.Errorf("%s: %s: %v", w.Name, name, err)
				}
			}
		}
	}
}

// flip returns a copy with one bit changed.
func flip(b []byte) []byte {
	c := bytes.Clone(b)
	c[len(c)/2] ^= 4
	return c
}

func TestALongContentIsNotHeld(t *testing.T) {
	w, err := NewCipher(OIDChaCha20Poly1305)
	if err != nil {
		t.Fatal(err)
	}
	cek, content, aad := w.NewKey(), random(maxHeld+1), random(9)
	ciphertext, tag := encrypt(t, w, cek, content, aad)
	// ChaCha20-Poly1305 goes on as if there were no additional data, and says so when there is some.
	if _, err := decrypt(t, w, cek, ciphertext, tag, aad, Ahead{}); err != ErrAhead {
		t.Errorf("with additional data: %v", err)
	}
	if _, err := decrypt(t, w, cek, ciphertext, tag, aad, Ahead{Known: true, AAD: aad, Size: -1}); err != nil {
		t.Errorf("with additional data known ahead: %v", err)
	}
	ccm, err := NewCipher(OIDAES128CCM)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ccm.NewDecrypter(ccm.NewKey(), new(bytes.Buffer), Ahead{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Write(ciphertext); err != ErrAhead {
		t.Errorf("CCM without a length: %v", err)
	}
}

// STANDARDS 30: a nonce serves once.
func TestACipherEncryptsOnce(t *testing.T) {
	w, err := NewCipher(OIDAES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	encrypt(t, w, w.NewKey(), nil, nil)
	if _, err := w.NewEncrypter(w.NewKey(), new(bytes.Buffer), Ahead{}); err == nil {
		t.Error("the second content was encrypted under the same nonce")
	}
	r, err := CipherOf(w.Identifier(), Allow{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.NewEncrypter(w.NewKey(), new(bytes.Buffer), Ahead{}); err == nil {
		t.Error("a nonce that came from outside encrypts")
	}
	v, err := NewCipher(OIDAES256GCM)
	if err != nil {
		t.Fatal(err)
	}
	v.UnderHKDF()
	if _, err := v.NewEncrypter(v.NewKey(), new(bytes.Buffer), Ahead{}); err == nil {
		t.Error("a cipher encrypts beside the one that was put under HKDF")
	}
}
