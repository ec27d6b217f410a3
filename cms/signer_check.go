package cms

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// ErrNotHashed says that the content must be hashed before a signer can be checked: see Signed.Missing.
var ErrNotHashed = errors.New("the content has not been hashed with the signer's digest")

// Check holds the facts about one signature, each apart from the others.
type Check struct {
	Certificate *pki.Certificate // whose key was used; nil when none matches
	Digest      *alg.Hash        // nil when unknown
	Algorithm   string           // "RSA-PSS with SHA-256"
	Status      alg.Status       // of the signature algorithm with its digest

	DigestOK    bool // the content has the digest that was signed
	SignatureOK bool // the key of Certificate made the signature over what it covers

	Findings []finding.Finding
}

// OK reports whether both facts hold and no finding forbids trust in them.
func (c *Check) OK() bool {
	for _, f := range c.Findings {
		if f.Severity == finding.Bad {
			return false
		}
	}
	return c.DigestOK && c.SignatureOK
}
