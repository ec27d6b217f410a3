package cms

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// maxValue is the most that one element outside the content may hold. limit.Bytes bounds their sum.
const maxValue = 64 << 20

// object is what the readers of all types share: the place in the input.
type object struct {
	r *der.Reader
	b *limit.Budget
}

// begin reads the start of a ContentInfo up to its content and returns the type.
func (o *object) begin() (der.OID, error) {
	if err := o.r.Enter(der.Sequence); err != nil {
		return "", notCMS(err)
	}
	contentType, err := o.oid()
	if err != nil {
		return "", notCMS(err)
	}
	if err := o.r.Enter(der.Context(0)); err != nil {
		return "", notCMS(err)
	}
	return contentType, nil
}

// notCMS makes ErrNotCMS of an error in the syntax, and leaves limits and read errors as they are.
func notCMS(err error) error {
	var syntax *der.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, der.ErrEnd) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrNotCMS, err)
	}
	return err
}

// end leaves the given number of elements, counted from the inside, which brings it to the end of the
// ContentInfo, and reports whether something follows.
func (o *object) end(elements int) (trailing bool, err error) {
	for range elements {
		if err := o.r.Leave(); err != nil {
			return false, err
		}
	}
	err = o.r.End()
	var syntax *der.SyntaxError
	if errors.As(err, &syntax) {
		return true, nil
	}
	return false, err
}

// parse reads the next element whole and gives it to f. Where f does not get along with it, the
// element is given once more with definite lengths and joined strings, in case it was BER.
func (o *object) parse(f func(*der.Cursor)) error {
	raw, err := o.r.Value(maxValue)
	if err != nil {
		return err
	}
	return o.parseRaw(raw, f)
}

// parseRaw is parse for an element that was read before.
func (o *object) parseRaw(raw []byte, f func(*der.Cursor)) error {
	c := der.NewCursor(raw)
	f(c)
	err := c.Done()
	if err == nil {
		return nil
	}
	normal, berErr := der.Normalize(raw, o.b)
	var over *limit.Error
	if errors.As(berErr, &over) {
		return berErr
	}
	if berErr != nil || bytes.Equal(normal, raw) {
		return err
	}
	c = der.NewCursor(normal)
	f(c)
	return c.Done()
}

// oid reads an OBJECT IDENTIFIER.
func (o *object) oid() (id der.OID, err error) {
	err = o.parse(func(c *der.Cursor) { id = c.OID() })
	return id, err
}

// version reads a CMSVersion.
func (o *object) version() (n int, err error) {
	err = o.parse(func(c *der.Cursor) { n = readVersion(c) })
	return n, err
}

// readVersion reads a CMSVersion: 0 to 5 so far (RFC 5652 §10.2.5), of which later ones are tolerated.
func readVersion(c *der.Cursor) int {
	body := c.Expect(der.Integer).Body
	if c.Err() == nil && (len(body) != 1 || body[0] > 0x7f) {
		c.Fail(errors.New("version out of range"))
		return 0
	}
	if c.Err() != nil {
		return 0
	}
	return int(body[0])
}

// algorithm reads an AlgorithmIdentifier.
func (o *object) algorithm() (id alg.Identifier, err error) {
	err = o.parse(func(c *der.Cursor) { id = alg.ParseIdentifier(c) })
	return id, err
}

// next returns the tag of the next element, and false at the end of the present one.
func (o *object) next() (der.Tag, bool, error) {
	h, err := o.r.Peek()
	if errors.Is(err, der.ErrEnd) {
		return 0, false, nil
	}
	return h.Tag, err == nil, err
}

// at reports whether the next element has the tag.
func (o *object) at(t der.Tag) (bool, error) {
	tag, ok, err := o.next()
	return ok && tag == t, err
}

// octets returns the contents of the next element, which should be an OCTET STRING. PKCS #7 allowed any
// other value, of which the contents count, without the header (RFC 5652 §5.2.1).
func (o *object) octets() (src io.Reader, foreign bool, err error) {
	if ok, err := o.at(der.OctetString); ok || err != nil {
		if err != nil {
			return nil, false, err
		}
		src, err = o.r.Octets(der.OctetString)
		return src, false, err
	}
	var body []byte
	err = o.parse(func(c *der.Cursor) { body = c.Next().Body })
	return bytes.NewReader(body), true, err
}
