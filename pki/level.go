package pki

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// ValidationLevel is what the S/MIME Baseline Requirements say was checked (§7.1.6.1).
// The zero value stands for no such statement.
type ValidationLevel struct {
	Validation Validation
	Generation Generation
}

// Validation is what an authority checked before it issued.
type Validation string

// What was checked.
const (
	NoValidation          Validation = ""
	MailboxValidated      Validation = "mailbox"
	OrganizationValidated Validation = "organization"
	SponsorValidated      Validation = "sponsor"
	IndividualValidated   Validation = "individual"
)

// Generation is a profile of the S/MIME Baseline Requirements.
type Generation string

// The generations.
const (
	NoGeneration Generation = ""
	Legacy       Generation = "legacy"
	Multipurpose Generation = "multipurpose"
	Strict       Generation = "strict"
)

// LevelOf returns the level that the first reserved policy identifier states. A certificate has
// exactly one (S/MIME BR §7.1.2.3a); pass the policies that a path validation left valid.
func LevelOf(policies []der.OID) ValidationLevel {
	for _, p := range policies {
		if l := levelOf(p); l != (ValidationLevel{}) {
			return l
		}
	}
	return ValidationLevel{}
}

func levelOf(policy der.OID) ValidationLevel {
	switch policy {
	case alg.OIDPolicyMailboxLegacy:
		return ValidationLevel{MailboxValidated, Legacy}
	case alg.OIDPolicyMailboxMultipurpose:
		return ValidationLevel{MailboxValidated, Multipurpose}
	case alg.OIDPolicyMailboxStrict:
		return ValidationLevel{MailboxValidated, Strict}
	case alg.OIDPolicyOrganizationLegacy:
		return ValidationLevel{OrganizationValidated, Legacy}
	case alg.OIDPolicyOrganizationMultipurpose:
		return ValidationLevel{OrganizationValidated, Multipurpose}
	case alg.OIDPolicyOrganizationStrict:
		return ValidationLevel{OrganizationValidated, Strict}
	case alg.OIDPolicySponsorLegacy:
		return ValidationLevel{SponsorValidated, Legacy}
	case alg.OIDPolicySponsorMultipurpose:
		return ValidationLevel{SponsorValidated, Multipurpose}
	case alg.OIDPolicySponsorStrict:
		return ValidationLevel{SponsorValidated, Strict}
	case alg.OIDPolicyIndividualLegacy:
		return ValidationLevel{IndividualValidated, Legacy}
	case alg.OIDPolicyIndividualMultipurpose:
		return ValidationLevel{IndividualValidated, Multipurpose}
	case alg.OIDPolicyIndividualStrict:
		return ValidationLevel{IndividualValidated, Strict}
	}
	return ValidationLevel{}
}

// String is the level in two words, such as "sponsor strict"; empty for none.
func (l ValidationLevel) String() string {
	if l.Validation == NoValidation {
		return ""
	}
	return string(l.Validation) + " " + string(l.Generation)
}

// Words says for people what an authority checked: "GlobalTrust checked the organisation and the person."
func (l ValidationLevel) Words(authority string) string {
	switch l.Validation {
	case MailboxValidated:
		return authority + " checked that the mailbox answers, and not who the person is."
	case OrganizationValidated:
		return authority + " checked the organisation and the mailbox, and not who the person is."
	case SponsorValidated:
		return authority + " checked the organisation and the person."
	case IndividualValidated:
		return authority + " checked who the person is."
	}
	return authority + " does not say by a public standard what it checked."
}
