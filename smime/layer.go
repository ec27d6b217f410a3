package smime

import (
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Kind is what a layer is.
type Kind string

// The kinds of layers. Cryptographic ones are named by their ASN.1, not by their media type.
const (
	KindLeaf          Kind = "leaf"          // a part that holds no other
	KindMultipart     Kind = "multipart"     // a multipart other than a clear signature
	KindMessage       Kind = "message"       // message/rfc822: another message
	KindClearSigned   Kind = "clear-signed"  // multipart/signed (RFC 8551 §3.5.3)
	KindSigned        Kind = "signed"        // SignedData with its content inside (§3.5.2)
	KindDetached      Kind = "detached"      // SignedData alone, its content elsewhere
	KindCertificates  Kind = "certs-only"    // SignedData without signers (§3.8): no signature
	KindEnveloped     Kind = "enveloped"     // EnvelopedData (§3.3)
	KindAuthEnveloped Kind = "authEnveloped" // AuthEnvelopedData (§3.4)
	KindCompressed    Kind = "compressed"    // CompressedData (§3.6)
	KindEncrypted     Kind = "encrypted"     // EncryptedData (RFC 5652 §8): a key agreed elsewhere
	KindDigested      Kind = "digested"      // DigestedData (§7): a checksum, no signature
	KindAuthenticated Kind = "authenticated" // AuthenticatedData (§9)
	KindData          Kind = "data"          // bare content
	KindMalformed     Kind = "malformed"     // says it is S/MIME and cannot be read
)

// Layer is one entity of the message: a MIME part, or what a cryptographic layer held.
type Layer struct {
	Kind      Kind   `json:"kind"`
	Path      string `json:"path"`                // place in the tree of layers: "1", "1.2"
	Part      string `json:"part,omitempty"`      // MIME part in its source
	MediaType string `json:"mediaType,omitempty"` // as the part says
	Name      string `json:"name,omitempty"`      // file name, if the part gives one

	// Source says in which bytes the ranges count: 0 is the message, others are contents that
	// cryptographic layers held, numbered as they were opened.
	Source int       `json:"source"`
	Range  eml.Range `json:"range"`            // the entity with its header
	Covers *Cover    `json:"covers,omitempty"` // what the operation covers; of an encryption that stays closed, the ciphertext as it stands; nil for layers without one

	InEnvelope bool `json:"inEnvelope"` // wraps everything that is shown (RFC 9787 §4.4)

	Signers      []*SignerReport    `json:"signers,omitempty"`
	Certificates []*pki.Certificate `json:"-"` // carried by the layer
	Encryption   *EncryptionReport  `json:"encryption,omitempty"`

	Children []*Layer          `json:"children,omitempty"`
	Findings []finding.Finding `json:"findings,omitempty"` // about this layer; signers have their own

	content *content
	part    *eml.Part  // nil for what was no MIME part;
	raw     eml.Source // then the bytes of the entity
	apart   bool       // its children are another message, with a report of its own
}

// Cover is the range of bytes that a cryptographic operation covers.
type Cover struct {
	Source int       `json:"source"`
	Range  eml.Range `json:"range"`
	Form   Form      `json:"form"`
}

// Form says how the bytes of a Cover enter into the operation.
type Form string

// The forms.
const (
	FormCanonical Form = "canonical" // with every line end as CRLF (RFC 8551 §3.1.1)
	FormBytes     Form = "bytes"     // as they are
)

// EncryptionReport is what an encrypted layer says and how its opening went.
type EncryptionReport struct {
	Cipher     string            `json:"cipher"`    // "AES-256-GCM"
	Integrity  bool              `json:"integrity"` // the cipher detects every change (AEAD)
	Opened     bool              `json:"opened"`    // decrypted, and for AEAD the tag verified
	Recipients []RecipientReport `json:"recipients,omitempty"`
}

// RecipientReport is one recipient entry.
type RecipientReport struct {
	Kind      string `json:"kind"`      // "ktri", "kari", "kekri", "pwri", "ori"
	ID        string `json:"id"`        // issuer and serial, or key identifier
	Algorithm string `json:"algorithm"` // how the content key is kept for it
	KeyHeld   bool   `json:"keyHeld"`   // a key at hand matches the entry
}
