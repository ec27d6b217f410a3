package cms_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/limit"
)

// open reads and decrypts an EnvelopedData or AuthEnvelopedData. What comes out counts only without an error.
func open(raw []byte, o cms.DecryptOptions) (*cms.Enveloped, []byte, error) {
	return openWithin(raw, o, limit.Limits{})
}

func openWithin(raw []byte, o cms.DecryptOptions, l limit.Limits) (*cms.Enveloped, []byte, error) {
	e, err := readEnvelope(bytes.NewReader(raw), l)
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	if err := e.Decrypt(context.Background(), &out, o); err != nil {
		return e, nil, err
	}
	return e, out.Bytes(), nil
}

func readEnvelope(r io.Reader, l limit.Limits) (*cms.Enveloped, error) {
	c, err := cms.Read(r, limit.New(l))
	if err != nil {
		return nil, err
	}
	e, ok := c.(*cms.Enveloped)
	if !ok {
		return nil, fmt.Errorf("a %T", c)
	}
	return e, nil
}

func write(t testing.TB, w io.WriteCloser, content []byte) {
	t.Helper()
	for len(content) > 0 {
		n := min(len(content), 10_007)
		if _, err := w.Write(content[:n]); err != nil {
			t.Fatal(err)
		}
		content = content[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
