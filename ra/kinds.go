package ra

import (
	"sort"
	"time"
)

const day = 24 * time.Hour

// BR is the version of the S/MIME Baseline Requirements by which checks are made; §3.2.2 wants it recorded with each of a mailbox.
const BR = "1.0.12"

// Terms is the version of the subscriber agreement that must have been accepted (S/MIME BR §9.6.3).
const Terms = "1"

// RequirementKind is one question that has to be answered before a certificate is issued.
type RequirementKind struct {
	Name    string
	What    string        // in words
	Section string        // of the S/MIME BR
	Reuse   time.Duration // how long an answer may be relied upon; 0: without end, for what it was about
	Auto    bool          // answered by the house itself or by the applicant's act: nobody checks it by hand
}

// kinds are the requirements by name. The names are those of ca.Requirements, and "domain", which answers "mailbox" for an
// organisation's own domains.
var kinds = map[string]RequirementKind{
	"mailbox":      {"mailbox", "control of the mailbox", "S/MIME BR §3.2.2.2", 30 * day, true},
	"domain":       {"domain", "control of all mailboxes of the domain", "S/MIME BR §3.2.2.1", 398 * day, false},
	"organization": {"organization", "name, existence and identifier of the organisation", "S/MIME BR §3.2.3", 825 * day, false},
	"authority":    {"authority", "who may act for the organisation", "S/MIME BR §3.2.6", 825 * day, false},
	"individual":   {"individual", "identity of the person", "S/MIME BR §3.2.4", 825 * day, false},
	"affiliation":  {"affiliation", "the person belongs to the organisation", "S/MIME BR §3.2.8", 825 * day, false},
	"agreement":    {"agreement", "the subscriber agreement was accepted", "S/MIME BR §9.6.3", 0, true},
	"request":      {"request", "the applicant asked for exactly this and says that it is true", "S/MIME BR §4.1.2", 0, true},
}

// Kinds lists the requirements, sorted by name.
func Kinds() []RequirementKind {
	list := make([]RequirementKind, 0, len(kinds))
	for _, k := range kinds {
		list = append(list, k)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// EvidenceKind is one sort of proof, and what it may answer.
type EvidenceKind struct {
	Name    string
	What    string
	Answers []string // kinds of requirement
	Section string
	Valid   bool // it says until when it holds, and must hold when it is checked (S/MIME BR §3.2.4.2)
	Bounds  bool // and the answer cannot be relied upon for longer than it holds
	Aged    bool // it must not be older than the answer may be relied upon (S/MIME BR §4.2.1)
}

var evidenceKinds = map[string]EvidenceKind{
	"passport":          {"passport", "passport", []string{"individual"}, "S/MIME BR §3.2.4.1(1)", true, false, false},
	"id-card":           {"id-card", "identity card", []string{"individual"}, "S/MIME BR §3.2.4.1(1)", true, false, false},
	"emrtd":             {"emrtd", "chip of a travel document", []string{"individual"}, "S/MIME BR §3.2.4.1(2)", true, false, false},
	"mdl":               {"mdl", "mobile driving licence", []string{"individual"}, "S/MIME BR §3.2.4.1(2)", true, false, false},
	"eid":               {"eid", "notified electronic identity", []string{"individual"}, "S/MIME BR §3.2.4.1(3)", false, false, true},
	"signature":         {"signature", "request signed with a qualified certificate", []string{"individual"}, "S/MIME BR §3.2.4.1(4)", true, false, false},
	"enterprise-record": {"enterprise-record", "record of an Enterprise RA", []string{"individual", "affiliation"}, "S/MIME BR §3.2.4.1(5)", false, false, true},
	"supplement":        {"supplement", "marriage certificate, professional register, utility bill", []string{"individual"}, "S/MIME BR §3.2.4.1(6)", false, false, true},
	"register":          {"register", "extract of a government register", []string{"organization", "authority"}, "S/MIME BR §3.2.3.2", false, false, true},
	"lei":               {"lei", "LEI data", []string{"organization"}, "S/MIME BR §3.2.3.2.1", false, false, true},
	"attestation":       {"attestation", "attestation letter", []string{"organization", "authority", "affiliation"}, "S/MIME BR §3.2.8", true, true, true},
	"mandate":           {"mandate", "power of attorney", []string{"authority", "affiliation"}, "S/MIME BR §3.2.6", true, true, true},
	"reliable-contact":  {"reliable-contact", "call by a reliable method of communication", []string{"authority", "affiliation"}, "S/MIME BR §3.2.6", false, false, true},
	"domain-control":    {"domain-control", "one of the methods of TLS BR §3.2.2.4", []string{"domain"}, "S/MIME BR §3.2.2.1", false, false, true},
	"random-value":      {"random-value", "random value by mail, answered from the mailbox", []string{"mailbox"}, "S/MIME BR §3.2.2.2", false, false, true},
	"acme":              {"acme", "challenge email-reply-00", []string{"mailbox"}, "S/MIME BR §3.2.2.4, RFC 8823", false, false, true},
}

// EvidenceKinds lists the sorts of proof, sorted by name.
func EvidenceKinds() []EvidenceKind {
	list := make([]EvidenceKind, 0, len(evidenceKinds))
	for _, k := range evidenceKinds {
		list = append(list, k)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}
