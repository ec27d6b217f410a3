package ca

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// The most days of S/MIME BR §6.3.2 for subscribers, and sane bounds for the others.
const (
	mostSubscriberDays = 825
	mostAuthorityDays  = 366 * 30
	mostBackdate       = 48 * 60 // minutes
)

var profileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// ReadProfile reads a profile as JSON and checks it. Fields that it does not know are refused: a rule with a slip of the
// pen would otherwise not hold.
func ReadProfile(data []byte) (Profile, error) {
	var p Profile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("read the profile: %w", err)
	}
	return p, p.Check()
}

// Check reports what is wrong with a profile in itself. Whether what it makes is lawful is the linter's to say, at every order.
func (p Profile) Check() error {
	var list []error
	no := func(bad bool, format string, args ...any) {
		if bad {
			list = append(list, fmt.Errorf("profile %s: "+format, append([]any{p.Name}, args...)...))
		}
	}
	no(!profileName.MatchString(p.Name), "the name has other signs than a-z, 0-9 and -")
	no(!slices.Contains([]Type{Mailbox, Organization, Sponsor, Individual, RootCA, IssuingCA, Responder}, p.Type), "there is no type %q", p.Type)
	no(!slices.Contains([]Generation{Strict, Multipurpose, Private}, p.Generation), "nothing is issued by the generation %q; use strict, multipurpose or private (S/MIME BR §7.1.6.1)", p.Generation)
	no(p.Type.subscriber() && !slices.Contains([]Usage{Signing, Encryption, Dual}, p.Usage), "there is no usage %q; use signing, encryption or dual", p.Usage)
	no(!p.Type.subscriber() && p.Usage != "", "only subscribers' certificates have a usage")
	no(len(p.Keys) == 0, "it allows no kind of key")
	no(p.Days < 1 || p.MostDays < p.Days || p.MostDays > p.mostDays(), "validity of %d to %d days is not within 1 to %d", p.Days, p.MostDays, p.mostDays())
	no(p.Backdate < 0 || p.Backdate > mostBackdate, "backdate is %d minutes, not within 0 to %d", p.Backdate, mostBackdate)
	no(p.Ahead < 0 || p.Ahead > 90, "ahead is %d days, not within 0 to 90", p.Ahead)
	no(p.Type.subscriber() && (p.Names.Least < 1 || p.Names.Most < p.Names.Least || p.Names.Most > 100), "addresses from %d to %d are not within 1 to 100", p.Names.Least, p.Names.Most)
	no(p.Approvals < 0 || p.Approvals > 10, "%d approvals are not within 0 to 10", p.Approvals)
	no(p.Escrow != "" && p.Escrow != NoEscrow && p.Usage != Encryption, "a key that signs is never escrowed (S/MIME BR §4.12)")
	no(!slices.Contains([]Escrow{"", NoEscrow, EscrowOptional, EscrowRequired}, p.Escrow), "there is no escrow %q", p.Escrow)
	no(!p.Until.IsZero() && !p.Until.After(p.From), "it ends before it begins")
	for _, r := range p.Requirements {
		_, known := Requirements()[r]
		no(!known, "there is no requirement %q", r)
	}
	list = append(list, p.checkParts()...)
	return errors.Join(list...)
}

// checkParts checks attributes, key kinds, bits, purposes and policies.
func (p Profile) checkParts() (list []error) {
	bad := func(err error) {
		if err != nil {
			list = append(list, fmt.Errorf("profile %s: %w", p.Name, err))
		}
	}
	seen := map[string]bool{}
	for _, r := range p.Subject {
		if _, ok := attributeNamed(r.Attribute); !ok || seen[r.Attribute] {
			bad(fmt.Errorf("the attribute %q is unknown or stands twice", r.Attribute))
		}
		seen[r.Attribute] = true
		bad(checkTemplate(r.Value))
	}
	for _, k := range p.Keys {
		_, err := parseKeyRule(k)
		bad(err)
	}
	for _, name := range p.KeyUsage {
		_, err := extraUsage(name)
		bad(err)
	}
	for _, name := range p.Purposes {
		_, err := purposeNamed(name)
		bad(err)
	}
	for _, r := range p.Policies {
		id, err := der.ParseOID(r.ID)
		bad(err)
		if err == nil && pki.LevelOf([]der.OID{id}) != (pki.ValidationLevel{}) {
			bad(fmt.Errorf("the reserved policy %s follows from type and generation, where the house is bound by the S/MIME BR", r.ID))
		}
	}
	return list
}

func (p Profile) mostDays() int {
	switch {
	case !p.Type.subscriber():
		return mostAuthorityDays
	case p.Generation == Private:
		return 3 * 366
	}
	return mostSubscriberDays // S/MIME BR §6.3.2
}

// subscriber reports whether certificates of the type are for people and organisations.
func (t Type) subscriber() bool {
	return t == Mailbox || t == Organization || t == Sponsor || t == Individual
}

// authority reports whether certificates of the type are CAs'.
func (t Type) authority() bool { return t == RootCA || t == IssuingCA }

func extraUsage(name string) (pki.KeyUsage, error) {
	switch name {
	case "nonRepudiation":
		return pki.NonRepudiation, nil
	case "dataEncipherment":
		return pki.DataEncipherment, nil
	case "encipherOnly":
		return pki.EncipherOnly, nil
	case "decipherOnly":
		return pki.DecipherOnly, nil
	}
	return 0, fmt.Errorf("the key usage %q is none that a profile adds; use nonRepudiation, dataEncipherment, encipherOnly or decipherOnly", name)
}

// purposeNamed is the purpose of extendedKeyUsage that a profile names.
func purposeNamed(name string) (der.OID, error) {
	switch name {
	case "emailProtection":
		return alg.OIDUsageEmailProtection, nil
	case "clientAuth":
		return alg.OIDUsageClientAuth, nil
	case "documentSigning":
		return alg.OIDUsageDocumentSigning, nil
	case "smartcardLogon":
		return alg.OIDUsageMicrosoftSmartcardLogon, nil
	case "OCSPSigning":
		return alg.OIDUsageOCSPSigning, nil
	case "serverAuth":
		return alg.OIDUsageServerAuth, nil
	case "codeSigning":
		return alg.OIDUsageCodeSigning, nil
	case "timeStamping":
		return alg.OIDUsageTimeStamping, nil
	}
	if !strings.Contains(name, ".") {
		return "", fmt.Errorf("the purpose %q is unknown; write its dotted form", name)
	}
	return der.ParseOID(name)
}
