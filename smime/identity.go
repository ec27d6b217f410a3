package smime

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Match says how a certificate's addresses compare with the sender's.
type Match string

// The outcomes of the comparison of RFC 8550 §3.
const (
	MatchYes        Match = "match"
	MatchNo         Match = "mismatch"
	MatchNoAddress  Match = "no-address"  // the certificate holds no address
	MatchNoSender   Match = "no-sender"   // the message names no sender
	MatchNotChecked Match = "not-checked" // asked for by Opener.NoSenderCheck, a bare CMS object, or no certificate
)

// Identity binds a signer's certificate to the sender.
type Identity struct {
	Match     Match  `json:"match"`
	Address   string `json:"address,omitempty"`     // the sender's address that matched
	Addresses []Held `json:"certificate,omitempty"` // all that the certificate holds
}

// Held is an address in a certificate.
type Held struct {
	Address string `json:"address"`
	Source  string `json:"source"` // "rfc822Name", "SmtpUTF8Mailbox" or "emailAddress"
}

// bindIdentity compares a certificate with the sender. Every author that the message names must be in
// it: a signature over "From: alice, eve" by eve alone must not pass for alice's.
func bindIdentity(s *Sender, cert *pki.Certificate, where string) (Identity, []finding.Finding) {
	id := unboundIdentity(cert)
	if cert == nil {
		return id, nil
	}
	switch {
	case len(s.Claimed) == 0:
		id.Match = MatchNoSender
		return id, nil // the sender's own findings say why
	case len(id.Addresses) == 0:
		id.Match = MatchNoAddress
		return id, []finding.Finding{finding.New(finding.FromNoAddress).At(where).Because("%s", cert.Subject)}
	}
	return id.compare(s.Claimed, where)
}

// unboundIdentity lists what a certificate holds and compares nothing.
func unboundIdentity(cert *pki.Certificate) Identity {
	id := Identity{Match: MatchNotChecked}
	if cert == nil {
		return id
	}
	for _, e := range cert.Emails() {
		id.Addresses = append(id.Addresses, Held{e.Address, string(e.Source)})
	}
	return id
}

func (id Identity) compare(claimed []string, where string) (Identity, []finding.Finding) {
	var found []finding.Finding
	var missing []string
	for _, author := range claimed {
		held, exact := id.find(author)
		switch {
		case held == "":
			missing = append(missing, author)
			continue
		case !exact:
			found = append(found, finding.New(finding.FromCase).At(where).Because("%s in From, %s in the certificate", author, held))
		}
		if id.Address == "" {
			id.Address = author
		}
	}
	if len(missing) == 0 {
		id.Match = MatchYes
		return id, found
	}
	id.Match = MatchNo
	if id.Address != "" {
		return id, append(found, finding.New(finding.FromSignerName).At(where).Because("%s", strings.Join(missing, ", ")))
	}
	return id, append(found, id.explain(claimed, where))
}

// find returns the certificate's form of an address, the exact one if there is one.
func (id Identity) find(author string) (held string, exact bool) {
	for _, h := range id.Addresses {
		same, exactly := compareAddresses(author, h.Address)
		if exactly {
			return h.Address, true
		}
		if same {
			held = h.Address
		}
	}
	return held, false
}

// explain tells an honest mismatch from one that is made to deceive.
func (id Identity) explain(claimed []string, where string) finding.Finding {
	for _, author := range claimed {
		for _, h := range id.Addresses {
			if how, is := Lookalike(author, h.Address); is {
				return finding.New(finding.FromLookalike).At(where).
					Because("From says %s, the certificate says %s: %s", author, h.Address, how)
			}
		}
	}
	held := make([]string, 0, len(id.Addresses))
	for _, h := range id.Addresses {
		held = append(held, h.Address)
	}
	return finding.New(finding.FromMismatch).At(where).
		Because("From says %s, the certificate says %s", strings.Join(claimed, ", "), strings.Join(held, ", "))
}
