package lint

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// issuerNameRules are about the encoding of the issuer's name (RFC 5280 §4.1.2.4). A fault there is in every
// certificate of the authority, and can be mended by a new authority only.
func issuerNameRules() []Rule {
	const advice = "name the next authority otherwise"
	return []Rule{
		{Name: "issuer.type.country", Section: "RFC 5280 Appendix A.1", Severity: Error, Title: "countryName of the issuer is a PrintableString", Advice: advice,
			Same: []string{"e_issuer_dn_country_not_printable_string"}, when: func(s *subject) bool { return s.Issuer.Get(alg.OIDAttrCountry) != "" },
			check: eachIssuer(func(a pki.Attribute) string {
				return unless(a.Type != alg.OIDAttrCountry || a.Tag == der.PrintableString, a.Tag.String())
			})},
		{Name: "issuer.characters", Section: "X.680 §41.4", Severity: Error, Title: "a string of the issuer's name holds only the characters of its type", Advice: advice,
			check: func(s *subject) string { return s.fault("issuer", characterFaults...) }},
		{Name: "issuer.empty-value", Section: "RFC 5280 Appendix A.1", Severity: Error, Title: "no attribute of the issuer is an empty string", Advice: advice,
			check: eachIssuer(func(a pki.Attribute) string { return unless(a.Text != "" || isNotText(a), "an empty value") })},
		{Name: "issuer.edge-spaces", Section: "RFC 5280 §7.1", Severity: Warning, Title: "no attribute of the issuer begins or ends with white space", Advice: advice,
			Same: []string{"w_issuer_dn_leading_whitespace", "w_issuer_dn_trailing_whitespace"}, check: eachIssuer(func(a pki.Attribute) string {
				return unless(strings.TrimSpace(a.Text) == a.Text, "white space at an end")
			})},
		{Name: "issuer.multivalued", Section: "RFC 5280 §4.1.2.4", Severity: Notice, Title: "no relative name of the issuer has several attributes", Advice: advice,
			Same: []string{"w_multiple_issuer_rdn"}, check: func(s *subject) string { return severalInOne(s.Issuer) }},
	}
}

// characterFaults are the wordings in which package pki notes that a string holds what its type does not allow.
var characterFaults = []string{"outside its set", "not valid UTF-8", "odd length", "no characters", "surrogates"}

// eachIssuer applies a check to every attribute of the issuer; the answer names the attribute.
func eachIssuer(check func(pki.Attribute) string) func(*subject) string {
	return func(s *subject) string { return eachIn(s.Issuer, check) }
}

func severalInOne(n pki.Name) string {
	for _, rdn := range n.RDNs {
		if len(rdn) > 1 {
			return fmt.Sprintf("%d attributes in one", len(rdn))
		}
	}
	return ""
}
