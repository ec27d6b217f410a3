package ca

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// AUTHORITY 52: the scope of every list is the distribution point of the certificates it is about, and no other.
func TestEveryShardHasAListWhoseScopeIsThatOfItsCertificates(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h := open(t, d, nil)
		var rows []*Certificate
		for range 12 {
			row := h.person("mailbox-strict-signing")
			h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.Superseded})
			rows = append(rows, row)
		}
		b := h.build(CRLOptions{})
		if b.Shards != 8 || b.Entries != len(rows) || b.Number != 1 {
			t.Fatalf("%+v", b)
		}
		a, issuer := h.authority("issuing")
		for _, row := range rows {
			_, crl := h.list(row, false)
			c, err := row.Parsed()
			if err != nil {
				t.Fatal(err)
			}
			point := c.CRLPoints[0].URIs()
			if !slices.Equal(crl.Scope.Point.URIs(), point) || len(point) != 1 || point[0] != a.ShardURL(row.Shard) {
				t.Errorf("the list is of %v, the certificate names %v", crl.Scope.Point.URIs(), point)
			}
			if _, there := h.entry(row, false); !there {
				t.Errorf("%s is not on the list of its shard", row.Serial)
			}
			k := chain.CheckCRL(t.Context(), chain.CRLCheck{CRL: crl, Issuer: issuer, Certificate: c, Time: now, Now: now})
			if !k.OK || k.Status.State != chain.Revoked {
				t.Errorf("pki/chain: %+v, %v", k.Status, k.Findings)
			}
		}
		h.mustHaveAct("authority:"+a.ID, "crl.published")
	})
}

func TestAListIsMadeWhenItIsDueAndNotBefore(t *testing.T) {
	d := testdb.Open(t, t.TempDir()+"/test.db", schema()...)
	h, c := timed(t, d, nil)
	row := h.person("mailbox-strict-signing")
	h.build(CRLOptions{})
	first, _ := h.list(row, false)
	if !first.NextUpdate.Equal(first.ThisUpdate.Add(7 * day)) {
		t.Errorf("nextUpdate is %v after thisUpdate", first.NextUpdate.Sub(first.ThisUpdate))
	}
	steps := []struct {
		name   string
		before func()
		want   int
	}{
		{"nothing happened", func() {}, 0},
		{"23 hours later", func() { c.at = c.at.Add(23 * time.Hour) }, 0},
		{"somebody was revoked", func() { h.mustRevoke(RevokeOrder{Certificate: row.ID}) }, 1},
		{"a day later the others are", func() { c.at = c.at.Add(time.Hour) }, 7},
		{"all", func() {}, 0},
	}
	for _, s := range steps {
		s.before()
		var due []*Authority
		err := d.Read(t.Context(), func(tx *db.Tx) (err error) { due, err = h.DueCRLs(tx); return err })
		named := slices.ContainsFunc(due, func(a *Authority) bool { return a.Name == "issuing" })
		if err != nil || named != (s.want > 0) {
			t.Errorf("%s: due is %v, %v", s.name, due, err)
		}
		if b := h.build(CRLOptions{}); b.Shards != s.want {
			t.Errorf("%s: %d lists are made, want %d", s.name, b.Shards, s.want)
		}
	}
	if b := h.build(CRLOptions{All: true}); b.Shards != 8 {
		t.Errorf("all: %d", b.Shards)
	}
	second, _ := h.list(row, false)
	if second.Number <= first.Number {
		t.Errorf("number %d after %d", second.Number, first.Number)
	}
}

// AUTHORITY 50.
func TestReasonZeroIsNeverWrittenAndAuthoritiesAlwaysHaveOne(t *testing.T) {
	h := newHouse(t, nil)
	row := h.person("mailbox-strict-signing")
	h.mustRevoke(RevokeOrder{Certificate: row.ID})
	issuing, _ := h.authority("issuing")
	top := h.rowOf(issuing)
	h.mustRevoke(RevokeOrder{Certificate: top.ID, Reason: pki.CACompromise, Invalid: now.Add(-day)})
	h.build(CRLOptions{})
	h.build(CRLOptions{Authority: "root"})
	if e, ok := h.entry(row, false); !ok || e.HasReason {
		t.Errorf("%+v", e)
	}
	e, ok := h.entry(top, false)
	if !ok || !e.HasReason || e.Reason != pki.CACompromise || !e.Invalid.Equal(now.Add(-day)) {
		t.Errorf("%+v", e)
	}
	l, crl := h.list(top, false)
	if crl.Scope.Present || !l.NextUpdate.Equal(l.ThisUpdate.Add(180*day)) {
		t.Errorf("the root's list: scope %+v, valid %v", crl.Scope, l.NextUpdate.Sub(l.ThisUpdate))
	}
}

// AUTHORITY 50: an expired certificate that was revoked stands on one more list, then goes (RFC 5280 §3.3).
func TestAnExpiredEntryStandsOnOneMoreList(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		row := h.person("mailbox-strict-signing")
		h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.Superseded})
		h.build(CRLOptions{})
		for _, s := range []struct {
			name string
			at   time.Time
			want bool
		}{
			{"before it expires", row.NotAfter.Add(-time.Minute), true},
			{"the first list after", row.NotAfter.Add(day), true},
			{"the second list after", row.NotAfter.Add(2 * day), false},
			{"the third", row.NotAfter.Add(3 * day), false},
		} {
			c.at = s.at
			h.build(CRLOptions{All: true})
			if _, there := h.entry(row, false); there != s.want {
				t.Errorf("%s: on the list is %v", s.name, there)
			}
		}
		// who is revoked after it expired is told of once
		h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.KeyCompromise})
		for i, want := range []bool{true, false} {
			c.at = c.at.Add(day)
			h.build(CRLOptions{All: true})
			if _, there := h.entry(row, false); there != want {
				t.Errorf("revoked after its end, list %d: %v", i, there)
			}
		}
	})
}

// AUTHORITY 49.
func TestAReleaseIsRemoveFromCRLInDeltasAndSilenceInFullLists(t *testing.T) {
	h, c := timed(t, testdb.Open(t, t.TempDir()+"/test.db", schema()...), nil)
	row := h.person("mailbox-multipurpose-signing")
	brief := h.person("mailbox-multipurpose-signing")
	h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.CertificateHold})
	full := h.build(CRLOptions{})
	if e, there := h.entry(row, false); !there || e.Reason != pki.CertificateHold {
		t.Errorf("held: %+v", e)
	}
	c.at = c.at.Add(time.Hour)
	if b := h.build(CRLOptions{Delta: true}); b.Shards != 0 {
		t.Errorf("%d deltas without a change", b.Shards)
	}
	if _, err := h.release(row.ID); err != nil {
		t.Fatal(err)
	}
	h.mustRevoke(RevokeOrder{Certificate: brief.ID, Reason: pki.CertificateHold})
	if _, err := h.release(brief.ID); err != nil {
		t.Fatal(err)
	}
	b := h.build(CRLOptions{Delta: true})
	if b.Shards == 0 || b.Number <= full.Number {
		t.Fatalf("%+v after %+v", b, full)
	}
	_, delta := h.list(row, true)
	if !delta.IsDelta() || delta.DeltaBase.Int64() != full.Number {
		t.Errorf("the delta is to %v", delta.DeltaBase)
	}
	if e, there := h.entry(row, true); !there || e.Reason != pki.RemoveFromCRL {
		t.Errorf("released: %+v, %v", e, there)
	}
	if brief.Shard == row.Shard {
		if _, there := h.entry(brief, true); there {
			t.Error("a hold that nobody heard of is removed")
		}
	}
	_, list := h.list(row, false)
	parsed, _ := row.Parsed()
	_, issuer := h.authority("issuing")
	k := chain.CheckCRL(t.Context(), chain.CRLCheck{CRL: list, Delta: delta, Issuer: issuer, Certificate: parsed, Time: c.at, Now: c.at})
	if !k.OK || k.Status.State != chain.Good {
		t.Errorf("pki/chain: %+v %v", k.Status, k.Findings)
	}
	h.build(CRLOptions{})
	if e, there := h.entry(row, false); there {
		t.Errorf("the next full list has %+v", e)
	}
	if err := h.d.Read(t.Context(), func(tx *db.Tx) error { _, err := CurrentCRL(tx, row.Authority, row.Shard, true); return err }); !errors.Is(err, db.ErrNone) {
		t.Errorf("the delta to an old list is still there: %v", err)
	}
}

// AUTHORITY 48: a revocation is on the list that is made next, with the moment of the decision.
func TestTheVerdictTurnsAtTheMomentOfRevocation(t *testing.T) {
	h, c := timed(t, testdb.Open(t, t.TempDir()+"/test.db", schema()...), nil)
	row := h.person("mailbox-strict-signing")
	c.at = time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC)
	h.mustRevoke(RevokeOrder{Certificate: row.ID, Cause: "key-compromise"})
	c.at = c.at.Add(5 * time.Minute)
	h.build(CRLOptions{})
	e, there := h.entry(row, false)
	if !there || !e.Revoked.Equal(time.Date(2026, 11, 25, 23, 59, 0, 0, time.UTC)) || e.Reason != pki.KeyCompromise {
		t.Errorf("%+v", e)
	}
}

// AUTHORITY 52: a crash in the middle leaves the old complete set.
func TestACrashInTheMiddleLeavesTheOldSet(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		row := h.person("mailbox-strict-signing")
		h.build(CRLOptions{})
		before := h.numbers()
		h.mustRevoke(RevokeOrder{Certificate: row.ID})
		for _, point := range []string{"crl.planned", "crl.batch", "crl.staged"} {
			crash := errors.New("the power is gone")
			h.Fault = func(p string) error { return map[bool]error{true: crash}[p == point] }
			if _, err := h.BuildCRLs(t.Context(), d, CRLOptions{Authority: "issuing", By: "node:a", All: true}); !errors.Is(err, crash) {
				t.Fatalf("%s: %v", point, err)
			}
			h.Fault = nil
			if now := h.numbers(); !slices.Equal(now, before) {
				t.Errorf("%s: the lists have the numbers %v, before they had %v", point, now, before)
			}
			if _, err := h.BuildCRLs(t.Context(), d, CRLOptions{Authority: "issuing", By: "node:b"}); !errors.Is(err, db.ErrHeld) {
				t.Errorf("%s: another node builds while the first may be alive: %v", point, err)
			}
			c.at = c.at.Add(crlLease + time.Second)
		}
		b := h.build(CRLOptions{})
		if _, there := h.entry(row, false); !there || b.Shards != 1 || b.Number != 5 {
			t.Errorf("after all: %+v", b)
		}
		h.mustHaveNoStaged()
	})
}

// AUTHORITY 36: a token that fails or lies.
func TestASignatureThatIsWrongIsNotPublished(t *testing.T) {
	h := newHouse(t, nil)
	h.build(CRLOptions{})
	before := h.numbers()
	a, _ := h.authority("issuing")
	right := h.keys.keys[a.KeyID]
	wrong, err := makeKey("P-256")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"wrong", "gone"} {
		if h.keys.keys[a.KeyID] = wrong; name == "gone" {
			delete(h.keys.keys, a.KeyID)
		}
		if _, err := h.BuildCRLs(t.Context(), h.d, CRLOptions{Authority: "issuing", By: "node:a", All: true}); err == nil {
			t.Errorf("%s: the lists are published", name)
		}
		if now := h.numbers(); !slices.Equal(now, before) {
			t.Errorf("%s: %v, before %v", name, now, before)
		}
		h.mustHaveNoStaged()
	}
	h.keys.keys[a.KeyID] = right
	if b := h.build(CRLOptions{All: true}); b.Shards != 8 {
		t.Errorf("%+v", b)
	}
}

// numbers are those of the published lists, by shard.
func (h *house) numbers() (list []int64) {
	h.t.Helper()
	a, _ := h.authority("issuing")
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) error {
		heads, err := CRLs(tx, a.ID)
		for _, l := range heads {
			list = append(list, l.Number)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *house) mustHaveNoStaged() {
	h.t.Helper()
	var n int
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) error { return tx.Row(`SELECT count(*) FROM ca_crl WHERE published IS NULL`).Scan(&n) })
	if err != nil || n != 0 {
		h.t.Errorf("%d lists were left behind, %v", n, err)
	}
}

// AUTHORITY 52: two nodes on one database: numbers only grow, and no list is published twice.
func TestTwoNodesNeverGoBack(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h := open(t, d, nil)
		h.build(CRLOptions{})
		var wg sync.WaitGroup
		seen := make([][]int64, 2)
		for node := range 2 {
			wg.Go(func() {
				for len(seen[node]) < 5 {
					b, err := h.BuildCRLs(t.Context(), d, CRLOptions{Authority: "issuing", By: "node:x", All: true})
					switch {
					case errors.Is(err, db.ErrHeld):
						time.Sleep(time.Millisecond)
					case err != nil:
						t.Error(err)
						return
					default:
						seen[node] = append(seen[node], b.Number)
					}
				}
			})
		}
		wg.Wait()
		all := slices.Concat(seen...)
		slices.Sort(all)
		if len(slices.Compact(all)) != 10 || !slices.IsSorted(seen[0]) || !slices.IsSorted(seen[1]) {
			t.Errorf("numbers %v", seen)
		}
		for _, n := range h.numbers() {
			if n != slices.Max(all) {
				t.Errorf("published is %d, the newest is %d", n, slices.Max(all))
			}
		}
	})
}

func TestTimesThatTheRequirementsForbidAreRefused(t *testing.T) {
	h := newHouse(t, nil)
	for _, times := range []Times{{CRLValid: 11 * day}, {CRLEvery: 8 * day, CRLValid: 9 * day}, {CRLEvery: 3 * day, CRLValid: 2 * day}, {RootCRLValid: 366 * day}, {AnswerValid: time.Hour}} {
		h.Times = times
		if _, err := h.BuildCRLs(t.Context(), h.d, CRLOptions{Authority: "issuing", By: "node:a"}); err == nil || !strings.Contains(err.Error(), "S/MIME BR §4.9") {
			t.Errorf("%+v: %v", times, err)
		}
	}
}
