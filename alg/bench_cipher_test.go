package alg

import (
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

// Benchmarks of content encryption in pieces of 32 KiB, as io.Copy writes them.

func benchmarkCipher(b *testing.B, oid der.OID, open bool) {
	const size = 4 << 20
	piece := random(32 << 10)
	w, err := NewCipher(oid)
	if err != nil {
		b.Fatal(err)
	}
	cek, ahead := w.NewKey(), Ahead{Known: true, Size: size}
	b.SetBytes(size)
	for b.Loop() {
		var to io.Writer
		w.fresh = true
		if open {
			to, err = w.NewDecrypter(cek, io.Discard, ahead)
		} else {
			to, err = w.NewEncrypter(cek, io.Discard, ahead)
		}
		if err != nil {
			b.Fatal(err)
		}
		for range size / len(piece) {
			if _, err := to.Write(piece); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkDecryptAES256GCM(b *testing.B)        { benchmarkCipher(b, OIDAES256GCM, true) }
func BenchmarkEncryptAES256GCM(b *testing.B)        { benchmarkCipher(b, OIDAES256GCM, false) }
func BenchmarkDecryptAES128GCM(b *testing.B)        { benchmarkCipher(b, OIDAES128GCM, true) }
func BenchmarkDecryptAES128CBC(b *testing.B)        { benchmarkCipher(b, OIDAES128CBC, true) }
func BenchmarkEncryptAES128CBC(b *testing.B)        { benchmarkCipher(b, OIDAES128CBC, false) }
func BenchmarkDecryptAES256CCM(b *testing.B)        { benchmarkCipher(b, OIDAES256CCM, true) }
func BenchmarkDecryptChaCha20Poly1305(b *testing.B) { benchmarkCipher(b, OIDChaCha20Poly1305, true) }
