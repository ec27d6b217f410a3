package cms_test

import (
	"bytes"
	"context"
	"hash/crc32"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// endless gives n octets that do not repeat soon.
type endless struct {
	n     int64
	chunk []byte
	at    int
}

func newEndless(n int64) *endless {
	e := &endless{n: n, chunk: make([]byte, 251<<10)}
	for i := range e.chunk {
		e.chunk[i] = byte(i * i >> 3)
	}
	return e
}

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	k := copy(p[:min(int64(len(p)), e.n)], e.chunk[e.at:])
	e.at, e.n = (e.at+k)%len(e.chunk), e.n-int64(k)
	return k, nil
}

// peakHeap returns the most memory that was in use while f ran, beyond what was before.
func peakHeap(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	var peak atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return peak.Load() - min(before, peak.Load())
}

// STANDARDS 29: a content of any size, in constant memory, in both directions.
func TestALargeContentNeedsLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("256 MiB each")
	}
	const size = 256 << 20
	for _, cipher := range []der.OID{alg.OIDAES128CBC, alg.OIDAES256GCM, alg.OIDChaCha20Poly1305} {
		for _, announced := range []int64{size, -1} {
			sent, got := crc32.NewIEEE(), crc32.NewIEEE()
			peak := peakHeap(func() {
				r, w := io.Pipe()
				go func() {
					e, err := cms.NewEnvelopedWriter(w, cms.EnvelopeOptions{Cipher: cipher, Size: announced, Recipients: []cms.RecipientOptions{{KEK: kek16}}})
					if err == nil {
						_, err = io.Copy(e, io.TeeReader(newEndless(size), sent))
					}
					if err == nil {
						err = e.Close()
					}
					w.CloseWithError(err)
				}()
				e, err := readEnvelope(r, limit.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Decrypt(t.Context(), got, byKEK); err != nil {
					t.Errorf("%s: %v", alg.Name(cipher), err)
				}
			})
			if sent.Sum32() != got.Sum32() {
				t.Errorf("%s: another content came out", alg.Name(cipher))
			}
			if peak > 10<<20 {
				t.Errorf("%s: %d MiB of memory", alg.Name(cipher), peak>>20)
			}
		}
	}
}

// STANDARDS 29: lengths over 2^31 octets are written and read, without the content.
func TestLengthsOverTwoGigabytes(t *testing.T) {
	for _, cipher := range []der.OID{alg.OIDAES128CBC, alg.OIDAES128GCM} {
		var out bytes.Buffer
		const size = 5 << 30
		if _, err := cms.NewEnvelopedWriter(&out, cms.EnvelopeOptions{Cipher: cipher, Size: size, Recipients: []cms.RecipientOptions{{KEK: kek16}}}); err != nil {
			t.Fatal(err)
		}
		if _, err := readEnvelope(bytes.NewReader(out.Bytes()), limit.Limits{}); err != nil {
			t.Errorf("%s: %v", alg.Name(cipher), err)
		}
	}
}

func BenchmarkDecrypt(b *testing.B) {
	const size = 16 << 20
	for name, cipher := range map[string]der.OID{"AES-128-CBC": alg.OIDAES128CBC, "AES-256-GCM": alg.OIDAES256GCM} {
		for form, announced := range map[string]int64{"DER": size, "BER": -1} {
			var raw bytes.Buffer
			w, err := cms.NewEnvelopedWriter(&raw, cms.EnvelopeOptions{Cipher: cipher, Size: announced, Recipients: []cms.RecipientOptions{{KEK: kek16}}})
			if err != nil {
				b.Fatal(err)
			}
			io.Copy(w, newEndless(size))
			w.Close()
			b.Run(name+"/"+form, func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					e, err := readEnvelope(bytes.NewReader(raw.Bytes()), limit.Limits{})
					if err != nil {
						b.Fatal(err)
					}
					if err := e.Decrypt(context.Background(), io.Discard, byKEK); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkEncrypt(b *testing.B) {
	const size = 16 << 20
	for name, cipher := range map[string]der.OID{"AES-128-CBC": alg.OIDAES128CBC, "AES-256-GCM": alg.OIDAES256GCM} {
		for form, announced := range map[string]int64{"DER": size, "BER": -1} {
			b.Run(name+"/"+form, func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					w, err := cms.NewEnvelopedWriter(io.Discard, cms.EnvelopeOptions{Cipher: cipher, Size: announced, Recipients: []cms.RecipientOptions{{KEK: kek16}}})
					if err != nil {
						b.Fatal(err)
					}
					io.Copy(w, newEndless(size))
					w.Close()
				}
			})
		}
	}
}
