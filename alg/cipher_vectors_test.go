package alg

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// unhex reads hexadecimal digits with white space between them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRC2HasTheAnswersOfRFC2268(t *testing.T) {
	for _, v := range []struct {
		key       string
		effective int
		plain     string
		want      string
	}{
		{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
		{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
		{"88", 64, "0000000000000000", "61a8a244adacccf0"},
		{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
		{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
		{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
		{"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129, "0000000000000000", "5b78d3a43dfff1f1"},
	} {
		c := newRC2(unhex(t, v.key), v.effective)
		b := make([]byte, 8)
		c.Encrypt(b, unhex(t, v.plain))
		if hex.EncodeToString(b) != v.want {
			t.Errorf("key %s with %d bits encrypts to %x, want %s", v.key, v.effective, b, v.want)
		}
		c.Decrypt(b, b)
		if hex.EncodeToString(b) != v.plain {
			t.Errorf("key %s with %d bits decrypts to %x, want %s", v.key, v.effective, b, v.plain)
		}
	}
}

func TestOldCiphersReadWhatOpenSSLWrote(t *testing.T) {
	peer.Need(t, "openssl")
	iv, content := random(8), random(12345)
	for name, v := range map[string]struct {
		id   Identifier
		size int
	}{
		"-des-cbc":      {Identifier{OIDDESCBC, octets(iv)}, 8},
		"-des-ede3-cbc": {Identifier{OIDDESEDE3CBC, octets(iv)}, 24},
		"-rc2-40-cbc":   {Identifier{OIDRC2CBC, rc2ParamsIV(160, iv)}, 5},
		"-rc2-64-cbc":   {Identifier{OIDRC2CBC, rc2ParamsIV(120, iv)}, 8},
		"-rc2-cbc":      {Identifier{OIDRC2CBC, rc2ParamsIV(58, iv)}, 16},
	} {
		key := random(v.size)
		ciphertext := peer.Run(t, content, "openssl", "enc", name, "-provider", "legacy", "-provider", "default",
			"-K", hex.EncodeToString(key), "-iv", hex.EncodeToString(iv))
		c, err := CipherOf(v.id, Allow{Legacy: true})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decrypt(t, c, key, ciphertext, nil, nil, Ahead{}); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCBCIsThatOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	for name, oid := range map[string]Identifier{
		"-aes-128-cbc": {OID: OIDAES128CBC}, "-aes-192-cbc": {OID: OIDAES192CBC}, "-aes-256-cbc": {OID: OIDAES256CBC},
	} {
		c, err := NewCipher(oid.OID)
		if err != nil {
			t.Fatal(err)
		}
		cek, content := c.NewKey(), random(99999)
		ciphertext, _ := encrypt(t, c, cek, content, nil)
		got := peer.Run(t, ciphertext, "openssl", "enc", "-d", name,
			"-K", hex.EncodeToString(cek), "-iv", hex.EncodeToString(c.nonce))
		if !bytes.Equal(got, content) {
			t.Errorf("openssl decrypts %s to something else", c.Name)
		}
	}
}

// SP 800-38C, example 4, whose additional data has 65536 octets.
func TestCCMHasTheAnswerOfSP80038C(t *testing.T) {
	aad := make([]byte, 65536)
	for i := range aad {
		aad[i] = byte(i)
	}
	compareAEAD(t, Identifier{OIDAES128CCM, nonceAndTag(unhex(t, "101112131415161718191a1b1c"), 14)},
		unhex(t, "404142434445464748494a4b4c4d4e4f"), aad,
		unhex(t, "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"),
		unhex(t, "69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72b4ac6bec93e8598e7f0dadbcea5b"))
}

// The answers are those of the Python package cryptography 48, which is OpenSSL.
func TestCCMIsThatOfOpenSSL(t *testing.T) {
	key := unhex(t, "000102030405060708090a0b0c0d0e0f")
	aad := make([]byte, 80000)
	for i := range aad {
		aad[i] = byte(i % 200)
	}
	for _, v := range []struct {
		size           int
		aad            []byte
		tag            int
		ciphertext, to string
	}{
		{70000, aad, 12, "72baade076a63b6399e03f36e5720c262f6ef513ea33be82a6caa6aae4e6d55f", "259a7a78d3f8799c320f8117"},
		{70000, aad, 14, "72baade076a63b6399e03f36e5720c262f6ef513ea33be82a6caa6aae4e6d55f", "3f91775b86810a81e88f0e91fb35"},
		{70000, aad, 16, "72baade076a63b6399e03f36e5720c262f6ef513ea33be82a6caa6aae4e6d55f", "eb35b7c8f0ccbf919e71c6cd60ae6b47"},
		{70000, nil, 16, "72baade076a63b6399e03f36e5720c262f6ef513ea33be82a6caa6aae4e6d55f", "83b358663fdf514d3bd4de8339117b15"},
		{0, nil, 16, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "c1fbf8b0048b41ddc09606d30deb603f"},
	} {
		c, err := CipherOf(Identifier{OIDAES128CCM, nonceAndTag(unhex(t, "00010203040506"), v.tag)}, Allow{})
		if err != nil {
			t.Fatal(err)
		}
		c.fresh = true // the nonce is the test's
		ciphertext, tag := encrypt(t, c, key, bytes.Repeat([]byte{0x5a}, v.size), v.aad)
		if sum := sha256.Sum256(ciphertext); hex.EncodeToString(sum[:]) != v.ciphertext || hex.EncodeToString(tag) != v.to {
			t.Errorf("%d octets, tag of %d: tag %x, want %s", v.size, v.tag, tag, v.to)
		}
	}
}

func TestCCMKnowsTheMostThatItsNonceAllows(t *testing.T) {
	c, err := CipherOf(Identifier{OIDAES128CCM, nonceAndTag(random(13), 16)}, Allow{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.NewDecrypter(random(16), new(bytes.Buffer), Ahead{Known: true, Size: 65535}); err != nil {
		t.Error(err)
	}
	if _, err := c.NewDecrypter(random(16), new(bytes.Buffer), Ahead{Known: true, Size: 65536}); err != errTooLong {
		t.Errorf("a length that does not fit: %v", err)
	}
}

// RFC 9709, the example of its authenticated cipher.
func TestCEKHKDFHasTheAnswerOfRFC9709(t *testing.T) {
	inner := unhex(t, "301b0609608648016503040106300e040c5c79058ba2f43447639d29e2")
	c, err := CipherOf(Identifier{OIDCEKHKDFSHA256, inner}, Allow{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.contentKey(unhex(t, "c702e7d0a9e064b09ba55245fb733cf3"))
	if err != nil || hex.EncodeToString(key) != "2124ffb29fac4e0fbbc7d5d87492bff3" {
		t.Errorf("key %x, %v", key, err)
	}
	if !c.AEAD() || c.TagSize != 12 || c.KeySize != 16 || c.Identifier().OID != OIDCEKHKDFSHA256 {
		t.Errorf("%s with a tag of %d octets", c.Name, c.TagSize)
	}
}

// STANDARDS 5, STANDARDS 30: content under CEK-HKDF is worth nothing as content of the cipher below it.
func TestCEKHKDFStopsADowngrade(t *testing.T) {
	w, err := NewCipher(OIDAES128GCM)
	if err != nil {
		t.Fatal(err)
	}
	w = w.UnderHKDF()
	cek := w.NewKey()
	ciphertext, _ := encrypt(t, w, cek, random(64), nil)
	counter := append(bytes.Clone(w.nonce), 0, 0, 0, 2)
	below, err := CipherOf(Identifier{OIDAES128CBC, octets(counter)}, Allow{})
	if err != nil {
		t.Fatal(err)
	}
	if key, err := below.contentKey(cek); err != nil || !bytes.Equal(key, cek) {
		t.Fatal("CBC alone derives no key")
	}
	key, err := w.contentKey(cek)
	if err != nil || bytes.Equal(key, cek) {
		t.Errorf("the content key is the key that was sent: %v", err)
	}
	if _, err := decrypt(t, below, cek, ciphertext, nil, nil, Ahead{}); err != nil && err != ErrDecrypt {
		t.Errorf("another error: %v", err)
	}
}
