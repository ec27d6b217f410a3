package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/smime"
)

// Correspondent is what is remembered of an address. Only mail that was judged in full teaches it.
type Correspondent struct {
	Authority   [32]byte // SHA-256 of the anchor's certificate
	Name        string   // the authority's name
	KeyType     string   // "RSA", "P-256"
	Fingerprint [32]byte // SHA-256 of the signing certificate
	AlwaysSigns bool     // enough mail was seen and all of it was signed
	Ended       bool     // that certificate is expired or known to be revoked
}

// Memory recalls correspondents. Package directory has one.
type Memory interface {
	Recall(address string) (Correspondent, bool)
}

// alwaysSigns tells whether an address must sign, by configuration or by memory.
func (s Settings) alwaysSigns(address string) bool {
	address = strings.ToLower(address)
	_, domain, _ := strings.Cut(address, "@")
	for _, a := range s.AlwaysSign {
		if a = strings.ToLower(a); a == address || strings.TrimPrefix(a, "@") == domain {
			return true
		}
	}
	if s.Memory == nil {
		return false
	}
	c, known := s.Memory.Recall(address)
	return known && c.AlwaysSigns
}

// unsignedFinding states that an address which always signs did not.
func (s Settings) unsignedFinding(r *smime.Report) []finding.Finding {
	var out []finding.Finding
	for _, address := range r.Sender.Claimed {
		if s.alwaysSigns(address) {
			out = append(out, finding.New(finding.CorrespondentUnsigned).Because("%s", address))
		}
	}
	return out
}

// compare states how a good signer agrees with what is remembered of the sender.
func (s Settings) compare(sr *smime.SignerReport) []finding.Finding {
	if s.Memory == nil || sr.Identity.Address == "" || sr.Chain == nil || sr.Chain.Anchor == nil {
		return nil
	}
	address := sr.Identity.Address
	old, known := s.Memory.Recall(address)
	if !known {
		return []finding.Finding{finding.New(finding.CorrespondentNew).At(sr.Where).Because("%s", address)}
	}
	var out []finding.Finding
	if anchor := sr.Chain.Anchor.Certificate; !old.Ended && anchor.Fingerprint() != old.Authority {
		out = append(out, finding.New(finding.CorrespondentAuthority).At(sr.Where).
			Because("until now %s, now %s", old.Name, anchor.Subject))
	}
	if now := sr.KeyType(); !old.Ended && now != old.KeyType {
		out = append(out, finding.New(finding.CorrespondentKeyType).At(sr.Where).Because("until now %s, now %s", old.KeyType, now))
	}
	if len(out) == 0 {
		out = append(out, finding.New(finding.CorrespondentKnown).At(sr.Where).Because("%s", address))
	}
	return out
}
