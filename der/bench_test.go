package der

import (
	"bytes"
	"io"
	"testing"
)

// BenchmarkOctets shows how close streaming comes to copying memory.
func BenchmarkOctets(b *testing.B) {
	content := make([]byte, 64<<20)
	primitive := append(AppendHeader(nil, OctetString, false, int64(len(content))), content...)
	segments := AppendIndefinite(nil, OctetString)
	for range len(content) / 1024 {
		segments = append(AppendHeader(segments, OctetString, false, 1024), content[:1024]...)
	}
	segments = AppendEnd(segments)
	into := make([]byte, 1<<20)
	for name, in := range map[string][]byte{"primitive": primitive, "segments of 1 KiB": segments} {
		b.Run(name+"/Read", func(b *testing.B) {
			stream(b, in, func(o io.Reader) { io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{o}, into) })
		})
		b.Run(name+"/WriteTo", func(b *testing.B) {
			stream(b, in, func(o io.Reader) { io.Copy(onlyWriter{io.Discard}, o) })
		})
	}
	b.Run("memcpy", func(b *testing.B) {
		stream(b, primitive, func(io.Reader) { io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{bytes.NewReader(content)}, into) })
	})
}

func stream(b *testing.B, in []byte, f func(io.Reader)) {
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		o, err := NewReader(bytes.NewReader(in), nil).Octets(OctetString)
		if err != nil {
			b.Fatal(err)
		}
		f(o)
	}
}

func BenchmarkNormalize(b *testing.B) {
	in := AppendIndefinite(nil, Sequence)
	for range 10_000 {
		in = append(in, 0x30, 0x80, 2, 1, 5, 0x24, 0x80, 4, 2, 1, 2, 0, 0, 0, 0)
	}
	in = AppendEnd(in)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := Normalize(in, nil); err != nil {
			b.Fatal(err)
		}
	}
}
