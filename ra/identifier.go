package ra

import (
	"math/big"
	"regexp"
	"strings"
)

// obstacle tells whether a list holds more than warnings.
func obstacle(list []Refusal) bool {
	for _, r := range list {
		if !r.Warning {
			return true
		}
	}
	return false
}

// refusedBy is a list as an error; nil if it holds only warnings.
func refusedBy(list []Refusal) error {
	if !obstacle(list) {
		return nil
	}
	return &Refused{list}
}

// identifierForm is scheme, country, subdivision, reference (S/MIME BR §7.1.4.2.2d, App. A).
var identifierForm = regexp.MustCompile(`^(NTR|VAT|PSD|LEI|GOV|INT)([A-Z]{2})(?:\+([A-Z0-9]{1,3}))?(?:-(.+))?$`)

// euid is the form of an entry in a register of the European Union: NTRDE-DER3306.HRB12345.
var euid = regexp.MustCompile(`^[A-Z]{2}[A-Za-z0-9]+\.[A-Za-z0-9._/-]+$`)

// CheckIdentifier looks at an organizationIdentifier beside the countryName and the LEI data, if any: AUTHORITY 6, 7.
func CheckIdentifier(identifier, country, name string) []Refusal {
	const section = "S/MIME BR §7.1.4.2.2d"
	no := func(code, what, fix string) []Refusal {
		return []Refusal{{Code: code, Section: section, Field: "organizationIdentifier", Value: identifier, What: what, Fix: fix}}
	}
	m := identifierForm.FindStringSubmatch(identifier)
	if m == nil {
		return no("identifier.form", "it is no scheme, country and reference", "write it as NTRDE-DER3306.HRB12345, VATDE-123456789, LEIXG-..., GOVDE or INTXG")
	}
	scheme, at, reference := m[1], m[2], m[4]
	switch {
	case scheme == "LEI":
		if at != "XG" || m[3] != "" {
			return no("identifier.lei-country", "an LEI is not of one country", "write LEIXG- before the 20 characters")
		}
		if !ValidLEI(reference) {
			return no("identifier.lei-checksum", "the last two digits do not fit the others (ISO 17442, mod 97-10)", "copy the LEI from its register: search.gleif.org")
		}
		return nil
	case scheme == "INT":
		if at != "XG" || reference != "" {
			return no("identifier.int", "an international organisation has no country and no reference", "write INTXG")
		}
		return nil
	case scheme == "GOV":
		if reference != "" {
			return no("identifier.gov", "a government has no reference", "write GOV and the country, with +XX for a state of it")
		}
	case reference == "":
		return no("identifier.reference", "the reference is missing", "add it behind a hyphen")
	}
	iso := at
	if scheme == "VAT" && at == "EL" { // Directive 2006/112/EC, article 215: Greece writes EL
		iso = "GR"
	}
	if country != "" && iso != country {
		return no("identifier.country", "its country "+at+" is not the countryName "+country, "write the organisation's country in both, or the identifier of the other register")
	}
	if scheme == "NTR" && euMember[iso] && !euid.MatchString(reference) {
		r := no("identifier.euid", "a register of the European Union has an EUID for it", "take the EUID, as NTRDE-DER3306.HRB12345: e-justice.europa.eu shows it")
		r[0].Warning = true // §7.1.4.2.2d: EU and EEA may, Germany should
		return r
	}
	return nil
}

// euMember are the countries whose registers give EUIDs.
var euMember = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range strings.Fields("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK") {
		m[c] = true
	}
	return m
}()

// ValidLEI checks the form and the check digits of an LEI (ISO 17442, ISO/IEC 7064 mod 97-10).
func ValidLEI(lei string) bool {
	if len(lei) != 20 {
		return false
	}
	var digits strings.Builder
	for i, c := range lei {
		switch {
		case c >= '0' && c <= '9':
			digits.WriteRune(c)
		case c >= 'A' && c <= 'Z' && i < 18:
			digits.WriteString(big.NewInt(int64(c - 'A' + 10)).String())
		default:
			return false
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// LEIRecord is what the register of LEIs says (S/MIME BR §3.2.3.2.1).
type LEIRecord struct {
	LEI          string `json:"lei"`
	Registration string `json:"registration"` // RegistrationStatus: ISSUED, LAPSED, ...
	Entity       string `json:"entity"`       // EntityStatus: ACTIVE, INACTIVE
	Validation   string `json:"validation"`   // ValidationSources: FULLY_CORROBORATED, ...
	LegalName    string `json:"legalName,omitempty"`
	Country      string `json:"country,omitempty"`
}

// Check says why an LEI record does not do: AUTHORITY 6.
func (l LEIRecord) Check() []Refusal {
	if !ValidLEI(l.LEI) {
		return []Refusal{{Code: "identifier.lei-checksum", Section: "S/MIME BR §7.1.4.2.2d", Field: "lei", Value: l.LEI, What: "the last two digits do not fit the others (ISO 17442, mod 97-10)", Fix: "copy the LEI from its register; nothing was asked there"}}
	}
	var list []Refusal
	for _, f := range [][4]string{{"lei.registration", "RegistrationStatus", l.Registration, "ISSUED"}, {"lei.entity", "EntityStatus", l.Entity, "ACTIVE"}, {"lei.validation", "ValidationSources", l.Validation, "FULLY_CORROBORATED"}} {
		if f[2] != f[3] {
			list = append(list, Refusal{Code: f[0], Section: "S/MIME BR §3.2.3.2.1", Field: f[1], Value: f[2], What: "only " + f[3] + " may be relied upon", Fix: "let the organisation renew its LEI, or take an extract of the trade register"})
		}
	}
	return list
}
