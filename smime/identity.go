package smime

import (
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Sender is what a message says about its author. It is made from header fields alone.
type Sender struct {
	Field     string        `json:"field,omitempty"`   // "From", or "Sender" when there is no From (RFC 8550 §3)
	Addresses []eml.Address `json:"-"`                 // every address of that field
	Claimed   []string      `json:"claimed,omitempty"` // the same as addr-specs; a well-formed message has one
	Shown     string        `json:"shown,omitempty"`   // the field as a mail client shows it
	Protected bool          `json:"protected"`         // taken from inside the cryptographic envelope (RFC 9788)
	Outer     []string      `json:"outer,omitempty"`   // the addresses outside, where Protected
	ReplyTo   []string      `json:"replyTo,omitempty"` // addresses that answers go to, where they differ

	Findings []finding.Finding `json:"findings,omitempty"`
}

// Match says how a certificate's addresses compare with the sender's.
type Match string

// The outcomes of the comparison of RFC 8550 §3.
const (
	MatchYes        Match = "match"
	MatchNo         Match = "mismatch"
	MatchNoAddress  Match = "no-address"  // the certificate holds no address
	MatchNoSender   Match = "no-sender"   // the message names no sender
	MatchNotChecked Match = "not-checked" // asked for by Opener.NoSenderCheck, or a bare CMS object, or no certificate
)

// Identity binds a signer's certificate to the sender.
type Identity struct {
	Match     Match       `json:"match"`
	Address   string      `json:"address,omitempty"`   // the sender's address that matched
	Addresses []pki.Email `json:"addresses,omitempty"` // all that the certificate holds
}
