package cms

import (
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Signed is a SignedData as it is read (RFC 5652 §5.1). The fields below Detached are filled by Finish.
type Signed struct {
	Version          int
	DigestAlgorithms []alg.Identifier // as announced; may be empty or wrong
	ContentType      der.OID          // of what is signed: eContentType
	Detached         bool             // the content is elsewhere

	Certificates    []*pki.Certificate
	RawCertificates [][]byte // what is in the certificate set and no X.509 certificate that could be read
	CRLs            []*pki.CRL
	OCSP            []*pki.OCSPResponse // RFC 5940
	RawRevocation   [][]byte            // other revocation information, as received
	Signers         []*Signer           // none is not a success: see certs-only, RFC 8551 §3.8

	Findings []finding.Finding // about the object as a whole
}

// Type returns id-signedData.
func (s *Signed) Type() der.OID { return alg.OIDSignedData }

// Content returns the signed octets, nil when Detached. They are hashed while they are read,
// with every digest in DigestAlgorithms that is known.
func (s *Signed) Content() io.Reader { return nil }

// Finish skips what is left of the content (hashing it) and reads certificates, revocation
// information and signers.
func (s *Signed) Finish() error { return nil }

// Missing returns the digests that signers need and that the content has not been hashed with:
// all of them for a detached signature, and those that were not announced.
func (s *Signed) Missing() []*alg.Hash { return nil }

// Hash reads the content, once more or for the first time when it is detached, and hashes it with
// every digest that signers need. It replaces earlier digests.
func (s *Signed) Hash(content io.Reader) error { return nil }

// Digest returns the digest of the content by a hash, if it was computed.
func (s *Signed) Digest(h *alg.Hash) ([]byte, bool) { return nil, false }

// Check looks for the signer's certificate among those carried and the given candidates, tries each
// that matches, and returns the facts about the one that verifies, or about the first that does not.
// It fails with ErrNotHashed when the content must be hashed first (see Missing), and on limits.
func (s *Signed) Check(g *Signer, candidates []*pki.Certificate, allow alg.Allow) (Check, error) {
	return Check{}, nil
}
