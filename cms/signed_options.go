package cms

import (
	"crypto"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// SignedOptions says what a SignedData is to hold.
type SignedOptions struct {
	Signers      []SignerOptions    // none makes a certs-only message (RFC 8551 §3.8)
	Certificates []*pki.Certificate // all that are carried; none is added, not even the signer's
	CRLs         []*pki.CRL
	OCSP         []*pki.OCSPResponse // RFC 5940
	ContentType  der.OID             // of the content; empty: id-data
	Detached     bool                // leave the content out
	Size         int64               // for NewSignedWriter: octets of content; 0 or less: not known
}

// SignerOptions says how one signer signs.
type SignerOptions struct {
	Certificate *pki.Certificate // names the signer; required
	Key         crypto.Signer    // required
	Hash        *alg.Hash        // nil: what fits the key
	PSS         bool             // RSASSA-PSS instead of PKCS #1 v1.5, for RSA keys
	UseKeyID    bool             // name the certificate by its subject key identifier

	SigningTime   time.Time        // zero: no such attribute
	Capabilities  []alg.Identifier // smimeCapabilities, in order of preference
	EncryptionKey *pki.Certificate // encryption key preference; nil: no such attribute
	Attributes    []Attribute      // further signed attributes
	NoAttributes  bool             // sign the content itself: only for id-data, and for tests

	// Unsigned makes unsigned attributes, such as a timestamp, out of the finished signature.
	// nil makes none.
	Unsigned func(signature []byte) ([]Attribute, error)
}
