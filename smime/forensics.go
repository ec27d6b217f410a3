package smime

import (
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

// explain looks for the change that broke a signature over a covered part, when Opener.Explain asks for it. It never
// makes a signature good; it tells what happened on the way.
func (x *opening) explain(r *SignerReport, g *cms.Signer, k cms.Check, covered *eml.Part) error {
	if !x.Explain || k.DigestOK || k.Digest == nil || g.Attributes == nil || covered == nil {
		return nil
	}
	causes, err := forensics.Explain(x.ctx, eml.Section(covered.Message().Source, covered.Range), k.Digest, g.Attributes.MessageDigest, x.Limits)
	if err != nil {
		return x.stops(err)
	}
	for _, c := range causes {
		r.note(c.Finding())
	}
	r.Alterations = causes
	return nil
}
