package smime

import (
	"bytes"
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/eml"
)

// errClosed says that there is nothing to write, and errPart that it would be joined with what nobody encrypted.
var (
	errClosed = errors.New("the encryption of the message was not undone")
	errPart   = errors.New("only a part of the message is encrypted, and decrypted text is not joined with what stands beside it (RFC 8551 §6)")
)

// WriteMessage writes the message with its encryption undone: the outer header fields as they are, the inner
// content in place, with the inner line ends throughout. Signatures inside the encryption stay, and those
// outside, which covered the ciphertext, go. Of a bare CMS object it writes the content alone.
// Where only a part is encrypted it fails: see Layer.Content.
// A field that the inner content protects replaces the outer one (RFC 9788 §4: the outer one never counts beside it).
func (r *Report) WriteMessage(w io.Writer) error {
	var inner *Layer
	closed := false
	r.Root.each(false, func(l *Layer) {
		if l.InEnvelope && l.isEncryption() {
			closed = closed || !l.Encryption.Opened
			if len(l.Children) > 0 {
				inner = l.Children[0]
			}
		}
	})
	switch {
	case closed:
		return errClosed
	case inner == nil && r.Encrypted == CoversPart:
		return errPart
	}
	return r.write(w, inner)
}

// WritePlain writes the message with every layer of the envelope undone, signatures too.
func (r *Report) WritePlain(w io.Writer) error {
	inner := r.payload
	if inner == nil && r.hasEnvelope(func(l *Layer) bool { return l.isEncryption() && !l.Encryption.Opened }) {
		return errClosed
	}
	return r.write(w, inner)
}

// write writes the message with an inner entity in the place of its body; nil leaves it as it is.
func (r *Report) write(w io.Writer, inner *Layer) error {
	if inner == nil {
		return r.Root.writeRaw(w)
	}
	if r.bare {
		return inner.writeRaw(w)
	}
	end, header := "\r\n", eml.Header{}
	if inner.part != nil {
		end, header = inner.part.Message().LineEnd(), inner.part.Header
	}
	var head bytes.Buffer
	for _, f := range r.outer.Header.Fields {
		if keepOutside(f, header) {
			head.Write(withEnds(f.Raw, end))
		}
	}
	if inner.part == nil && inner.Kind != KindData { // an object that was put in without a MIME header
		head.WriteString("Content-Type: application/pkcs7-mime" + end + "Content-Transfer-Encoding: base64" + end + end)
		if _, err := w.Write(head.Bytes()); err != nil {
			return err
		}
		enc := eml.NewBase64Encoder(w, 76, eml.LineEnd(end))
		return errors.Join(inner.writeRaw(enc), enc.Close())
	}
	if inner.part == nil || len(header.Fields) == 0 {
		head.WriteString(end)
	}
	if _, err := w.Write(head.Bytes()); err != nil {
		return err
	}
	if inner.part != nil && len(header.Fields) == 0 {
		return copyWide(w, inner.part.Body(), inner.part.BodyRange.Len())
	}
	return inner.writeRaw(w)
}

// keepOutside tells whether a field of the outer header stays beside the inner one.
func keepOutside(f eml.Field, inner eml.Header) bool {
	_, again := inner.Lookup(f.Name)
	if f.Is("MIME-Version") {
		return !again
	}
	return !structural(f) && !(again && protectable(f))
}

// withEnds returns a field with its line ends in one form.
func withEnds(raw []byte, end string) []byte {
	text := bytes.ReplaceAll(bytes.TrimRight(raw, "\r\n"), []byte("\r\n"), []byte("\n"))
	return append(bytes.ReplaceAll(text, []byte("\n"), []byte(end)), end...)
}

// writeRaw writes the entity itself, as it stands.
func (l *Layer) writeRaw(w io.Writer) error {
	if l.part != nil {
		return copyWide(w, l.part.Raw(), l.part.Range.Len())
	}
	return copyWide(w, eml.Section(l.raw, eml.Range{End: l.raw.Size()}), l.raw.Size())
}

// copyWide copies size octets in pieces that are large enough for a call not to count.
func copyWide(w io.Writer, r io.Reader, size int64) error {
	const widest = 256 << 10
	_, err := io.CopyBuffer(w, r, make([]byte, max(1, min(size, widest))))
	return err
}
