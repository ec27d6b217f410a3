package smime

import (
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// STANDARDS 18: the identity-confusion attacks of "Johnny, you are fired!" and their relatives. Each mail is
// signed by Mallory, who has a good certificate for her own address, or by Alice where it says so.
func TestNobodySignsInAnothersName(t *testing.T) {
	s := newStory(t)
	mallory := s.person("mallory@example.net")
	for _, c := range []struct {
		name, header string
		code         finding.Code
	}{
		{"another address", "From: alice@example.org", finding.FromMismatch},
		{"a similar address", "From: mallory@exarnple.net", finding.FromLookalike},
		{"two From fields, hers last", "From: alice@example.org\r\nFrom: mallory@example.net", finding.FromFields},
		{"two From fields, hers first", "From: mallory@example.net\r\nFrom: alice@example.org", finding.FromFields},
		{"two addresses, hers last", "From: alice@example.org, mallory@example.net", finding.FromSignerName},
		{"two addresses, hers first", "From: mallory@example.net, alice@example.org", finding.FromSignerName},
		{"the name is an address", `From: "alice@example.org" <mallory@example.net>`, finding.FromDisplay},
		{"the name holds an address", `From: alice@example.org <mallory@example.net>`, finding.FromDisplay},
		{"a comment holds an address", "From: mallory@example.net (alice@example.org)", finding.FromComment},
		{"an encoded word holds an address", "From: =?utf-8?q?alice=40example=2Eorg?= <mallory@example.net>", finding.FromDisplay},
		{"no From, but her Sender with Alice's Reply-To", "Reply-To: alice@example.org", finding.FromMissing},
		{"an empty From", "From: ", finding.FromMissing},
		{"an empty From beside a Sender", "From:\r\nSender: mallory@example.net", finding.FromMissing},
		{"a group alone", "From: alice@example.org:;", ""},
		{"a right-to-left override", "From: \"gro.elpmaxe@ecila\u202e\" <mallory@example.net>", finding.FromBidi},
		{"a zero-width space", "From: \"Ali\u200bce\" <mallory@example.net>", finding.FromInvisible},
		{"mixed scripts in the domain", "From: mallory@exаmple.net", ""},
		{"a null byte", "From: alice@example.org\x00 <mallory@example.net>", ""},
		{"an address list that ends early", "From: alice@example.org\r\n , <mallory@example.net>", ""},
		{"a quoted local part", `From: "alice@example.org"@example.net`, ""},
		{"a source route", "From: <@example.org:mallory@example.org>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(s.clear(c.header+"\r\nSubject: x\r\n\r\npay\r\n", mallory))
			if len(r.Signers) != 1 || !r.Signers[0].DigestOK || !r.Signers[0].SignatureOK || !r.Signers[0].Chain.OK {
				t.Fatalf("the signature itself is good: %v", codes(r.Findings))
			}
			if c.code != "" {
				wantFinding(t, r.Findings, c.code)
			}
			wantNotGood(t, r)
		})
	}
}

// STANDARDS 18: and the honest ones.
func TestTheSenderMayWriteItsAddressAsItLikes(t *testing.T) {
	s := newStory(t)
	for _, c := range []struct {
		name, header, address string
		code                  finding.Code
	}{
		{"bare", "From: alice@example.org", "alice@example.org", ""},
		{"with a name", "From: \"Alice, of Example\" <alice@example.org>", "alice@example.org", ""},
		{"other case in the domain", "From: alice@EXAMPLE.ORG", "alice@example.org", ""},
		{"other case in the local part", "From: Alice@example.org", "alice@example.org", finding.FromCase},
		{"comments", "From: alice (the real one) @ (dot) example.org", "alice@example.org", ""},
		{"folded", "From: Alice\r\n <alice@example.org>", "alice@example.org", ""},
		{"her address as her name", "From: \"alice@example.org\" <alice@example.org>", "alice@example.org", ""},
		{"an encoded name", "From: =?utf-8?q?Alic=C3=A9?= <alice@example.org>", "alice@example.org", ""},
		{"by Sender alone", "Sender: alice@example.org", "alice@example.org", finding.FromSenderOnly},
		{"sent by somebody else for her", "From: alice@example.org\r\nSender: list@example.net", "alice@example.org", finding.FromOnBehalf},
		{"answers elsewhere", "From: alice@example.org\r\nReply-To: alice@unrelated.test", "alice@example.org", finding.FromReplyElsewhere},
		{"an international domain", "From: alice@bücher.example", "alice@xn--bcher-kva.example", finding.FromIDN},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(s.clear(c.header+"\r\nSubject: x\r\n\r\nhi\r\n", s.person(c.address)))
			wantGood(t, r)
			if c.code != "" {
				wantFinding(t, r.Findings, c.code)
			}
		})
	}
}

// STANDARDS 18: addresses in the subject are recognised, and those of RFC 9598.
func TestEveryPlaceForAnAddressIsRead(t *testing.T) {
	s := newStory(t)
	name, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Alice"), pki.TextAttribute(alg.OIDAttrEmailAddress, "alice@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	inSubject := s.person("", func(sp *testca.Spec) { sp.Emails, sp.Subject = nil, &name })
	r := s.open(s.clear(s.mail, inSubject))
	wantGood(t, r)
	if held := r.Signers[0].Identity.Addresses; len(held) != 1 || held[0].Source != "emailAddress" {
		t.Errorf("%+v", held)
	}
	none := s.person("", func(sp *testca.Spec) { sp.Emails, sp.Name = nil, "Alice" })
	r = s.open(s.clear(s.mail, none))
	wantFinding(t, r.Findings, finding.FromNoAddress)
	wantNotGood(t, r)
	several := s.person("alice@example.com", func(sp *testca.Spec) { sp.Emails = append(sp.Emails, "alice@example.org") })
	wantGood(t, s.open(s.clear(s.mail, several)))
}

func TestEveryAuthorMustSign(t *testing.T) {
	s := newStory(t)
	mail := strings.Replace(s.mail, "From: Alice <alice@example.org>", "From: alice@example.org, bob@example.org", 1)
	wantNotGood(t, s.open(s.clear(mail, s.alice)))
	both := s.person("alice@example.org", func(sp *testca.Spec) { sp.Emails = append(sp.Emails, "bob@example.org") })
	r := s.open(s.clear(mail, both))
	wantGood(t, r)
	wantFinding(t, r.Findings, finding.FromSeveral)
}

func TestKnownDomainsAreGuardedFromImitation(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	o.Known = []string{"example.org"}
	mallory := s.person("alice@examp1e.org")
	r := s.openAs(o, s.clear(strings.ReplaceAll(s.mail, "alice@example.org", "alice@examp1e.org"), mallory))
	wantFinding(t, r.Findings, finding.FromLookalike)
	wantNotGood(t, r)
	wantGood(t, s.openAs(o, s.clear(s.mail, s.alice)))
}

func TestTheSenderCheckCanBeSwitchedOffAndIsSaid(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	o.NoSenderCheck = true
	r := s.openAs(o, s.clear(s.mail, s.person("mallory@example.net")))
	wantFinding(t, r.Findings, finding.SignerUncheckedSender)
	if !r.Signers[0].OK() || len(r.Verified()) != 0 {
		t.Errorf("good %v, %d proven", r.Signers[0].OK(), len(r.Verified()))
	}
}
