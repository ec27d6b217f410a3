package smime

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

// SignerReport holds every fact about one signer, each apart from the others.
type SignerReport struct {
	Where string `json:"where"` // "1/signer 1"
	ID    string `json:"id"`    // issuer and serial, or key identifier, as the signature names it

	Certificate *pki.Certificate   `json:"-"` // nil: not found
	Summary     *CertificateInfo   `json:"certificate,omitempty"`
	Algorithm   string             `json:"algorithm"`            // "RSA-PSS with SHA-256"
	DigestOK    bool               `json:"digestOK"`             // the content is what was signed
	SignatureOK bool               `json:"signatureOK"`          // the key of Certificate made the signature
	Attributes  bool               `json:"attributes"`           // it has signed attributes
	Claimed     time.Time          `json:"signingTime,omitzero"` // the signer's own claim; nothing is based on it
	Basis       TimeBasis          `json:"timeBasis"`
	Timestamps  []*TimestampReport `json:"timestamps,omitempty"`
	Chain       *chain.Result      `json:"-"` // nil: no certificate to judge
	Trust       *ChainInfo         `json:"chain,omitempty"`
	Identity    Identity           `json:"identity"`

	Capabilities      []alg.Identifier  `json:"-"`              // in the signer's order of preference
	EncryptionKey     *pki.Certificate  `json:"-"`              // the one it asks mail to be encrypted to; nil: not said or not carried
	OverCiphertext    bool              `json:"overCiphertext"` // what it signed is encrypted: it may not have seen the text
	Countersignatures int               `json:"countersignatures,omitempty"`
	Alterations       []forensics.Cause `json:"alterations,omitempty"` // what broke the digest, where Opener.Explain asked for it; undone together they give it

	Findings []finding.Finding `json:"findings,omitempty"`
}

// OK reports whether nothing speaks against the signer: the signature verifies over the content,
// the chain ends at a trusted authority and the certificate holds the sender's address. Where no sender was to
// be compared (Opener.NoSenderCheck, a bare CMS object), that is left out, and a finding says so.
func (s *SignerReport) OK() bool {
	return s.DigestOK && s.SignatureOK && s.Chain != nil && s.Chain.OK &&
		(s.Identity.Match == MatchYes || s.Identity.Match == MatchNotChecked) && !anyBad(s.Findings)
}

// BasisKind says where the moment comes from that a signer is judged at.
type BasisKind string

// The bases, the strongest first. The signer's own claim is never one.
const (
	BasisTimestamp BasisKind = "timestamp" // a trusted RFC 3161 token in the signature
	BasisReceived  BasisKind = "received"  // the caller knows when the message came in
	BasisNow       BasisKind = "now"
)

// TimeBasis is the moment at which a signer is judged.
type TimeBasis struct {
	Kind BasisKind `json:"kind"`
	Time time.Time `json:"time"`
}

// CertificateInfo is a certificate in words.
type CertificateInfo struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Serial      string    `json:"serial"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	Key         string    `json:"key"` // "RSA 2048"
	Fingerprint string    `json:"sha256"`
	Addresses   []string  `json:"addresses,omitempty"`
}

// ChainInfo is a chain.Result in words.
type ChainInfo struct {
	OK         bool              `json:"ok"`
	Path       []CertificateInfo `json:"path,omitempty"` // the signer's first, the anchor last
	Anchor     string            `json:"anchor,omitempty"`
	Level      string            `json:"level,omitempty"` // what the authority says it checked
	Revocation string            `json:"revocation,omitempty"`
	Findings   []finding.Finding `json:"findings,omitempty"`
}

func anyBad(fs []finding.Finding) bool {
	for _, f := range fs {
		if f.Severity == finding.Bad {
			return true
		}
	}
	return false
}
