package cms_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// digested returns a DigestedData (RFC 5652 §7).
func digested(version byte, algorithm []byte, contentType der.OID, encap, digest []byte) []byte {
	content := [][]byte{oid(contentType)}
	if encap != nil {
		content = append(content, tlv(0xa0, encap))
	}
	return sequence(oid(alg.OIDDigestedData), tlv(0xa0, sequence(tlv(2, []byte{version}), algorithm, sequence(content...), octets(digest))))
}

func readDigested(t testing.TB, raw []byte) *cms.Digested {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	return c.(*cms.Digested)
}

func TestADigestIsComparedWithTheContent(t *testing.T) {
	sum := alg.SHA256.Sum(letter)
	for name, c := range map[string]struct {
		raw []byte
		ok  bool
	}{
		"right":             {digested(0, identifier(alg.SHA256), alg.OIDData, octets(letter), sum), true},
		"in segments":       {digested(0, identifier(alg.SHA256), alg.OIDData, indefinite(0x24, segments(letter)...), sum), true},
		"of another type":   {digested(2, identifier(alg.SHA256), alg.OIDSignedData, octets(letter), sum), true},
		"another content":   {digested(0, identifier(alg.SHA256), alg.OIDData, octets([]byte("x")), sum), false},
		"another digest":    {digested(0, identifier(alg.SHA512), alg.OIDData, octets(letter), sum), false},
		"an empty digest":   {digested(0, identifier(alg.SHA256), alg.OIDData, octets(letter), nil), false},
		"an unknown digest": {digested(0, sequence(oid("\x2a\x03")), alg.OIDData, octets(letter), nil), false},
		"detached":          {digested(0, identifier(alg.SHA256), alg.OIDData, nil, sum), false},
	} {
		d := readDigested(t, c.raw)
		if d.Detached != (d.Content() == nil) || d.Detached != (name == "detached") {
			t.Errorf("%s: detached %v", name, d.Detached)
		}
		if err := d.Finish(); err != nil || d.OK != c.ok {
			t.Errorf("%s: %v, %v", name, d.OK, err)
		}
	}
	whole := digested(0, identifier(alg.SHA256), alg.OIDData, octets(letter), sum)
	for n := range whole {
		c, err := cms.Read(bytes.NewReader(whole[:n]), limit.New(limit.Limits{}))
		if err == nil && c.(*cms.Digested).Finish() == nil {
			t.Errorf("%d of %d octets are enough", n, len(whole))
		}
	}
}

func TestWhatWeDigestIsReadAgain(t *testing.T) {
	for _, size := range []int{0, 1000, 3 << 20} {
		for contentType, version := range map[der.OID]int{"": 0, alg.OIDData: 0, alg.OIDSignedData: 2} {
			content := bytes.Repeat([]byte("x"), size)
			var out bytes.Buffer
			w, err := cms.NewDigestedWriter(&out, alg.SHA384, contentType)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(w, bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil || w.Close() == nil {
				t.Fatal(err)
			}
			d := readDigested(t, out.Bytes())
			got, err := io.ReadAll(d.Content())
			if err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d octets come back as %d, %v", size, len(got), err)
			}
			if err := d.Finish(); err != nil || !d.OK || d.Version != version || !bytes.Equal(d.Digest, alg.SHA384.Sum(content)) {
				t.Errorf("%d octets: %v, version %d, %v", size, d.OK, d.Version, err)
			}
			if isDER(out.Bytes()) != (size < 1<<20) {
				t.Errorf("%d octets: DER: %v", size, isDER(out.Bytes()))
			}
		}
	}
	full := errors.New("the disk is full")
	w, err := cms.NewDigestedWriter(&failingAfter{0, full}, alg.SHA256, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Error(err)
	}
}

func TestBareDataIsRead(t *testing.T) {
	for name, raw := range map[string][]byte{
		"DER": sequence(oid(alg.OIDData), tlv(0xa0, octets(letter))),
		"BER": indefinite(0x30, oid(alg.OIDData), indefinite(0xa0, indefinite(0x24, segments(letter)...))),
	} {
		for _, skip := range []bool{false, true} {
			c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
			if err != nil {
				t.Fatal(err)
			}
			d := c.(*cms.Data)
			if !skip {
				if got, err := io.ReadAll(d.Content()); err != nil || !bytes.Equal(got, letter) {
					t.Errorf("%s: %q, %v", name, got, err)
				}
			}
			if err := d.Finish(); err != nil || d.Type() != alg.OIDData {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
