package ra

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// send asks for a code, and returns the mail and the code.
func (h *house) send(who Actor, id, address string) (Mail, string) {
	h.t.Helper()
	m := &mailed{}
	if err := h.SendProof(h.t.Context(), h.d, m, who, id, address); err != nil {
		h.t.Fatal(err)
	}
	return m.list[0], string(spelled.Find(m.list[0].Raw))
}

// give gives a code back.
func (h *house) give(who Actor, id, code string) error {
	h.t.Helper()
	var no *Refused
	err := h.try(func(tx *db.Tx) (err error) { _, no, err = h.Answer(tx, who, id, code); return err })
	if err == nil && no != nil {
		return no
	}
	return err
}

// mailboxOnly is an application that waits for its mailbox alone.
func (h *house) mailboxOnly(login, address string) (Application, Actor) {
	h.t.Helper()
	p := h.apply(h.user(login), NewApplication{Profile: "mailbox-strict-dual", Addresses: []string{address}, Requests: [][]byte{csr(h.t)}})
	h.is(p.ID, Collecting)
	return p, h.actor(login)
}

func TestTheCodeOfAProof(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p, bob := h.mailboxOnly("bob", "bob@acme.test")
		mail, code := h.send(bob, p.ID, "bob@acme.test")
		if bits := 5 * len(strings.ReplaceAll(code, "-", "")); bits < 112 { // S/MIME BR §3.2.2.2
			t.Errorf("the code has %d bits", bits)
		}
		m, err := eml.Parse(bytes.NewReader(mail.Raw), limit.New(limit.Limits{}))
		if err != nil || len(m.Faults) > 0 {
			t.Fatalf("the mail: %v, %v", err, m.Faults)
		}
		if to := m.Root.Header.Addresses("To").Addresses; mail.To != "bob@acme.test" || len(to) != 1 || to[0].Addr() != "bob@acme.test" || m.Root.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Error("the mail goes elsewhere")
		}
		h.do(func(tx *db.Tx) error { // the database has no code
			n, err := count(tx, `SELECT count(*) FROM ra_proof WHERE digest LIKE $1 OR message LIKE $1`, "%"+strings.ReplaceAll(code, "-", "")+"%")
			if n != 0 {
				t.Error("the code is in the database")
			}
			return err
		})
		refusedFor(t, h.give(bob, p.ID, "AAAA-AAAA"), "proof.wrong")
		eve, eves := h.mailboxOnly("eve", "eve@acme.test")
		refusedFor(t, h.give(eves, eve.ID, code), "proof.wrong") // AUTHORITY 29: the code of another application
		forbidden(t, h.give(eves, p.ID, code), "somebody else gives the code")
		if err := h.give(bob, p.ID, " "+strings.ToLower(code)+"\r\n"); err != nil {
			t.Fatal(err)
		}
		h.is(p.ID, Validated)
		refusedFor(t, h.give(bob, p.ID, code), "proof.wrong") // once
		r := h.need(p.ID, "mailbox")
		if r.Method != "random-value" || r.BR != BR || r.Expires != h.now.Add(30*day) {
			t.Errorf("the record says %s %s until %s", r.Method, r.BR, r.Expires)
		}
	})
}

// AUTHORITY 29: after 24 hours a code is worth nothing; neither is it when a newer one was sent, nor after ten wrong tries.
func TestAuthority29ACodeEnds(t *testing.T) {
	h := one(t)
	p, bob := h.mailboxOnly("bob", "bob@acme.test")
	_, code := h.send(bob, p.ID, "bob@acme.test")
	h.now = h.now.Add(ProofTime)
	refusedFor(t, h.give(bob, p.ID, code), "proof.wrong")
	_, first := h.send(bob, p.ID, "bob@acme.test")
	_, second := h.send(bob, p.ID, "bob@acme.test")
	refusedFor(t, h.give(bob, p.ID, first), "proof.wrong")
	for range proofTries {
		refusedFor(t, h.give(bob, p.ID, "wrong"), "proof.wrong")
	}
	refusedFor(t, h.give(bob, p.ID, second), "proof.wrong")
	_, third := h.send(bob, p.ID, "bob@acme.test")
	if err := h.give(bob, p.ID, third); err != nil {
		t.Error(err)
	}
	refusedFor(t, h.SendProof(t.Context(), h.d, &mailed{}, bob, p.ID, "victim@acme.test"), "proof.address")
}

// AUTHORITY 30: nobody's mailbox is flooded by the applications of many.
func TestAuthority30AVictimGetsTwelveMailsAnHour(t *testing.T) {
	h := one(t)
	sent := &mailed{}
	var busy *Busy
	for i := range 20 {
		login := "mallory" + string(rune('a'+i))
		p, who := h.mailboxOnly(login, "victim@acme.test")
		for range 5 {
			err := h.SendProof(t.Context(), h.d, sent, who, p.ID, "victim@acme.test")
			if err != nil && !errors.As(err, &busy) {
				t.Fatal(err)
			}
		}
	}
	if len(sent.list) != proofsPerHour || busy == nil || busy.After != time.Hour {
		t.Errorf("the victim got %d mails; %v", len(sent.list), busy)
	}
	one := 0
	h.now = h.now.Add(time.Hour + time.Second)
	p, who := h.mailboxOnly("again", "victim@acme.test")
	for range 5 {
		if h.SendProof(t.Context(), h.d, sent, who, p.ID, "victim@acme.test") == nil {
			one++
		}
	}
	if one != proofsPerPair {
		t.Errorf("one submitter sent %d", one)
	}
}

func TestAReplyProvesTheMailboxItComesFrom(t *testing.T) {
	h := one(t)
	p, bob := h.mailboxOnly("bob", "bob@acme.test")
	_, code := h.send(bob, p.ID, "bob@acme.test")
	reply := func(text string) error {
		var no *Refused
		err := h.try(func(tx *db.Tx) (err error) {
			_, no, err = h.Reply(tx, strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n")))
			return err
		})
		if err == nil && no != nil {
			return no
		}
		return err
	}
	for name, text := range map[string]string{
		"no code":          "From: bob@acme.test\n\nHello\n",
		"another address":  "From: eve@acme.test\nSubject: Re: " + code + "\n\nHello\n",
		"two addresses":    "From: bob@acme.test, eve@acme.test\n\n> " + code + "\n",
		"a name that lies": "From: \"bob@acme.test\" <eve@evil.test>\n\n> " + code + "\n",
		"another's code":   "From: bob@acme.test\n\n> AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH\n",
		"HTML alone":       "From: bob@acme.test\nContent-Type: text/html\n\n<p>" + code + "</p>\n",
	} {
		err := reply(text)
		var no *Refused
		if !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		hasCode(t, no.Refusals, "proof.reply")
	}
	h.is(p.ID, Collecting)
	quoted := strings.ReplaceAll(code, "-", "-\n> ")
	if err := reply("From: Bob <BOB@acme.test>\nSubject: AW: your code\nContent-Type: multipart/alternative; boundary=x\n\n--x\n\nYes.\n> " + quoted + "\n--x\nContent-Type: text/html\n\n<p>Yes.</p>\n--x--\n"); err != nil {
		t.Fatal(err)
	}
	h.is(p.ID, Validated)
}
