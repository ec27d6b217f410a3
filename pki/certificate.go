package pki

import (
	"crypto"
	"crypto/sha256"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Certificate is an X.509 certificate as read (RFC 5280 §4.1). Its byte slices share memory with
// what was parsed and must not be changed.
type Certificate struct {
	Raw        []byte // the whole certificate, without trailing bytes
	RawTBS     []byte // tbsCertificate: what the signature covers
	RawIssuer  []byte // the issuer's Name
	RawSubject []byte // the subject's Name
	RawSPKI    []byte // subjectPublicKeyInfo

	Version   int      // 1, 2 or 3
	Serial    *big.Int // negative and zero occur
	SerialRaw []byte   // its content octets
	Issuer    Name
	Subject   Name
	NotBefore time.Time // zero when unreadable, with a broken Fault
	NotAfter  time.Time

	PublicKey crypto.PublicKey // see alg.ParsePublicKey; nil when KeyError says why not
	KeyInfo   alg.KeyInfo
	KeyError  error

	SignatureAlgorithm alg.Identifier // the outer one; an inner one that differs is a broken Fault
	Signature          []byte

	IssuerUniqueID  []byte // contents of the BIT STRINGs of RFC 5280 §4.1.2.8; nil when absent
	SubjectUniqueID []byte

	Extensions        []Extension // all, in order, repeated ones too
	UnhandledCritical []der.OID   // critical extensions that this package does not read

	CertificateExtensions // what is read out of Extensions

	Faults []Fault // odd encodings seen
}

// CertificateExtensions is what the extensions of a certificate or of a request say. Of a repeated
// extension the first counts.
type CertificateExtensions struct {
	HasKeyUsage         bool
	KeyUsage            KeyUsage  // RFC 5280 §4.2.1.3; see Allows
	ExtKeyUsage         []der.OID // §4.2.1.12; nil when absent
	Basic               BasicConstraints
	SubjectAlt          GeneralNames     // §4.2.1.6
	IssuerAlt           GeneralNames     // §4.2.1.7
	Constraints         *NameConstraints // §4.2.1.10; nil when absent
	Policies            []PolicyInformation
	Mappings            []PolicyMapping   // §4.2.1.5
	PolicyLimits        PolicyConstraints // §4.2.1.11
	InhibitAny          int               // §4.2.1.14 skipCerts; -1 when absent
	SubjectKeyID        []byte            // §4.2.1.2; nil when absent
	AuthorityKey        AuthorityKeyID    // §4.2.1.1
	CRLPoints           []DistributionPoint
	FreshestCRL         []DistributionPoint
	Access              []AccessDescription // §4.2.2.1 authorityInfoAccess
	SubjectInfo         []AccessDescription // §4.2.2.2 subjectInfoAccess
	OCSPNoCheck         bool                // RFC 6960 §4.2.2.2.1
	Capabilities        []alg.Identifier    // RFC 4262: S/MIME capabilities; nil when absent
	QCStatements        []QCStatement       // RFC 3739 §3.2.6
	DirectoryAttributes []AttributeValues   // RFC 5280 §4.2.1.8
}

// Broken returns the first fault for which a validator must refuse the certificate.
func (c *Certificate) Broken() (Fault, bool) { return faults(c.Faults).firstBroken() }

// Fingerprint is the SHA-256 of the certificate.
func (c *Certificate) Fingerprint() [32]byte { return sha256.Sum256(c.Raw) }

// Equal reports whether two certificates are the same bytes. A nil one equals none.
func (c *Certificate) Equal(o *Certificate) bool {
	return c != nil && o != nil && string(c.Raw) == string(o.Raw)
}

// SelfIssued reports whether issuer and subject are the same name (RFC 5280 §3.2).
func (c *Certificate) SelfIssued() bool { return c.Issuer.Equal(c.Subject) }

// Extension returns the first extension with an identifier.
func (c *Certificate) Extension(id der.OID) (Extension, bool) { return findExtension(c.Extensions, id) }

// Level is what the certificate's own policies claim was checked (S/MIME BR §7.1.6.1). Whether the
// claim counts is for a path validation to say.
func (c *Certificate) Level() ValidationLevel {
	ids := make([]der.OID, len(c.Policies))
	for i, p := range c.Policies {
		ids[i] = p.ID
	}
	return LevelOf(ids)
}
