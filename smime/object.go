package smime

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// input is where the octets of a CMS object stand.
type input struct {
	part   *eml.Part  // whose decoded body they are, or
	src    eml.Source // what holds them, or
	inner  *content   // a content that lacks its ContentInfo
	kind   der.OID    // and its type
	covers Cover      // the same in the message, for reports of objects that stay closed
}

// open returns the octets from the start.
func (in input) open(x *opening) io.Reader {
	switch {
	case in.part != nil:
		return unarmored(x.guard(in.part.Decoded()))
	case in.inner != nil:
		return io.MultiReader(contentInfo(in.kind), x.reader(in.inner), endOfContents())
	}
	return unarmored(x.guard(io.NewSectionReader(in.src, 0, in.src.Size())))
}

// cmsPart opens a part that looks like S/MIME. What it is, its ASN.1 says (STANDARDS item 25).
func (x *opening) cmsPart(l *Layer, p *eml.Part, at place, d dress) error {
	in := input{part: p, covers: Cover{Source: at.source, Range: p.BodyRange, Form: FormBytes}}
	if d == cmsNamed {
		if is, err := x.isCMS(in); err != nil {
			return err
		} else if !is {
			x.payload(l, at)
			return nil
		}
		l.note(finding.LayerByName)
	}
	if err := x.object(l, in, at); err != nil {
		return err
	}
	if says := announced(p); says != "" && says != l.Kind && l.Kind != KindMalformed &&
		!(says == KindSigned && l.Kind == KindDetached) || isSignatureType(p.Type.String()) && l.Encryption != nil {
		l.because(finding.LayerTypeDiffers, "%s, and it is %s", p.Type.Param("smime-type"), l.Kind)
	}
	return nil
}

// isCMS tells whether an object begins there.
func (x *opening) isCMS(in input) (bool, error) {
	// The object is read again and charged then.
	_, err := cms.Read(in.open(x), limit.New(x.Limits))
	return err == nil, x.stops(err)
}

// object opens a CMS object into its layer.
func (x *opening) object(l *Layer, in input, at place) error {
	if err := x.b.Within(limit.Layers, int64(at.depth)); err != nil {
		return err
	}
	l.Kind, l.InEnvelope = KindMalformed, at.envelope
	c, err := cms.Read(in.open(x), x.b)
	if err != nil {
		return x.malformed(l, err)
	}
	switch c := c.(type) {
	case *cms.Signed:
		return x.signed(l, c, in, at)
	case *cms.Enveloped:
		return x.enveloped(l, c, in, at)
	case *cms.Compressed:
		return x.compressed(l, c, at)
	case *cms.Encrypted:
		return x.encrypted(l, c, in, at)
	case *cms.Digested:
		return x.digested(l, c, at)
	case *cms.Authenticated:
		return x.authenticated(l, c, in, at)
	case *cms.Data:
		return x.data(l, c, at)
	}
	return x.malformed(l, errors.New("a kind of object that is not handled"))
}

// malformed states that a layer cannot be read, unless the error is about us.
func (x *opening) malformed(l *Layer, err error) error {
	if stop := x.stops(err); stop != nil {
		return stop
	}
	l.Kind = KindMalformed
	l.grave(finding.New(finding.LayerMalformed).Because("%v", err))
	return nil
}

// copying returns a function for fill.
func copying(r io.Reader) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	}
}

// holds makes the layers of what a layer held.
func (x *opening) holds(l *Layer, c *content, contentType der.OID, at place) error {
	l.content = c
	at = at.child(1)
	at.source, at.around = c.number, l
	if contentType != alg.OIDData {
		return x.foreign(l, c, contentType, at)
	}
	m, err := eml.ParseNested(c, x.b, at.depth-1)
	if err != nil {
		return err
	}
	if len(m.Root.Header.Fields) == 0 {
		return x.bare(l, c, at)
	}
	c.message = m
	inner, err := x.part(m.Root, at)
	if err != nil {
		return err
	}
	l.Children = append(l.Children, inner)
	x.noteFaults(inner, m)
	return nil
}

// foreign opens a content that is not marked as mail content: another CMS object without its ContentInfo
// (RFC 5652 §5.2.1), or data of another application.
func (x *opening) foreign(l *Layer, c *content, contentType der.OID, at place) error {
	l.because(finding.LayerInnerType, "%s", alg.Name(contentType))
	if !isObject(contentType) {
		x.leave(l, c, at)
		return nil
	}
	inner := &Layer{Path: at.path, Source: at.source, Range: c.whole(), raw: c}
	l.Children = append(l.Children, inner)
	in := input{inner: c, kind: contentType, covers: Cover{Source: at.source, Range: c.whole(), Form: FormBytes}}
	return x.object(inner, in, at)
}

// bare opens a content that has no MIME header: a CMS object put into another one, or a file.
func (x *opening) bare(l *Layer, c *content, at place) error {
	in := input{src: c, covers: Cover{Source: at.source, Range: c.whole(), Form: FormBytes}}
	is, err := x.isCMS(in)
	if err != nil {
		return err
	}
	if !is {
		x.leave(l, c, at)
		return nil
	}
	inner := &Layer{Path: at.path, Source: at.source, Range: c.whole(), raw: c}
	l.Children = append(l.Children, inner)
	return x.object(inner, in, at)
}

// leave makes the layer of a content that holds no other.
func (x *opening) leave(l *Layer, c *content, at place) {
	inner := &Layer{Kind: KindData, Path: at.path, Source: at.source, Range: c.whole(), raw: c, content: c}
	l.Children = append(l.Children, inner)
	x.payload(inner, at)
}
