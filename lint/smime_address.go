package lint

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// addressRules are about places in the subject (S/MIME BR §7.1.4.2.2i to n).
func addressRules() []Rule {
	rules := []Rule{
		{Name: "smime.country.code", Section: "S/MIME BR §7.1.4.2.2n", Severity: Error, From: brEffective, Advice: "write the two letters of ISO 3166-1, or XX",
			Scope: of(pki.OrganizationValidated, pki.SponsorValidated, pki.IndividualValidated), Title: "countryName is a code of ISO 3166-1, or XX",
			Same: []string{"e_subject_country_name", "cabf.invalid_country_code"}, check: func(s *subject) string {
				return s.eachOf(alg.OIDAttrCountry, func(a pki.Attribute) string {
					return unless(isCountry(strings.ToUpper(a.Text)) || strings.EqualFold(a.Text, "XX"), fmt.Sprintf("%q", a.Text))
				})
			}},
		{Name: "country.capitals", Section: "ISO 3166-1", Severity: Warning, Advice: "write capitals",
			Title: "countryName is in capitals", Same: []string{"e_subj_country_not_uppercase"}, when: func(s *subject) bool { return s.names(alg.OIDAttrCountry) }, check: func(s *subject) string {
				return s.eachOf(alg.OIDAttrCountry, func(a pki.Attribute) string {
					return unless(a.Text == strings.ToUpper(a.Text), a.Text)
				})
			}},
	}
	for _, x := range []struct {
		id    der.OID
		needs []der.OID
	}{
		{alg.OIDAttrStreet, []der.OID{alg.OIDAttrLocality, alg.OIDAttrState}}, {alg.OIDAttrLocality, []der.OID{alg.OIDAttrCountry}},
		{alg.OIDAttrState, []der.OID{alg.OIDAttrCountry}}, {alg.OIDAttrPostalCode, []der.OID{alg.OIDAttrCountry}},
	} {
		var names []string
		for _, id := range x.needs {
			names = append(names, label(id))
		}
		need := strings.Join(names, " or ")
		rules = append(rules, Rule{Name: "smime.address." + strings.ToLower(label(x.id)), Section: "S/MIME BR §7.1.4.2.2i to m", Severity: Error, From: brEffective,
			Scope: of(pki.OrganizationValidated, pki.SponsorValidated, pki.IndividualValidated), Title: label(x.id) + " stands beside " + need, Advice: "add " + need,
			when: func(s *subject) bool { return s.names(x.id) },
			check: func(s *subject) string {
				for _, id := range x.needs {
					if s.names(id) {
						return ""
					}
				}
				return "there is no " + need
			}})
	}
	return rules
}

// countries are the officially assigned codes of ISO 3166-1 alpha-2.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

func isCountry(code string) bool {
	return len(code) == 2 && !strings.Contains(code, " ") && strings.Contains(" "+countries+" ", " "+code+" ")
}
