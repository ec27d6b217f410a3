package smime

import (
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// ReportVersion is the version of the report's JSON form. It rises when a name is removed or
// changes its meaning; new names do not raise it.
const ReportVersion = 1

// Coverage says how much of what a mail client shows an operation covers.
type Coverage string

// The degrees of coverage.
const (
	CoversNothing Coverage = "none"
	CoversPart    Coverage = "part"
	CoversAll     Coverage = "all"
)

// Report is what Open found: a tree of layers, and above it the facts that bear on the message
// as it is shown. A message inside the message (message/rfc822) has a Report of its own.
type Report struct {
	Version int    `json:"version"`         // ReportVersion
	Where   string `json:"where,omitempty"` // path of the layer whose content is this message; empty: the message itself

	Signed    Coverage `json:"signed"`    // by signed layers with at least one signer, whether they verify or not
	Encrypted Coverage `json:"encrypted"` // by encrypted layers, whether they open or not
	Opened    bool     `json:"opened"`    // there is encryption, and every layer of it was decrypted

	Sender  Sender            `json:"sender"`
	Headers *HeaderProtection `json:"headerProtection,omitempty"` // nil: the message has none
	Signers []*SignerReport   `json:"signers,omitempty"`          // of the envelope, outermost layer first

	// Findings holds everything that bears on this message, in the order of the tree, each with its
	// place. What was found inside forwarded messages is in their own reports.
	Findings  []finding.Finding `json:"findings,omitempty"`
	Root      *Layer            `json:"root"`
	Forwarded []*Report         `json:"forwarded,omitempty"` // messages inside this one, in order

	closers []func() error
	bare    bool      // a CMS object without a mail around it
	outer   *eml.Part // the message itself, whose header everybody sees; nil when bare
	wrapped *eml.Part // the message that the old form of header protection wraps (RFC 9788 §4.10)
	payload *Layer    // what all layers of the envelope wrap; nil without an envelope or when it does not open
}
