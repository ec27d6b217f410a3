package lint

import (
	"regexp"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// organizationRules are about organizationIdentifier (S/MIME BR §7.1.4.2.2d and Appendix A).
func organizationRules() []Rule {
	const section = "S/MIME BR §7.1.4.2.2d, Appendix A"
	scope := of(pki.OrganizationValidated, pki.SponsorValidated)
	when := func(s *subject) bool { return s.names(alg.OIDAttrOrganizationIdentifier) }
	return []Rule{
		{Name: "smime.orgid.format", Section: section, Severity: Error, From: brEffective, Scope: scope, when: when, Advice: "write SCHEME, country, hyphen and reference, such as NTRCH-CHE-123.456.789",
			Title: "organizationIdentifier is a registration by one of NTR, VAT, PSD, LEI, GOV, INT", Same: []string{"cabf.invalid_subject_organization_identifier_format", "cabf.invalid_subject_organization_identifier_registration_scheme"},
			check: eachOrganization(func(id string) string { return unless(orgID.MatchString(id), id) })},
		{Name: "smime.orgid.encoding", Section: section, Severity: Error, From: brEffective, Scope: scope, when: when, Advice: "encode it so",
			Title: "organizationIdentifier is a PrintableString or a UTF8String", Same: []string{"cabf.invalid_subject_organization_identifier_encoding"},
			check: func(s *subject) string {
				return s.eachOf(alg.OIDAttrOrganizationIdentifier, func(a pki.Attribute) string {
					return unless(a.Tag == der.PrintableString || a.Tag == der.UTF8String, a.Tag.String())
				})
			}},
		{Name: "smime.orgid.country", Section: section, Severity: Error, From: brEffective, Scope: scope, Advice: "make the two agree",
			Title: "the country of organizationIdentifier is that of countryName", Same: []string{"e_registration_scheme_id_matches_subject_country", "cabf.smime.org_identifier_and_country_name_attribute_inconsistent"},
			when: comparesCountry, check: func(s *subject) string {
				country := s.Subject.Country()
				return eachOrganization(func(id string) string { return unless(countryFits(id, country), id+" and "+country) })(s)
			}},
		{Name: "smime.orgid.country-code", Section: section, Severity: Error, From: brEffective, Scope: scope, when: when, Advice: "write the code of ISO 3166-1",
			Title: "the country of organizationIdentifier exists", Same: []string{"cabf.invalid_organization_identifier_country"},
			check: eachOrganization(func(id string) string {
				return unless(len(id) < 5 || isCountry(id[3:5]) || strings.HasPrefix(id, "LEIXG") || strings.HasPrefix(id, "INTXG") || strings.HasPrefix(id, "VATEL") || strings.HasPrefix(id, "VATXI"), id)
			})},
		{Name: "smime.orgid.lei", Section: section + ", ISO 17442", Severity: Error, From: brEffective, Scope: scope, Advice: "correct the identifier",
			Title: "a Legal Entity Identifier has 20 characters and its check digits are right", Same: []string{"cabf.smime.invalid_lei_scheme_format", "iso.lei.invalid_lei_checksum", "iso.lei.invalid_lei_format"},
			when: whenScheme("LEI"), check: eachOrganization(func(id string) string {
				return unless(!strings.HasPrefix(id, "LEI") || isLEI(strings.TrimPrefix(id, "LEIXG-")), id)
			})},
		{Name: "smime.orgid.euid", Section: section, Severity: Notice, From: brEffective, Scope: scope, Advice: "write the EUID, such as NTRDE-DER3306.HRB12345",
			Title: "a German registration is an EUID", Same: []string{"cabf.smime.german_ntr_registration_reference_not_euid"},
			when: whenScheme("NTRDE"), check: eachOrganization(func(id string) string {
				return unless(!strings.HasPrefix(id, "NTRDE") || euid.MatchString(id), id)
			})},
		{Name: "smime.orgid.region-scheme", Section: section, Severity: Error, From: brEffective, Scope: scope, Advice: "leave the region out",
			Title: "only NTR and GOV have a region", Same: []string{"cabf.invalid_subject_organization_identifier_state_province_for_scheme"},
			when: whenScheme(""), check: eachOrganization(func(id string) string {
				before, _, _ := strings.Cut(id, "-")
				return unless(!strings.Contains(before, "+") || strings.HasPrefix(id, "NTR") || strings.HasPrefix(id, "GOV"), id)
			})},
		{Name: "smime.orgid.region", Section: section, Severity: Warning, From: brEffective, Scope: scope, Advice: "write the part of ISO 3166-2 after the hyphen",
			Title: "the region of organizationIdentifier has up to three letters or digits", Same: []string{"cabf.invalid_subject_organization_identifier_state_province_format"},
			when: whenScheme(""), check: eachOrganization(func(id string) string {
				_, rest, found := strings.Cut(id, "+")
				region, _, _ := strings.Cut(rest, "-")
				return unless(!found || len(region) >= 1 && len(region) <= 3, id)
			})},
	}
}

// orgID is the grammar, euid the form of European registers, scheme what zlint compares.
var (
	orgID  = regexp.MustCompile(`^((NTR|VAT|PSD)[A-Z]{2}(\+[A-Z0-9]{1,3})?-.+|GOV[A-Z]{2}(\+[A-Z0-9]{1,3})?(-.+)?|INTXG(-.+)?|LEIXG-[A-Z0-9]{20})$`)
	euid   = regexp.MustCompile(`^NTRDE-DE[A-Z0-9]+\.[A-Z]+[A-Z0-9]+`)
	scheme = regexp.MustCompile(`^([A-Z]{3})([A-Z]{2})`)
)

func eachOrganization(check func(id string) string) func(*subject) string {
	return func(s *subject) string {
		return s.eachOf(alg.OIDAttrOrganizationIdentifier, func(a pki.Attribute) string { return check(a.Text) })
	}
}

func whenScheme(prefix string) func(*subject) bool {
	return func(s *subject) bool {
		for _, id := range s.Subject.All(alg.OIDAttrOrganizationIdentifier) {
			if strings.HasPrefix(id, prefix) {
				return true
			}
		}
		return false
	}
}

// international schemes are of no country.
func international(id string) bool {
	return strings.HasPrefix(id, "INT") || strings.HasPrefix(id, "LEI")
}

// comparesCountry reports whether there are two countries to compare.
func comparesCountry(s *subject) bool {
	compared := false
	for _, id := range s.Subject.All(alg.OIDAttrOrganizationIdentifier) {
		if !scheme.MatchString(id) {
			return false
		}
		compared = compared || !international(id)
	}
	return compared && len(s.Subject.Country()) == 2
}

// countryFits compares. Directive 2006/112/EC, Article 215: Greek VAT numbers begin with EL, those of Northern Ireland with XI.
func countryFits(id, country string) bool {
	if international(id) {
		return true
	}
	in := scheme.FindStringSubmatch(id)[2]
	return in == country || id[:3] == "VAT" && (in == "EL" && country == "GR" || in == "XI" && country == "GB")
}

// isLEI checks the digits of ISO 17442: the number that the characters make is 1 modulo 97.
func isLEI(id string) bool {
	if len(id) != 20 {
		return false
	}
	rest := 0
	for _, c := range id {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}
