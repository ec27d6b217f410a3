package smime

import (
	"bufio"
	"bytes"
	"io"

	"github.com/waxwing-mail/waxwing/eml"
)

// armorHead is how far the beginning of an armor is looked for.
const armorHead = 4 << 10

// unarmored returns the octets of a CMS object that stands there as BER, as PEM (RFC 7468) or as bare base64.
//
// QUIRK: mails announce a transfer encoding that they do not have; so BER is told from text by its first octet,
// whatever the header says (RFC 8551 §3.10 asks to be liberal).
func unarmored(r io.Reader) io.Reader {
	b := bufio.NewReaderSize(r, armorHead)
	head, _ := b.Peek(armorHead) // an error comes again with the first Read
	if len(head) == 0 || head[0] == 0x30 {
		return b
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if i := bytes.Index(head, []byte("-----BEGIN ")); i >= 0 {
		if end := bytes.IndexByte(head[i:], '\n'); end >= 0 {
			b.Discard(i + end + 1) // it was peeked at
			return eml.NewBase64Decoder(&untilDash{r: b})
		}
	}
	// An object begins with SEQUENCE and a length of at least 128 or an indefinite one: "MI" or "MA" to "MP".
	if len(text) > 4 && text[0] == 'M' {
		b.Discard(len(head) - len(text))
		return eml.NewBase64Decoder(b)
	}
	return b
}

// untilDash reads up to the line that ends a PEM block; '-' is no character of base64.
type untilDash struct {
	r    io.Reader
	done bool
}

func (u *untilDash) Read(p []byte) (int, error) {
	if u.done {
		return 0, io.EOF
	}
	n, err := u.r.Read(p)
	if i := bytes.IndexByte(p[:n], '-'); i >= 0 {
		u.done = true
		return i, io.EOF
	}
	return n, err
}
