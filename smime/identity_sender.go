package smime

import (
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// Sender is what a message says about its author. It is made from header fields alone.
type Sender struct {
	Field     string        `json:"field,omitempty"`   // "From", or "Sender" when there is no From (RFC 8550 §3)
	Addresses []eml.Address `json:"-"`                 // every address of that field
	Claimed   []string      `json:"claimed,omitempty"` // the same as addr-specs; a well-formed message has one
	Shown     string        `json:"shown,omitempty"`   // the field, decoded, as a mail client may show it
	Protected bool          `json:"protected"`         // taken from inside the cryptographic envelope (RFC 9788)
	Outer     []string      `json:"outer,omitempty"`   // the addresses outside, where Protected
	ReplyTo   []string      `json:"replyTo,omitempty"` // where answers go, if that is another domain

	Findings []finding.Finding `json:"findings,omitempty"`
}

// mostAuthors is how many addresses of a field are looked at. A mail with more has no author.
const mostAuthors = 32

// readSender states the facts about the author that a header names. Places in findings are where;
// known lists addresses and domains whose imitations are pointed out.
func readSender(h eml.Header, where string, known []string) Sender {
	s := Sender{Field: "From"}
	fields := h.All("From")
	list := h.Addresses("From")
	if len(fields) == 0 {
		if fields, list = h.All("Sender"), h.Addresses("Sender"); len(list.Addresses) > 0 {
			s.Field = "Sender"
			s.note(finding.New(finding.FromSenderOnly).At(where).Because("%s", list.Addresses[0].Addr()))
		}
	}
	if len(fields) > 1 {
		s.note(finding.New(finding.FromFields).At(where).Because("%d %s fields", len(fields), s.Field))
	}
	s.take(list, where)
	s.Shown = shown(fields)
	s.inspect(list, where)
	s.imitations(known, where)
	s.answers(h, where)
	return s
}

func (s *Sender) note(f ...finding.Finding) { s.Findings = append(s.Findings, f...) }

// take reads the list of addresses into the claim.
func (s *Sender) take(list eml.AddressList, where string) {
	for _, f := range list.Faults {
		s.note(finding.New(finding.FromMalformed).At(where).Because("%s", f.Detail))
	}
	if len(list.Groups) > 0 {
		s.note(finding.New(finding.FromGroup).At(where).Because("%q", list.Groups[0]))
	}
	if len(list.Addresses) > mostAuthors {
		s.note(finding.New(finding.FromMalformed).At(where).Because("%d addresses", len(list.Addresses)))
		list.Addresses = list.Addresses[:mostAuthors]
	}
	s.Addresses = list.Addresses
	for _, a := range list.Addresses {
		if !claims(s.Claimed, a.Addr()) {
			s.Claimed = append(s.Claimed, a.Addr())
		}
	}
	switch len(s.Claimed) {
	case 0:
		s.note(finding.New(finding.FromMissing).At(where))
	case 1:
	default:
		s.note(finding.New(finding.FromSeveral).At(where).Because("%s", strings.Join(s.Claimed, ", ")))
	}
}

func claims(claimed []string, addr string) bool {
	for _, c := range claimed {
		if SameAddress(c, addr) {
			return true
		}
	}
	return false
}

// imitations compares the author with addresses and domains that the caller knows.
func (s *Sender) imitations(known []string, where string) {
	for _, author := range s.Claimed {
		_, domain, ok := splitAddress(author)
		if !ok {
			continue
		}
		for _, k := range known {
			subject := author
			if !strings.Contains(k, "@") {
				subject = domain
			}
			if how, is := Lookalike(subject, k); is {
				s.note(finding.New(finding.FromLookalike).At(where).Because("%s is not %s: %s", subject, k, how))
			}
		}
	}
}

// answers looks at the fields that stand beside From.
func (s *Sender) answers(h eml.Header, where string) {
	if len(s.Claimed) == 0 {
		return
	}
	replies := h.Addresses("Reply-To").Addresses
	for _, a := range replies[:min(len(replies), mostAuthors)] {
		to := a.Addr()
		if claims(s.Claimed, to) || claims(s.ReplyTo, to) {
			continue
		}
		if how, is := Lookalike(s.Claimed[0], to); is {
			s.ReplyTo = append(s.ReplyTo, to)
			s.note(finding.New(finding.FromReplyLookalike).At(where).Because("%s instead of %s: %s", to, s.Claimed[0], how))
		} else if !sameOwner(s.Claimed[0], to) {
			s.ReplyTo = append(s.ReplyTo, to)
			s.note(finding.New(finding.FromReplyElsewhere).At(where).Because("%s", to))
		}
	}
	if s.Field != "From" {
		return
	}
	for _, a := range h.Addresses("Sender").Addresses {
		if !claims(s.Claimed, a.Addr()) {
			s.note(finding.New(finding.FromOnBehalf).At(where).Because("sent by %s for %s", a.Addr(), s.Claimed[0]))
			return
		}
	}
}

func sameOwner(a, b string) bool {
	_, domainA, _ := splitAddress(a)
	_, domainB, _ := splitAddress(b)
	return registered(unicodeDomain(domainA)) == registered(unicodeDomain(domainB))
}

// shown returns a field as a mail client may show it, cut where no screen shows more.
func shown(fields []eml.Field) string {
	if len(fields) == 0 {
		return ""
	}
	s := eml.DecodeWords(fields[0].Value())
	if r := []rune(s); len(r) > 256 {
		s = string(r[:256]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
