package cbc

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"runtime"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// SP 800-38A Appendix F.2.
func TestAnswersOfSP80038A(t *testing.T) {
	iv := unhex(t, "000102030405060708090a0b0c0d0e0f")
	want := unhex(t, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	for key, ciphertext := range map[string]string{
		"2b7e151628aed2a6abf7158809cf4f3c":                                 "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
		"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b":                 "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
		"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4": "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
	} {
		m, err := NewDecrypter(unhex(t, key), iv)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		m.CryptBlocks(got, unhex(t, ciphertext))
		if !bytes.Equal(got, want) || m.BlockSize() != 16 {
			t.Errorf("%d-bit key: %x, want %x", len(key)*4, got, want)
		}
	}
}

// compare decrypts in pieces as both sides do, and in place.
func compare(t *testing.T, key, iv, src []byte, pieces []byte) {
	t.Helper()
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, len(src))
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(want, src)
	m, err := NewDecrypter(key, iv)
	if err != nil {
		t.Fatal(err)
	}
	got, place := make([]byte, len(src)+1), bytes.Clone(src)
	in, err := NewDecrypter(key, iv)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(src); {
		n := len(src) - i
		if len(pieces) > 0 {
			n = min(n, 16*int(pieces[0]))
			pieces = pieces[1:]
		}
		m.CryptBlocks(got[i+1:], src[i:i+n]) // not aligned
		in.CryptBlocks(place[i:i+n], place[i:i+n])
		i += n
	}
	if !bytes.Equal(got[1:], want) || !bytes.Equal(place, want) {
		t.Errorf("key of %d octets, %d octets: differs from crypto/cipher", len(key), len(src))
	}
}

func TestItIsThatOfTheStandardLibrary(t *testing.T) {
	buf := make([]byte, 100*16+16+32)
	for _, size := range []int{16, 24, 32} {
		for blocks := range 100 {
			rand.Read(buf)
			compare(t, buf[:size], buf[32:48], buf[48:48+16*blocks], buf[:blocks%7])
		}
	}
}

func FuzzDecrypter(f *testing.F) {
	f.Add(make([]byte, 16), []byte("0123456789abcdef"), []byte{1, 9})
	f.Add(make([]byte, 24), make([]byte, 500), []byte{})
	f.Add(make([]byte, 32), make([]byte, 128), []byte{8, 0, 3})
	f.Fuzz(func(t *testing.T, key, data, pieces []byte) {
		if len(key) != 16 && len(key) != 24 && len(key) != 32 || len(data) < 16 {
			if _, err := NewDecrypter(key, data); err == nil && len(data) != 16 {
				t.Fatal("taken")
			}
			return
		}
		compare(t, key, data[:16], data[16:len(data)-len(data)%16], pieces)
	})
}

func TestWhatIsRefused(t *testing.T) {
	for _, size := range []int{0, 15, 17, 31, 33, 64} {
		if _, err := NewDecrypter(make([]byte, size), make([]byte, 16)); err == nil {
			t.Errorf("a key of %d octets was taken", size)
		}
		if _, err := NewDecrypter(make([]byte, 16), make([]byte, size)); err == nil {
			t.Errorf("an initialization vector of %d octets was taken", size)
		}
	}
	m, err := NewDecrypter(make([]byte, 16), make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 64)
	m.CryptBlocks(nil, nil)
	for name, f := range map[string]func(){
		"half a block":   func() { m.CryptBlocks(buf, buf[:24]) },
		"a short output": func() { m.CryptBlocks(buf[:16], buf[:32]) },
		"overlap ahead":  func() { m.CryptBlocks(buf[8:], buf[:32]) },
		"overlap behind": func() { m.CryptBlocks(buf[:32], buf[8:40]) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// On this architecture with AES instructions, it is the assembly that was tested.
func TestTheAssemblyIsInUse(t *testing.T) {
	if runtime.GOARCH != "amd64" || !hardware {
		t.Skipf("%s has no assembly, or no AES instructions", runtime.GOARCH)
	}
	b, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewDecrypter(make([]byte, 16), make([]byte, 16))
	if err != nil || fmt.Sprintf("%T", m) == fmt.Sprintf("%T", cipher.NewCBCDecrypter(b, make([]byte, 16))) {
		t.Errorf("%T, %v", m, err)
	}
	if std, err := newStandard(make([]byte, 16), make([]byte, 16)); err != nil || std.BlockSize() != 16 {
		t.Error(err)
	}
}

func BenchmarkDecrypt(b *testing.B) {
	buf, iv := make([]byte, 16<<10), make([]byte, 16)
	for _, size := range []int{16, 32} {
		for name, f := range map[string]func(key, iv []byte) (cipher.BlockMode, error){"": NewDecrypter, "std": newStandard} {
			m, err := f(make([]byte, size), iv)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("AES-%d%s", size*8, name), func(b *testing.B) {
				b.SetBytes(int64(len(buf)))
				for b.Loop() {
					m.CryptBlocks(buf, buf)
				}
			})
		}
	}
}
