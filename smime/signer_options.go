package smime

import (
	"crypto"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Signer returns how a person usually signs: with the time, when it is not zero, and with what their mail
// client can read (RFC 8551 §2.5.2), so that answers can be encrypted.
func Signer(key crypto.Signer, c *pki.Certificate, when time.Time) cms.SignerOptions {
	return cms.SignerOptions{Certificate: c, Key: key, SigningTime: when, Capabilities: Capabilities()}
}

// Capabilities lists what this package reads, most preferred first.
func Capabilities() []alg.Identifier {
	list := make([]alg.Identifier, 0, len(sendable)+1)
	for _, o := range append(append([]der.OID{}, sendable...), alg.OIDRSAESOAEP) {
		list = append(list, alg.Identifier{OID: o})
	}
	return list
}

// Carried returns the certificates that go with a signature: the signer's, and those of the pool on the way up from
// it, each once. Roots stay at home: who trusts one has it (RFC 8551 §2.3 lets a sender leave it out).
func Carried(signer *pki.Certificate, pool []*pki.Certificate) []*pki.Certificate {
	list := []*pki.Certificate{signer}
	for i := 0; i < len(list); i++ {
		for _, c := range pool {
			issuer := c.Subject.Equal(list[i].Issuer) && c.Basic.CA && !c.SelfIssued()
			if issuer && !contains(list, c) {
				list = append(list, c)
			}
		}
	}
	return list
}

func contains(list []*pki.Certificate, c *pki.Certificate) bool {
	for _, o := range list {
		if o.Equal(c) {
			return true
		}
	}
	return false
}
