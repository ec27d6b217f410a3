package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// Countersignatures returns the signers of this signer's signature (RFC 5652 §11.4). Each may be
// countersigned in turn. They count as signers in the budget.
func (g *Signer) Countersignatures() ([]*Signer, error) {
	var list []*Signer
	for _, a := range g.Unsigned {
		if a.Type != alg.OIDCountersignature {
			continue
		}
		for _, raw := range a.Values {
			if err := g.object.b.Take(limit.Signers, 1); err != nil {
				return nil, err
			}
			c := &Signer{}
			if err := g.object.parseRaw(raw, func(cur *der.Cursor) { *c = readSigner(cur) }); err != nil {
				return nil, err
			}
			c.object = g.object
			list = append(list, c)
		}
	}
	return list, nil
}

// CheckCountersignature checks a countersignature c of g. Its certificate is looked for among the candidates, to which
// those of the message should belong.
func (g *Signer) CheckCountersignature(c *Signer, candidates []*pki.Certificate, allow alg.Allow) (Check, error) {
	in := checkInput{counter: true, allow: allow, digests: &Digests{whole: g.Signature, keep: true, size: int64(len(g.Signature))}}
	if h, err := alg.HashOf(c.Digest); err == nil {
		in.digest = h.Sum(g.Signature)
	}
	return c.checkAny(in, candidates)
}
