package smime

import (
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
)

// STANDARDS 18: every trick of a From field is told by its own code, before anybody looks at a signature.
func TestTricksInFromAreTold(t *testing.T) {
	for _, c := range []struct {
		name, header string
		claimed      string
		want         []finding.Code
	}{
		{"plain", "From: alice@example.org", "alice@example.org", nil},
		{"with a name", "From: Alice <alice@example.org>", "alice@example.org", nil},
		{"no From", "To: bob@example.org", "", []finding.Code{finding.FromMissing}},
		{"Sender alone", "Sender: alice@example.org", "alice@example.org", []finding.Code{finding.FromSenderOnly}},
		{"two fields", "From: alice@example.org\r\nFrom: bob@example.org", "alice@example.org bob@example.org", []finding.Code{finding.FromFields, finding.FromSeveral}},
		{"the same twice", "From: alice@example.org\r\nFrom: alice@example.org", "alice@example.org", []finding.Code{finding.FromFields}},
		{"two addresses", "From: alice@example.org, bob@example.org", "alice@example.org bob@example.org", []finding.Code{finding.FromSeveral}},
		{"a group", "From: Friends: alice@example.org, bob@example.org;", "alice@example.org bob@example.org", []finding.Code{finding.FromGroup, finding.FromSeveral}},
		{"an empty group", "From: alice@example.org:;", "", []finding.Code{finding.FromGroup, finding.FromMissing}},
		{"empty", "From:", "", []finding.Code{finding.FromMissing}},
		{"name that is an address", "From: \"boss@example.org\" <alice@example.org>", "alice@example.org", []finding.Code{finding.FromDisplay}},
		{"name with spaces around the at", "From: \"boss @ example.org\" <alice@example.org>", "alice@example.org", []finding.Code{finding.FromDisplay}},
		{"comment", "From: alice@example.org (boss@example.org)", "alice@example.org", []finding.Code{finding.FromComment}},
		{"name in an encoded word", "From: =?utf-8?b?Ym9zc0BleGFtcGxlLm9yZw==?= <alice@example.org>", "alice@example.org", []finding.Code{finding.FromDisplay}},
		{"zero width", "From: \"Al\u200bice\" <alice@example.org>", "alice@example.org", []finding.Code{finding.FromInvisible}},
		{"joiner in Persian", "From: \"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\" <alice@example.org>", "alice@example.org", nil},
		{"direction", "From: \"\u202egro.elpmaxe@ssob\" <alice@example.org>", "alice@example.org", []finding.Code{finding.FromBidi}},
		{"mixed scripts in a word", "From: \"P\u0430yp\u0430l\" <alice@example.org>", "alice@example.org", []finding.Code{finding.FromMixedScript}},
		{"mixed scripts in the domain", "From: alice@ex\u0430mple.org", "alice@ex\u0430mple.org", []finding.Code{finding.FromMixedScript}},
		{"a domain of Cyrillic twins", "From: alice@\u0430\u0440\u0440\u04cf\u0435.com", "alice@\u0430\u0440\u0440\u04cf\u0435.com", []finding.Code{finding.FromConfusable}},
		{"an honest international domain", "From: alice@b\u00fccher.example", "alice@b\u00fccher.example", []finding.Code{finding.FromIDN}},
		{"on behalf", "From: alice@example.org\r\nSender: list@example.net", "alice@example.org", []finding.Code{finding.FromOnBehalf}},
		{"answers elsewhere", "From: alice@example.org\r\nReply-To: alice@unrelated.test", "alice@example.org", []finding.Code{finding.FromReplyElsewhere}},
		{"answers to an imitation", "From: alice@example.org\r\nReply-To: alice@examp1e.org", "alice@example.org", []finding.Code{finding.FromReplyLookalike}},
		{"answers to another host of the owner", "From: alice@example.org\r\nReply-To: alice@mail.example.org", "alice@example.org", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := parse(t, c.header+"\r\n\r\nbody\r\n")
			s := readSender(m.Root.Header, "1", nil)
			if got := strings.Join(s.Claimed, " "); got != c.claimed {
				t.Errorf("claimed %q; want %q", got, c.claimed)
			}
			for _, code := range c.want {
				if !has(s.Findings, code) {
					t.Errorf("no %s among %v", code, s.Findings)
				}
			}
			if len(c.want) == 0 && len(s.Findings) > 0 {
				t.Errorf("found %v", s.Findings)
			}
		})
	}
}

func TestAnAuthorOfManyIsNone(t *testing.T) {
	list := strings.Repeat("a@example.org, ", 10_000) + "b@example.org"
	s := readSender(parse(t, "From: "+list+"\r\n\r\n").Root.Header, "1", []string{"example.com", "c@example.org"})
	if len(s.Addresses) > mostAuthors || len(s.Findings) > 10*mostAuthors {
		t.Errorf("%d addresses, %d findings", len(s.Addresses), len(s.Findings))
	}
}
