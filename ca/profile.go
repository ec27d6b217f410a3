package ca

import (
	"time"
)

// Type is what an authority checked before it issued, or what a certificate is for.
type Type string

// The types. The first four are those of S/MIME BR §7.1.6.1.
const (
	Mailbox      Type = "mailbox"
	Organization Type = "organization"
	Sponsor      Type = "sponsor"
	Individual   Type = "individual"
	RootCA       Type = "root"      // a self-signed authority
	IssuingCA    Type = "issuing"   // an authority under another one
	Responder    Type = "responder" // answers for an authority by OCSP (RFC 6960 §4.2.2.2)
)

// Generation says by which table of the S/MIME Baseline Requirements a certificate is shaped.
type Generation string

// The generations. Legacy certificates are read and never issued (S/MIME BR §7.1.6.1).
const (
	Strict       Generation = "strict"
	Multipurpose Generation = "multipurpose"
	Private      Generation = "private" // by RFC 5280 and RFC 8550 alone
)

// Usage is what a subscriber's key is for.
type Usage string

// The usages.
const (
	Signing    Usage = "signing"
	Encryption Usage = "encryption"
	Dual       Usage = "dual"
)

// Escrow says whether a copy of a private key is kept for recovery. Keys that sign are never escrowed.
type Escrow string

// The kinds of escrow.
const (
	NoEscrow       Escrow = "none"
	EscrowOptional Escrow = "optional"
	EscrowRequired Escrow = "required"
)

// Profile says what may be issued. It is data: JSON in files and in the database. A version never changes; a change
// makes the next version.
type Profile struct {
	Name       string     `json:"name"`    // lower-case letters, digits and hyphens: "sponsor-strict-signing"
	Version    int        `json:"version"` // from 1; AddProfile gives the next
	Title      string     `json:"title"`   // for people
	Type       Type       `json:"type"`
	Generation Generation `json:"generation"`
	Usage      Usage      `json:"usage,omitempty"` // of subscribers' certificates

	Keys     []string        `json:"keys"`    // names of key kinds: "P-256", "Ed25519"; "RSA 2048" means 2048 bits or more
	Subject  []AttributeRule `json:"subject"` // in the order in which they are written; an attribute without a rule is refused
	Names    NameRules       `json:"names"`
	KeyUsage []string        `json:"keyUsage"`           // bits beside those that follow from Usage and key: "nonRepudiation", "dataEncipherment"
	Purposes []string        `json:"purposes"`           // extendedKeyUsage: "emailProtection", "clientAuth", ... or dotted
	Policies []PolicyRule    `json:"policies,omitempty"` // own ones; the reserved one follows from Type and Generation where CA.PublicTrust is set

	Days     int `json:"days"`               // of validity, if the order does not say
	MostDays int `json:"mostDays"`           // at most
	Backdate int `json:"backdate,omitempty"` // minutes before now that notBefore may lie, and lies by default
	Ahead    int `json:"ahead,omitempty"`    // days after now that notBefore may lie

	Capabilities bool `json:"capabilities,omitempty"` // write smimeCapabilities (RFC 4262)
	PathLen      *int `json:"pathLen,omitempty"`      // of authorities; nil: none

	Approvals    int      `json:"approvals"`              // distinct people who must have approved the order
	Requirements []string `json:"requirements,omitempty"` // what room ra must have found satisfied: see Requirements
	Escrow       Escrow   `json:"escrow,omitempty"`       // empty: none

	From  time.Time `json:"from,omitzero"`  // the first moment it may be used; zero: always
	Until time.Time `json:"until,omitzero"` // the first moment it may no longer; zero: never ends
}

// AttributeRule is what a profile says of one attribute of the subject.
type AttributeRule struct {
	Attribute string `json:"attribute"`          // a field of Subject: "commonName"
	Required  bool   `json:"required,omitempty"` // an order without it is refused
	Value     string `json:"value,omitempty"`    // written by template: "{givenName} {surname}"; empty: as ordered
}

// NameRules are what a profile says of subjectAltName.
type NameRules struct {
	Least   int      `json:"least"`             // addresses, at least
	Most    int      `json:"most"`              // and at most
	Domains []string `json:"domains,omitempty"` // in which they lie, A-labels; empty: anywhere
	UPN     bool     `json:"upn,omitempty"`     // a user principal name may be ordered
}

// PolicyRule is one certificate policy of a profile.
type PolicyRule struct {
	ID     string `json:"id"`               // dotted
	CPS    string `json:"cps,omitempty"`    // http(s) address of the practice statement
	Notice string `json:"notice,omitempty"` // explicitText of a user notice
}

// Ref names this version: "sponsor-strict-signing@2".
func (p Profile) Ref() string { return profileRef(p.Name, p.Version) }

// Requirements are the names that Profile.Requirements may use, with what each asks (S/MIME BR §3.2).
func Requirements() map[string]string {
	return map[string]string{
		"mailbox":      "control of every address (S/MIME BR §3.2.2)",
		"organization": "name, existence and identifier of the organisation (S/MIME BR §3.2.3)",
		"authority":    "who may act for the organisation (S/MIME BR §3.2.6)",
		"individual":   "identity of the person (S/MIME BR §3.2.4)",
		"affiliation":  "the person belongs to the organisation (S/MIME BR §3.2.8)",
		"agreement":    "the subscriber accepted the terms (S/MIME BR §9.6.3)",
		"request":      "the subscriber signed the request (S/MIME BR §4.1.2)",
	}
}
