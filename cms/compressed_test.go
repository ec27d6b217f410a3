package cms_test

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// deflate compresses with the standard library.
func deflate(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, flate.BestCompression)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// compressed returns a CompressedData around compressed octets (RFC 3274 §1.1).
func compressed(algorithm der.OID, encap []byte) []byte {
	return sequence(oid(alg.OIDCompressedData), tlv(0xa0, sequence(tlv(2, []byte{0}), sequence(oid(algorithm)),
		sequence(oid(alg.OIDData), tlv(0xa0, encap)))))
}

// inflate reads a CompressedData to its end.
func inflate(raw []byte, l limit.Limits) ([]byte, error) {
	c, err := cms.Read(bytes.NewReader(raw), limit.New(l))
	if err != nil {
		return nil, err
	}
	z, ok := c.(*cms.Compressed)
	if !ok {
		return nil, errors.New("it is no CompressedData")
	}
	r, err := z.Content()
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(r)
	if err != nil {
		return out, err
	}
	return out, z.Finish()
}

func TestWhatWeCompressIsReadAgain(t *testing.T) {
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{28}).Read(noise)
	for name, content := range map[string][]byte{"nothing": nil, "a letter": letter, "text": bytes.Repeat(letter, 100_000), "noise": noise} {
		var out bytes.Buffer
		w, err := cms.NewCompressedWriter(&out, "")
		if err != nil {
			t.Fatal(err)
		}
		for rest := content; len(rest) > 0; {
			n := min(len(rest), 50_001)
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.Close() == nil {
			t.Errorf("%s: it can be closed twice", name)
		}
		if got, err := inflate(out.Bytes(), limit.Limits{Ratio: 2000}); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d octets of %d, %v", name, len(got), len(content), err)
		}
		if isDER(out.Bytes()) != (name != "noise") {
			t.Errorf("%s: DER: %v", name, isDER(out.Bytes()))
		}
	}
}

func TestCompressedOctetsMayComeInAnyForm(t *testing.T) {
	z := deflate(letter)
	for name, encap := range map[string][]byte{
		"one string": octets(z), "octet by octet": indefinite(0x24, segments(z)...), "nested": nest(octets(z), 20),
		"with something behind the end of the stream": octets(append(bytes.Clone(z), 1, 2, 3)),
	} {
		if got, err := inflate(compressed(alg.OIDZlibCompress, encap), limit.Limits{}); err != nil || !bytes.Equal(got, letter) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// STANDARDS 28: expansion is bounded in sum and in ratio.
func TestExpansionIsBounded(t *testing.T) {
	bomb := compressed(alg.OIDZlibCompress, octets(deflate(make([]byte, 20<<20))))
	noise := make([]byte, 2<<20)
	rand.NewChaCha8([32]byte{28}).Read(noise)
	fair := compressed(alg.OIDZlibCompress, octets(deflate(noise)))
	for _, c := range []struct {
		name string
		raw  []byte
		l    limit.Limits
		most int // octets that may have come out
	}{
		{"a bomb", bomb, limit.Limits{}, 6 << 20},
		{"a bomb that is allowed", bomb, limit.Limits{Ratio: 1100}, 0},
		{"over the sum", fair, limit.Limits{Expansion: 1 << 20}, 1<<20 + 64<<10},
		{"within the sum", fair, limit.Limits{Expansion: 2 << 20}, 0},
	} {
		got, err := inflate(c.raw, c.l)
		var over *limit.Error
		if c.most == 0 && err != nil || c.most > 0 && (!errors.As(err, &over) || over.What != limit.Expansion || len(got) > c.most) {
			t.Errorf("%s: %d octets, %v", c.name, len(got), err)
		}
	}
	// The budget is that of the message: a second layer gets what the first left.
	b := limit.New(limit.Limits{Expansion: 3 << 20})
	for i := range 2 {
		c, err := cms.Read(bytes.NewReader(fair), b)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.(*cms.Compressed).Content()
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.Copy(io.Discard, r); (err == nil) != (i == 0) {
			t.Errorf("layer %d: %v", i+1, err)
		}
	}
}

func TestDamagedCompressionIsOneClearError(t *testing.T) {
	z := deflate(bytes.Repeat(letter, 50))
	flipped := bytes.Clone(z)
	flipped[len(z)/2] ^= 0x10
	checksum := bytes.Clone(z)
	checksum[len(z)-1] ^= 1
	for name, c := range map[string]struct {
		octets []byte
	}{"empty": {nil}, "text": {letter}, "cut": {z[:len(z)/2]}, "without its checksum": {z[:len(z)-4]}, "flipped": {flipped},
		"another checksum": {checksum}, "a dictionary": {[]byte{0x78, 0xbb, 1, 2, 3, 4, 5}}} {
		if _, err := inflate(compressed(alg.OIDZlibCompress, octets(c.octets)), limit.Limits{}); !errors.Is(err, cms.ErrCompressed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var unsupported *alg.UnsupportedError
	if _, err := inflate(compressed("\x2a\x03", octets(z)), limit.Limits{}); !errors.As(err, &unsupported) {
		t.Errorf("an unknown compression: %v", err)
	}
	whole := compressed(alg.OIDZlibCompress, octets(z))
	for n := range whole {
		if _, err := inflate(whole[:n], limit.Limits{}); err == nil || errors.Is(err, cms.ErrCompressed) {
			t.Errorf("%d of %d octets: %v", n, len(whole), err)
		}
	}
}

func TestACompressedContentThatNobodyReadsIsSkipped(t *testing.T) {
	c, err := cms.Read(bytes.NewReader(compressed(alg.OIDZlibCompress, octets(deflate(letter)))), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	z := c.(*cms.Compressed)
	if z.Version != 0 || z.ContentType != alg.OIDData || z.Algorithm.OID != alg.OIDZlibCompress || z.Type() != alg.OIDCompressedData {
		t.Errorf("%+v", z)
	}
	if err := z.Finish(); err != nil {
		t.Error(err)
	}
}

func TestAFailedWriteStopsTheCompression(t *testing.T) {
	full := errors.New("the disk is full")
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{28}).Read(noise)
	for _, content := range [][]byte{letter, noise} {
		w, err := cms.NewCompressedWriter(&failingAfter{0, full}, alg.OIDSignedData)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(w, bytes.NewReader(content))
		if closing := w.Close(); !errors.Is(err, full) && !errors.Is(closing, full) {
			t.Errorf("%v, closing %v", err, closing)
		}
	}
	if !strings.Contains(cms.ErrCompressed.Error(), "compressed") {
		t.Error("the error does not say what it is about")
	}
}
