package gateway

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime"
)

// book knows certificates by address; of "away@" it cannot say.
type book map[string]*testca.Entity

func (b book) Find(_ context.Context, address string) ([]smime.Recipient, error) {
	if strings.HasPrefix(address, "away@") {
		return nil, errors.New("no answer")
	}
	if e := b[address]; e != nil {
		return []smime.Recipient{{Certificate: e.Certificate}}, nil
	}
	return nil, nil
}

// signers knows how our people sign.
type signers map[string]*testca.Entity

func (s signers) Of(_ context.Context, address string) (*cms.SignedOptions, error) {
	if strings.HasPrefix(address, "down@") {
		return nil, errors.New("vault is away")
	}
	e := s[address]
	if e == nil {
		return nil, nil
	}
	return &cms.SignedOptions{Certificates: e.Chain(), Signers: []cms.SignerOptions{smime.Signer(e.Signer(), e.Certificate, testca.Now)}}, nil
}

func (o *org) outbound() *Outbound {
	return &Outbound{Identities: signers{"alice@partner.test": o.alice}, Directory: book{"bob@corp.test": o.bob, "carol@corp.test": o.carol},
		Intent: func(_, to string) Intent {
			switch {
			case strings.HasPrefix(to, "must@"):
				return Intent{Encrypt: Must}
			case strings.HasPrefix(to, "off@"):
				return Intent{Sign: Never, Encrypt: Never}
			}
			return Intent{}
		}}
}

// leave sends a mail and returns what each recipient gets.
func (o *org) leave(g *Outbound, from, raw string, to ...string) map[string]*Body {
	o.t.Helper()
	out, err := g.Handle(o.t.Context(), Mail{From: from, Recipients: to, Content: bytes.NewReader([]byte(raw)), Arrived: testca.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { out.Close() })
	all := map[string]*Body{}
	for _, b := range out.Bodies {
		for _, r := range b.For {
			all[r] = b
		}
	}
	if len(all) != len(to) {
		o.t.Fatalf("%d of %d recipients have a body", len(all), len(to))
	}
	return all
}

// open judges a mail as one of the recipients.
func (o *org) open(raw string, key *testca.Entity) *smime.Report {
	o.t.Helper()
	s := &smime.Opener{Trust: o.inbound().Opener.Trust, Now: testca.Now, Revocation: chain.Off}
	if key != nil {
		s.Keys = cms.KeyList{{Certificate: key.Certificate, Private: key.Key}}
	}
	r, err := s.Open(o.t.Context(), o.parse([]byte(raw)))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { r.Close() })
	return r
}

// GATEWAY 1, 2, 3, 7, 8, 9
func TestEachRecipientGetsWhatTheyCanRead(t *testing.T) {
	o := newOrg(t)
	mail := strings.Replace(plainMail, "Subject:", "Bcc: carol@corp.test\r\nSubject:", 1)
	got := o.leave(o.outbound(), "alice@partner.test", mail, "bob@corp.test", "carol@corp.test", "dave@corp.test", "must@corp.test", "off@corp.test", "away@corp.test")
	for who, key := range map[string]*testca.Entity{"bob@corp.test": o.bob, "carol@corp.test": o.carol} {
		text := written(t, got[who])
		r := o.open(text, key)
		if strings.Contains(text, "MARKER") || strings.Contains(text, "Bcc") || !r.Opened || len(r.Signers) != 1 || !r.Signers[0].OK() {
			t.Errorf("%s gets %s", who, text)
		}
		if n := len(r.Root.Encryption.Recipients); n != 1 {
			t.Errorf("the copy of %s tells of %d readers", who, n)
		}
	}
	if text := written(t, got["dave@corp.test"]); !strings.Contains(text, "MARKER") || strings.Contains(text, "Bcc") || !o.open(text, nil).Signers[0].OK() {
		t.Errorf("dave gets %s", text)
	}
	if b := got["must@corp.test"]; b.Action != Refuse || b.Enhanced != "5.7.10" || !strings.Contains(b.Reply, "must@corp.test") {
		t.Errorf("%+v", b)
	}
	if text := written(t, got["off@corp.test"]); text != plainMail {
		t.Errorf("off gets %s", text)
	}
	if b := got["away@corp.test"]; b.Action != Defer {
		t.Errorf("%+v", b)
	}
}

// GATEWAY 4, 5
func TestATriggerAsksForEncryptionAndIsTakenOut(t *testing.T) {
	o := newOrg(t)
	for subject, fires := range map[string]bool{"[encrypt] hello": true, "[ENCRYPT] hello": true, "=?utf-8?Q?[encrypt]?= hello": true, "[encrypt]\u00a0hello": true,
		"Re: [encrypt] hello": false, "[encrypt]hello": false, "x[encrypt] hello": false} {
		mail := strings.Replace(plainMail, "Subject: hello", "Subject: "+subject, 1)
		got := o.leave(o.outbound(), "alice@partner.test", mail, "bob@corp.test", "dave@corp.test")
		refused := got["dave@corp.test"].Action == Refuse
		text := written(t, got["bob@corp.test"])
		if refused != fires || fires && (!strings.Contains(text, "\r\nSubject: hello\r\n") || strings.Contains(strings.ToLower(text), "encrypt]")) {
			t.Errorf("%q: refused %v\n%.400s", subject, refused, text)
		}
	}
}

// GATEWAY 12, 13, 14, 15, 16
func TestWhatIsLeftAlone(t *testing.T) {
	o := newOrg(t)
	g := o.outbound()
	signed := string(o.sign(plainMail, o.alice))
	encrypted := string(o.encrypt([]byte(plainMail), nil, o.bob))
	calendar := strings.Replace(plainMail, "text/plain", "text/calendar; method=REQUEST", 1)
	answer := "Auto-Submitted: auto-replied\r\n" + plainMail
	for name, c := range map[string]struct{ from, raw, to string }{
		"signed by the client":                {"alice@partner.test", signed, "dave@corp.test"},
		"encrypted by the client":             {"alice@partner.test", encrypted, "bob@corp.test"},
		"encrypted by the client, to another": {"alice@partner.test", encrypted, "dave@corp.test"},
		"a calendar invitation":               {"alice@partner.test", calendar, "bob@corp.test"},
		"an automatic answer":                 {"alice@partner.test", answer, "bob@corp.test"},
		"a bounce":                            {"", plainMail, "bob@corp.test"},
		"From names somebody else":            {"mallory@partner.test", plainMail, "dave@corp.test"},
	} {
		b := o.leave(g, c.from, c.raw, c.to)[c.to]
		if text := written(t, b); b.Action != Deliver || text != c.raw {
			t.Errorf("%s: %+v\n%.300s", name, b, text)
		}
	}
	g.Directory = book{"must@corp.test": o.carol}
	if b := o.leave(g, "alice@partner.test", encrypted, "must@corp.test")["must@corp.test"]; b.Action != Refuse {
		t.Error("a mail encrypted to somebody else satisfied must")
	}
	opaque := signed // a signature is no encryption: the mail is encrypted all the same
	if b := o.leave(g, "alice@partner.test", opaque, "must@corp.test")["must@corp.test"]; b.Action != Deliver || !o.open(written(t, b), o.carol).Opened {
		t.Error("a signed mail was taken for an encrypted one")
	}
	g.Identities = signers{}
	g.Intent = func(string, string) Intent { return Intent{Sign: Must} }
	if b := o.leave(g, "alice@partner.test", plainMail, "dave@corp.test")["dave@corp.test"]; b.Action != Refuse || b.Enhanced != "5.7.1" {
		t.Errorf("%+v", b)
	}
	down := strings.Replace(plainMail, "alice@", "down@", 1)
	if b := o.leave(g, "down@partner.test", down, "dave@corp.test")["dave@corp.test"]; b.Action != Defer {
		t.Errorf("%+v", b)
	}
}
