package smime

import (
	"bufio"
	"context"
	"io"

	"github.com/waxwing-mail/waxwing/eml"
)

// wrap writes the entity inside one CMS layer as application/pkcs7-mime (RFC 8551 §3.2). layer makes the
// writer of the layer, whose output is encoded as base64.
func (e *entity) wrap(w io.Writer, kind string, layer func(io.Writer) (io.WriteCloser, error)) error {
	name := "smime.p7m"
	if kind == "compressed-data" {
		name = "smime.p7z" // RFC 8551 §3.2.1
	}
	if err := e.writeOuter(e.lines(w), "Content-Type: application/pkcs7-mime; smime-type="+kind+";\r\n name=\""+name+`"`,
		"Content-Transfer-Encoding: base64", `Content-Disposition: attachment; filename="`+name+`"`); err != nil {
		return err
	}
	encoder := eml.NewBase64Encoder(w, 76, eml.LineEnd(e.end))
	gather := bufio.NewWriterSize(encoder, 64<<10) // layers write headers in small pieces
	inner, err := layer(gather)
	if err != nil {
		return err
	}
	if err := e.writeBody(inner); err != nil {
		return err
	}
	if err := inner.Close(); err != nil {
		return err
	}
	if err := gather.Flush(); err != nil {
		return err
	}
	return encoder.Close()
}

// withContext returns a writer that fails when the context is done.
func withContext(ctx context.Context, w io.Writer) io.Writer { return contextWriter{ctx, w} }

type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
