package smime

import (
	"bytes"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// otherForms are the forms of a covered part that its digest may have been made over against the rules. They
// never make a signature good; they tell what went wrong.
type otherForms struct {
	x       *opening
	covered *eml.Part
	sums    map[*alg.Hash][2][]byte // as it is, and with bare LF
}

// sum returns the digests of the other forms.
func (o *otherForms) sum(h *alg.Hash) ([2][]byte, error) {
	if s, known := o.sums[h]; known {
		return s, nil
	}
	raw, lf := h.New(), h.New()
	if _, err := io.Copy(io.MultiWriter(raw, &lfWriter{w: lf}), o.x.guard(o.covered.Raw())); err != nil {
		return [2][]byte{}, o.x.stops(err)
	}
	if o.sums == nil {
		o.sums = map[*alg.Hash][2][]byte{}
	}
	s := [2][]byte{raw.Sum(nil), lf.Sum(nil)}
	o.sums[h] = s
	return s, nil
}

// lineEnds states that a signature which does not fit would fit the text with bare line feeds
// (STANDARDS 24). It is still not good.
func (x *opening) lineEnds(l *Layer, g *cms.Signer, k cms.Check, contentType der.OID, forms *otherForms) error {
	if forms == nil || k.Digest == nil || k.DigestOK {
		return nil
	}
	sums, err := forms.sum(k.Digest)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		fits := g.Attributes != nil && bytes.Equal(g.Attributes.MessageDigest, sum)
		if g.Attributes == nil && k.Certificate != nil {
			fits = g.Check(k.Certificate, sum, contentType, x.Allow).SignatureOK
		}
		if fits {
			l.note(finding.LayerLineEnds)
			return nil
		}
	}
	return nil
}
