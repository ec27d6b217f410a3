package smime

import (
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// Verified is the proof that one signer of one message was judged in full: the signature covers
// all that is shown, its certificate chains to a trusted authority, is valid for signing mail and
// holds the sender's address. Only Open makes one; the zero value proves nothing.
type Verified struct {
	address string
	signer  *SignerReport
}

// Address returns the sender's address as the message gives it.
func (v Verified) Address() string { return v.address }

// Signer returns the facts.
func (v Verified) Signer() *SignerReport { return v.signer }

// Certificate returns the signer's certificate; nil for the zero value.
func (v Verified) Certificate() *pki.Certificate {
	if v.signer == nil {
		return nil
	}
	return v.signer.Certificate
}

// SigningTime returns the signer's own claim, by which RFC 8551 §2.7.1 orders what it says
// about its capabilities. It is zero when there is none.
func (v Verified) SigningTime() time.Time {
	if v.signer == nil {
		return time.Time{}
	}
	return v.signer.Claimed
}
