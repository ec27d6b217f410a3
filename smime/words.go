package smime

import "strings"

// KeyType returns the kind of the signer's key without its size: "RSA", "P-256"; "" without a certificate.
func (s *SignerReport) KeyType() string {
	if s.Summary == nil {
		return ""
	}
	if kind, size, ok := strings.Cut(s.Summary.Key, " "); ok && strings.Trim(size, "0123456789") == "" {
		return kind
	}
	return s.Summary.Key
}

// Name returns what people call the signer: the sender's address, else the certificate's, else its subject.
func (s *SignerReport) Name() string {
	switch {
	case s.Identity.Address != "":
		return s.Identity.Address
	case len(s.Identity.Addresses) > 0:
		return s.Identity.Addresses[0].Address
	case s.Certificate != nil:
		return s.Certificate.Subject.Display()
	}
	return s.ID
}

// Vouched says in words who vouches for the signer and what they say they checked.
func (s *SignerReport) Vouched() string {
	if s.Trust == nil || s.Trust.Anchor == "" {
		return "for whom nobody vouches"
	}
	if s.Trust.Level == "" {
		return "vouched for by " + s.Trust.Anchor
	}
	return "vouched for by " + s.Trust.Anchor + ". " + strings.TrimSuffix(s.Trust.Level, ".")
}

// Words says what a moment of judgement stands on.
func (b TimeBasis) Words() string {
	day := b.Time.UTC().Format("2006-01-02 15:04 UTC")
	switch b.Kind {
	case BasisTimestamp:
		return "judged at " + day + ", proven by a timestamp authority"
	case BasisReceived:
		return "judged at " + day + ", when it was received"
	default:
		return "judged as of now, " + day
	}
}
