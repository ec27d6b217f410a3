package ca

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// tokens is a keeper whose token can be pulled, and counts what it is asked.
type tokens struct {
	Keys
	pulled bool
	asked  int
}

func (k *tokens) Signer(ctx context.Context, id string) (crypto.Signer, error) {
	k.asked++
	if k.pulled {
		return nil, errors.New("the token is not there")
	}
	return k.Keys.Signer(ctx, id)
}

// AUTHORITY 51: an answer is never older than policy when the signer is down.
func TestKeptAnswersBridgeAnAbsentSignerForAsLongAsTheyHold(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		row, other := h.person("mailbox-strict-signing"), h.person("mailbox-strict-signing")
		k := &tokens{Keys: h.Keys}
		h.Keys = k
		a := h.asker()
		id := a.id(row, alg.SHA1)
		first, _ := a.ask(nil, id)
		asked := k.asked
		if again, _ := a.ask(nil, id); !bytes.Equal(again.DER, first.DER) || k.asked != asked {
			t.Error("an answer that was just signed is signed again")
		}
		k.pulled = true
		start := c.at
		for _, s := range []struct {
			after time.Duration
			want  pki.OCSPStatus
		}{{time.Hour, pki.OCSPSuccessful}, {25 * time.Hour, pki.OCSPSuccessful}, {2*day - time.Second, pki.OCSPSuccessful}, {2 * day, pki.OCSPTryLater}, {5 * day, pki.OCSPTryLater}} {
			c.at = start.Add(s.after)
			reply, answer := a.ask(nil, id)
			if answer.Status != s.want || s.want == pki.OCSPSuccessful && !bytes.Equal(reply.DER, first.DER) {
				t.Errorf("after %v: %v", s.after, answer.Status)
			}
			if reply.Status == pki.OCSPTryLater && reply.Headers()["Cache-Control"] != "no-store" {
				t.Errorf("%v", reply.Headers())
			}
			if _, answer := a.ask([]byte{1}, id); answer.Status != s.want || answer.Nonce != nil {
				t.Errorf("after %v, with a nonce: %v, %x", s.after, answer.Status, answer.Nonce)
			}
		}
		c.at = start.Add(time.Hour)
		if _, answer := a.ask(nil, a.id(other, alg.SHA1)); answer.Status != pki.OCSPTryLater {
			t.Errorf("nothing was signed about this one: %v", answer.Status)
		}
		h.mustRevoke(RevokeOrder{Certificate: row.ID}) // a kept answer that is no longer true is not given
		if _, answer := a.ask(nil, id); answer.Status != pki.OCSPTryLater {
			t.Errorf("revoked meanwhile: %v", answer.Status)
		}
		k.pulled = false
		if _, answer := a.ask(nil, id); answer.Responses[0].Status != pki.OCSPRevoked {
			t.Errorf("%+v", answer.Responses)
		}
	})
}

func TestAnswersAreMadeAnewAtHalfTheirLife(t *testing.T) {
	h, c := timed(t, testdb.Open(t, t.TempDir()+"/test.db", schema()...), nil)
	a := h.asker()
	id := a.id(h.person("mailbox-strict-signing"), alg.SHA1)
	first, _ := a.ask(nil, id)
	c.at = c.at.Add(day - time.Second)
	if same, _ := a.ask(nil, id); !bytes.Equal(same.DER, first.DER) {
		t.Error("made anew too early")
	}
	c.at = c.at.Add(time.Second)
	second, _ := a.ask(nil, id)
	if bytes.Equal(second.DER, first.DER) || second.NextUpdate.Sub(first.NextUpdate) != day {
		t.Errorf("next %v after %v", second.NextUpdate, first.NextUpdate)
	}
	k := keptAnswer{this: now, next: now.Add(10 * day)}
	if !k.refresh().Equal(now.Add(4 * day)) { // S/MIME BR §4.9.10
		t.Errorf("an answer of ten days is made anew at %v", k.refresh())
	}
}

// AUTHORITY 51: the certificate of a responder is replaced without a moment in which nobody can answer.
func TestRespondersRollOverWithoutAGap(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, func(_ *CA, o *InitOptions) {})
		row := h.person("mailbox-strict-signing")
		a := h.asker()
		signers := map[string]bool{}
		first := h.responder()
		for hour := 0; hour < 70*24; hour += 7 {
			c.at = now.Add(time.Duration(hour) * time.Hour)
			h.responder() // as a job does
			reply, answer := a.ask(nil, a.id(row, alg.SHA256))
			if s := a.status(row, answer, nil, c.at); s != chain.Good || len(answer.Certificates) != 1 {
				t.Fatalf("after %d h: %v", hour, s)
			}
			by := answer.Certificates[0]
			if by.NotAfter.Before(reply.NextUpdate) {
				t.Errorf("after %d h: the answer outlives its signer", hour)
			}
			signers[string(by.Raw)] = true
		}
		if len(signers) != 4 || !signers[string(first.Certificate)] {
			t.Errorf("%d responders in 70 days", len(signers))
		}
		a0, _ := h.authority("issuing")
		h.mustHaveAct("authority:"+a0.ID, "responder.added")
	})
}

func TestARetiredResponderIsNotBelievedAnyMore(t *testing.T) {
	h, c := timed(t, testdb.Open(t, t.TempDir()+"/test.db", schema()...), nil)
	row := h.person("mailbox-strict-signing")
	r := h.responder()
	a := h.asker()
	_, before := a.ask(nil, a.id(row, alg.SHA1))
	if err := h.write(func(tx *db.Tx) error { return h.RetireResponder(tx, r.ID, "user:ann") }); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(indexLife + time.Second)
	_, after := a.ask(nil, a.id(row, alg.SHA1))
	if len(before.Certificates) != 1 || len(after.Certificates) != 0 {
		t.Errorf("%d and %d certificates", len(before.Certificates), len(after.Certificates))
	}
	if err := h.write(func(tx *db.Tx) error { return h.RetireResponder(tx, r.ID, "user:ann") }); !errors.Is(err, db.ErrNone) {
		t.Error(err)
	}
}

func TestPresignedAnswersServeOtherNodesWithoutASigner(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		rows := []*Certificate{h.person("mailbox-strict-signing"), h.person("mailbox-strict-signing"), h.person("mailbox-strict-signing")}
		h.mustRevoke(RevokeOrder{Certificate: rows[1].ID, Reason: pki.KeyCompromise})
		h.responder()
		presign := func() Presigned {
			t.Helper()
			p, err := h.asker().Presign(t.Context(), "issuing")
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		if p := presign(); p.Certificates != 4 || p.Signed != 8 { // the responder's own certificate too
			t.Errorf("%+v", p)
		}
		if p := presign(); p.Signed != 0 {
			t.Errorf("nothing changed: %+v", p)
		}
		k := &tokens{Keys: h.Keys, pulled: true}
		h.Keys = k
		node := h.asker()
		for _, row := range rows {
			for _, hash := range []*alg.Hash{alg.SHA1, alg.SHA256} {
				_, answer := node.ask(nil, node.id(row, hash))
				want := map[bool]chain.State{true: chain.Revoked, false: chain.Good}[row == rows[1]]
				if s := node.status(row, answer, nil, c.at); s != want {
					t.Errorf("%s: %v", hash.Name, s)
				}
			}
		}
		k.pulled = false
		h.mustRevoke(RevokeOrder{Certificate: rows[2].ID})
		if p := presign(); p.Signed != 2 {
			t.Errorf("one was revoked: %+v", p)
		}
		c.at = c.at.Add(25 * time.Hour)
		if p := presign(); p.Signed != 8 {
			t.Errorf("a day later: %+v", p)
		}
	})
}

// AUTHORITY 48 and RFC 5019 §6.2.
func TestHeadersLetCachesKeepAnswersForFiveMinutes(t *testing.T) {
	h := newHouse(t, nil)
	a := h.asker()
	reply, _ := a.ask(nil, a.id(h.person("mailbox-strict-signing"), alg.SHA1))
	got := reply.Headers()
	for name, want := range map[string]string{"Content-Type": "application/ocsp-response", "Cache-Control": "max-age=300,public,no-transform,must-revalidate",
		"Last-Modified": "Wed, 25 Nov 2026 12:00:00 GMT", "Expires": "Fri, 27 Nov 2026 12:00:00 GMT", "ETag": `"` + hexSum(reply.DER) + `"`} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

// A responder must be what RFC 6960 §4.2.2.2 says.
func TestOnlyARespondersCertificateAnswers(t *testing.T) {
	h := newHouse(t, nil)
	row := h.person("mailbox-strict-signing")
	root, _ := h.authority("root")
	issuing, _ := h.authority("issuing")
	r := h.responder()
	for _, c := range []struct {
		name, authority string
		der             []byte
		want            string
	}{
		{"a person's certificate", issuing.ID, row.DER, "OCSPSigning"},
		{"another authority's responder", root.ID, r.Certificate, "issued by the authority"},
		{"no certificate", issuing.ID, []byte("no"), ""},
	} {
		err := h.write(func(tx *db.Tx) error {
			return h.addResponder(tx, &StoredResponder{ID: tx.NewID(), Authority: c.authority, Certificate: c.der}, "user:ann")
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var list []*StoredResponder
	err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { list, err = Responders(tx, issuing.ID); return err })
	if err != nil || !slices.ContainsFunc(list, func(x *StoredResponder) bool { return x.ID == r.ID }) || len(list) != 1 {
		t.Errorf("%d responders, %v", len(list), err)
	}
}
