package smime

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
)

// SignOptions says how a message is signed.
type SignOptions struct {
	// CMS names the signers and the certificates to carry. Its ContentType, Detached and Size
	// are set by Sign.
	CMS cms.SignedOptions

	// Opaque puts the message inside the signature (application/pkcs7-mime), where no system on the way
	// touches it but clients without S/MIME cannot read it. Otherwise the message stays readable for
	// everybody (multipart/signed, RFC 8551 §3.5.3).
	Opaque bool

	Protect *Protection // header fields to sign as well (RFC 9788); nil: none
	Rand    io.Reader   // for the boundary; nil takes crypto/rand
}

// Sign writes the message m signed. Its header fields stay outside, its body becomes the signed entity:
// with CRLF line ends, and what transport would change encoded so that it does not
// (RFC 8551 §3.1). Lines end in the output as they do in m. On an error w holds an unusable part.
func Sign(ctx context.Context, w io.Writer, m *eml.Message, o SignOptions) error {
	if len(o.CMS.Signers) == 0 {
		return errors.New("sign: no signer is given")
	}
	e, err := newEntity(m, o.Protect)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	w = withContext(ctx, w)
	if o.Opaque {
		err = e.signOpaque(w, o)
	} else {
		err = e.signClear(w, o)
	}
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

// signClear writes a multipart/signed in one pass: the entity is hashed on its way out.
func (e *entity) signClear(w io.Writer, o SignOptions) error {
	o.CMS.Detached = true
	digests, err := cms.NewDigests(o.CMS)
	if err != nil {
		return err
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	boundary, err := eml.NewBoundary(o.Rand)
	if err != nil {
		return err
	}
	out := e.lines(w)
	contentType := `Content-Type: multipart/signed; protocol="application/pkcs7-signature";` +
		"\r\n micalg=" + micalg(digests) + `; boundary="` + boundary + `"`
	if err := e.writeOuter(out, contentType); err != nil {
		return err
	}
	parts := eml.NewMultipartWriter(out, boundary)
	body, err := parts.Next()
	if err != nil {
		return err
	}
	if err := e.writeBody(io.MultiWriter(body, digests)); err != nil {
		return err
	}
	message, err := cms.Sign(o.CMS, digests)
	if err != nil {
		return err
	}
	signature, err := parts.Next()
	if err != nil {
		return err
	}
	if err := writeSignature(signature, message.Detached()); err != nil {
		return err
	}
	return parts.Close()
}

// writeSignature writes the second part of a multipart/signed (RFC 8551 §3.5.3.2).
func writeSignature(w io.Writer, der []byte) error {
	_, err := io.WriteString(w, "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"+
		"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n"+
		"Content-Description: S/MIME Cryptographic Signature\r\n\r\n")
	if err != nil {
		return err
	}
	enc := eml.NewBase64Encoder(w, 76, eml.CRLF)
	if _, err := enc.Write(der); err != nil {
		return err
	}
	return enc.Close()
}

// micalg names the digests, as RFC 8551 §3.5.3.2 spells them.
func micalg(d *cms.Digests) string {
	var list []string
	for _, h := range d.Hashes() {
		list = append(list, h.Micalg())
	}
	if len(list) == 1 {
		return list[0]
	}
	return `"` + strings.Join(list, ",") + `"`
}

// signOpaque writes an application/pkcs7-mime with smime-type signed-data (RFC 8551 §3.5.2).
func (e *entity) signOpaque(w io.Writer, o SignOptions) error {
	size, err := e.size()
	if err != nil {
		return err
	}
	o.CMS.Detached, o.CMS.Size = false, size
	return e.wrap(w, "signed-data", func(w io.Writer) (io.WriteCloser, error) {
		return cms.NewSignedWriter(w, o.CMS)
	})
}
