package smime

import (
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// TimestampReport is what was found about an RFC 3161 token.
type TimestampReport struct {
	OK     bool      `json:"ok"` // every check passed: the time is proven
	Time   time.Time `json:"time,omitzero"`
	Serial string    `json:"serial,omitempty"`
	Policy string    `json:"policy,omitempty"`
	Hash   string    `json:"hash,omitempty"`

	Authority *pki.Certificate `json:"-"`
	Summary   *CertificateInfo `json:"authority,omitempty"`
	Chain     *chain.Result    `json:"-"`
	Trust     *ChainInfo       `json:"chain,omitempty"`

	Findings []finding.Finding `json:"findings,omitempty"`
}
