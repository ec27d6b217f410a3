package policy

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/smime"
)

// Signers says how many signers of a message must be good.
type Signers string

// The rules for several signers. No rule lets the last signer decide (STANDARDS item 16).
const (
	AllSigners Signers = "all" // each must be good, and one of them be the sender
	AnySigner  Signers = "any" // one must be good and be the sender; the others only qualify
)

// Settings are what an organisation decides about judging.
type Settings struct {
	Signers    Signers  // zero takes AllSigners
	AlwaysSign []string // addresses, and domains as "@example.org", that never send unsigned mail
	Memory     Memory   // what is remembered of correspondents; nil remembers nothing
}

// Verdict is the decision about a message.
type Verdict struct {
	Word       Word              `json:"verdict"`
	Reason     string            `json:"reason"`               // one sentence: what decided
	Advice     string            `json:"advice"`               // the next step
	Codes      []finding.Code    `json:"codes,omitempty"`      // findings that decided, the deciding one first
	Qualifiers []string          `json:"qualifiers,omitempty"` // what limits the word, never silent
	Basis      string            `json:"basis,omitempty"`      // what the confidence stands on: time and revocation
	Findings   []finding.Finding `json:"findings,omitempty"`   // those that policy itself added
}

// Judge decides about a message. The zero Settings judge strictly.
func Judge(r *smime.Report, s Settings) Verdict {
	v := s.word(r)
	v.qualify(r)
	return v
}

// word finds the worst word that the findings decide.
func (s Settings) word(r *smime.Report) Verdict {
	own := s.fromMemory(r)
	v := worst(s.relevant(r, own))
	v.Findings = own
	switch {
	case v.Word != "":
	case r.Encrypted == smime.CoversAll && !r.Opened:
		v = decide(Unreadable, finding.New(finding.EncryptionNoKey))
	case r.Signed != smime.CoversAll || len(r.Signers) == 0:
		v = decide(Unsigned, finding.New(finding.MessageUnsigned))
	default:
		v = s.genuine(r)
	}
	v.Findings = own
	return v
}

// relevant returns the findings that may decide. Where only one signer must be good, what speaks against the
// others qualifies the verdict and decides nothing. What a header tries to hide matters only where a
// signature claims to be its author's; nobody vouches for the From of unsigned mail anyway.
func (s Settings) relevant(r *smime.Report, own []finding.Finding) []finding.Finding {
	all := append([]finding.Finding(nil), own...)
	var good *smime.SignerReport
	if s.Signers == AnySigner {
		good = goodSigner(r)
	}
	for _, f := range r.Findings {
		switch {
		case len(r.Signers) == 0 && aboutSender(f.Code):
		case good != nil && f.Where != good.Where && ofSigner(r, f):
		default:
			all = append(all, f)
		}
	}
	return all
}

// aboutSender tells whether a code is about header fields alone.
func aboutSender(c finding.Code) bool {
	return strings.HasPrefix(string(c), "from.") || c == finding.MIMEDuplicate
}

// ofSigner tells whether a finding is about a signer of the message.
func ofSigner(r *smime.Report, f finding.Finding) bool {
	for _, sr := range r.Signers {
		if sr.Where == f.Where {
			return true
		}
	}
	return false
}

// fromMemory states what memory and configuration say about the sender.
func (s Settings) fromMemory(r *smime.Report) []finding.Finding {
	good := goodSigner(r)
	if good == nil || r.Signed != smime.CoversAll {
		return s.unsignedFinding(r)
	}
	return s.compare(good)
}

// goodSigner returns the first signer against whom nothing speaks.
func goodSigner(r *smime.Report) *smime.SignerReport {
	for _, sr := range r.Signers {
		if sr.OK() {
			return sr
		}
	}
	return nil
}

// worst returns the verdict of the worst word that findings decide; its Word is empty when none does.
func worst(fs []finding.Finding) Verdict {
	var v Verdict
	for _, f := range fs {
		w, decides := wordFor(f)
		switch {
		case !decides:
		case v.Word == "" || w.worse(v.Word):
			codes := append([]finding.Code{f.Code}, v.Codes...)
			v = decide(w, f)
			v.Codes = codes
		default:
			v.Codes = append(v.Codes, f.Code)
		}
	}
	return v
}

// decide returns the verdict that one finding gives, in the words of its page.
func decide(w Word, f finding.Finding) Verdict {
	p, _ := finding.Explain(f.Code)
	reason := p.Title
	if f.Detail != "" && f.Code != finding.SignatureDigest { // two digests tell a person nothing
		reason = fmt.Sprintf("%s (%s)", p.Title, f.Detail)
	}
	return Verdict{Word: w, Reason: reason, Advice: p.Advice, Codes: []finding.Code{f.Code}}
}

// genuine is the verdict on a message that nothing speaks against. It still needs a signer who is
// good in every respect; without one the message is untrusted, whatever the findings left unsaid.
func (s Settings) genuine(r *smime.Report) Verdict {
	sr := goodSigner(r)
	if sr == nil {
		return decide(Untrusted, finding.New(finding.SignerNotJudged))
	}
	reason := fmt.Sprintf("Signed by %s, %s.", sr.Name(), sr.Vouched())
	return Verdict{Word: Genuine, Reason: reason, Advice: "Nothing to do."}
}
