package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/smime"
)

// qualify adds what limits the verdict, so that nothing is left out silently: every warning,
// and everything bad that did not decide.
func (v *Verdict) qualify(r *smime.Report) {
	for _, f := range slices.Concat(v.Findings, r.Findings) {
		if f.Severity == finding.Info || len(v.Codes) > 0 && f.Code == v.Codes[0] {
			continue
		}
		text := f.Title()
		if f.Detail != "" {
			text = fmt.Sprintf("%s (%s)", strings.TrimSuffix(text, "."), f.Detail)
		}
		if !slices.Contains(v.Qualifiers, text) {
			v.Qualifiers = append(v.Qualifiers, text)
		}
	}
	v.Basis = basis(r)
}

// basis says at which moment the signers were judged and what was known about revocation.
func basis(r *smime.Report) string {
	var parts []string
	for _, sr := range r.Signers {
		text := sr.Basis.Words()
		if sr.Trust != nil && sr.Trust.Revocation != "" {
			text += "; " + sr.Trust.Revocation
		}
		if !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ". ")
}
