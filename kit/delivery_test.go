package kit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/kit"
)

// desk is a database with deliveries, and a clock that the test moves.
type desk struct {
	*testing.T
	db  *db.DB
	now time.Time
	kit.Deliveries
}

func eachDesk(t *testing.T, f func(*desk)) {
	testdb.Each(t, slices.Concat(audit.Schema, kit.Schema), func(t *testing.T, d *db.DB) {
		k := &desk{T: t, db: d, now: testca.Now, Deliveries: kit.Deliveries{Log: &audit.Log{Origin: "test"}}}
		d.Clock = func() time.Time { return k.now }
		f(k)
	})
}

func (d *desk) write(f func(*db.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), f); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) create() (out kit.Delivery, token string) {
	d.Helper()
	d.write(func(tx *db.Tx) (err error) {
		out, token, err = d.Create(tx, kit.Order{Account: "user:alice", Object: "credential:1", By: "user:officer"})
		return err
	})
	return out, token
}

// fetch presses the button, and returns the code of the refusal, or "".
func (d *desk) fetch(token, account string) kit.Code {
	d.Helper()
	k, refusal, err := d.Fetch(d.Context(), d.db, token, account, func(kit.Delivery) (*kit.Kit, error) { return &kit.Kit{}, nil })
	switch {
	case err != nil:
		d.Fatal(err)
	case refusal != nil && k != nil:
		d.Fatal("a kit is given with a refusal")
	case refusal != nil:
		return refusal.Code
	case k == nil:
		d.Fatal("neither a kit nor a refusal")
	}
	return ""
}

func (d *desk) state(id string) (s kit.State) {
	d.Helper()
	d.write(func(tx *db.Tx) error {
		list, err := d.Of(tx, "credential:1")
		for _, x := range list {
			if x.ID == id {
				s = x.State
			}
		}
		return err
	})
	return s
}

// log lists the acts in the audit log.
func (d *desk) log() (acts []string) {
	d.Helper()
	d.write(func(tx *db.Tx) error {
		return audit.List(tx, audit.Query{}, func(e audit.Entry) error { acts = append(acts, e.What); return nil })
	})
	return acts
}

func (d *desk) want(what string, got, want any) {
	d.Helper()
	if got != want {
		d.Errorf("%s: %v, want %v", what, got, want)
	}
}

// AUTHORITY 42: another account, twice, after 72 hours, by a scanner's GET: no key is released.
func TestALinkGivesOneKitToOnePersonOnce(t *testing.T) {
	eachDesk(t, func(d *desk) {
		x, token := d.create()
		for range 20 { // scanners look
			d.write(func(tx *db.Tx) error {
				refusal, err := d.Look(tx, token)
				d.want("a look", refusal == nil, true)
				return err
			})
		}
		d.want("after the looks", d.state(x.ID), kit.Waiting)
		d.want("another account", d.fetch(token, "user:mallory"), kit.RefusedAccount)
		d.want("no account", d.fetch(token, ""), kit.RefusedAccount)
		d.want("a guess", d.fetch(token[:len(token)-1]+"_", "user:alice"), kit.RefusedUnknown)
		d.want("an empty token", d.fetch("", "user:alice"), kit.RefusedUnknown)
		d.want("the person", d.fetch(token, "user:alice"), kit.Code(""))
		d.want("the person again", d.fetch(token, "user:alice"), kit.RefusedUsed)
		d.want("the state", d.state(x.ID), kit.Opened)
		d.write(func(tx *db.Tx) error {
			refusal, err := d.Confirm(tx, x.ID, "user:mallory")
			d.want("confirmed by another", refusal != nil, true)
			return err
		})
		d.write(func(tx *db.Tx) error {
			refusal, err := d.Confirm(tx, x.ID, "user:alice")
			d.want("confirmed", refusal == nil, true)
			return err
		})
		d.want("the state", d.state(x.ID), kit.Confirmed)
		d.want("the log", strings.Join(d.log(), " "), "delivery.created delivery.refused delivery.refused delivery.opened delivery.refused delivery.confirmed")
	})
}

func TestALinkEndsAfter72Hours(t *testing.T) {
	eachDesk(t, func(d *desk) {
		x, token := d.create()
		d.now = testca.Now.Add(72*time.Hour - time.Second)
		d.write(func(tx *db.Tx) error {
			n, err := d.Expire(tx, "job", 10)
			d.want("expired a second before", n, 0)
			return err
		})
		d.now = testca.Now.Add(72 * time.Hour)
		d.want("after 72 hours", d.fetch(token, "user:alice"), kit.RefusedExpired)
		d.write(func(tx *db.Tx) error {
			n, err := d.Expire(tx, "job", 10)
			d.want("expired", n, 1)
			return err
		})
		d.want("the state", d.state(x.ID), kit.Expired)
		_, fresh := d.create()
		d.want("a new link", d.fetch(fresh, "user:alice"), kit.Code(""))
	})
}

func TestANewLinkEndsTheOldOneAndStrangersEndBoth(t *testing.T) {
	eachDesk(t, func(d *desk) {
		_, old := d.create()
		x, token := d.create()
		d.want("the old link", d.fetch(old, "user:alice"), kit.RefusedWithdrawn)
		for range 5 {
			d.want("a stranger", d.fetch(token, "user:mallory"), kit.RefusedAccount)
		}
		d.want("the person, after five tries of a stranger", d.fetch(token, "user:alice"), kit.RefusedWithdrawn)
		d.want("the state", d.state(x.ID), kit.Withdrawn)
		y, token := d.create()
		d.write(func(tx *db.Tx) error { return d.Withdraw(tx, y.ID, "user:officer", "asked to") })
		d.want("a link that an officer withdrew", d.fetch(token, "user:alice"), kit.RefusedWithdrawn)
		err := d.db.Write(d.Context(), func(tx *db.Tx) error { return d.Withdraw(tx, y.ID, "user:officer", "again") })
		d.want("withdrawn twice", err != nil, true)
	})
}

func TestALinkIsGoodAgainWhenTheKitCouldNotBeMade(t *testing.T) {
	eachDesk(t, func(d *desk) {
		x, token := d.create()
		offline := errors.New("the token is offline")
		_, _, err := d.Fetch(d.Context(), d.db, token, "user:alice", func(kit.Delivery) (*kit.Kit, error) { return nil, offline })
		d.want("the error", errors.Is(err, offline), true)
		d.want("the state", d.state(x.ID), kit.Waiting)
		d.want("the next try", d.fetch(token, "user:alice"), kit.Code(""))
	})
}

func TestACrashWhileTheKitIsMadeLeavesTheLinkGood(t *testing.T) {
	eachDesk(t, func(d *desk) {
		_, token := d.create()
		func() { // the node dies: nothing after make is done
			defer func() { recover() }()
			d.Fetch(d.Context(), d.db, token, "user:alice", func(kit.Delivery) (*kit.Kit, error) { panic("kill -9") })
		}()
		d.want("at once, while another node may still be at it", d.fetch(token, "user:alice"), kit.RefusedUsed)
		d.now = d.now.Add(3 * time.Minute)
		d.want("a little later", d.fetch(token, "user:alice"), kit.Code(""))
		d.want("and then", d.fetch(token, "user:alice"), kit.RefusedUsed)
	})
}

func TestOfTwoNodesOneGivesTheKit(t *testing.T) {
	eachDesk(t, func(d *desk) {
		_, token := d.create()
		var inner kit.Code
		k, refusal, err := d.Fetch(d.Context(), d.db, token, "user:alice", func(kit.Delivery) (*kit.Kit, error) {
			inner = d.fetch(token, "user:alice")
			return &kit.Kit{}, nil
		})
		d.want("the second", inner, kit.RefusedUsed)
		d.want("the first", k != nil && refusal == nil && err == nil, true)
	})
}

func TestANodeThatSleptThroughItsClaimGivesNothing(t *testing.T) {
	eachDesk(t, func(d *desk) {
		_, token := d.create()
		k, _, err := d.Fetch(d.Context(), d.db, token, "user:alice", func(kit.Delivery) (*kit.Kit, error) {
			d.now = d.now.Add(3 * time.Minute)
			d.want("the other node", d.fetch(token, "user:alice"), kit.Code(""))
			return &kit.Kit{}, nil
		})
		d.want("the sleeper", k == nil && err != nil, true)
	})
}

func TestTheSecretOfALinkIsNotKept(t *testing.T) {
	eachDesk(t, func(d *desk) {
		_, token := d.create()
		d.write(func(tx *db.Tx) error {
			var n int
			if err := tx.Row(`SELECT COUNT(*) FROM kit_delivery WHERE token_hash = $1`, []byte(token)).Scan(&n); err != nil {
				return err
			}
			d.want("rows with the token itself", n, 0)
			return audit.List(tx, audit.Query{}, func(e audit.Entry) error {
				d.want("the token in the log", strings.Contains(string(e.Details)+e.Object, token), false)
				return nil
			})
		})
		d.want("its length", len(token), 43)
	})
}

func TestACallerWhoLeftDoesNotKeepTheLinkHalfUsed(t *testing.T) {
	eachDesk(t, func(d *desk) {
		x, token := d.create()
		ctx, cancel := context.WithCancel(d.Context())
		_, _, err := d.Fetch(ctx, d.db, token, "user:alice", func(kit.Delivery) (*kit.Kit, error) {
			cancel()
			return nil, ctx.Err()
		})
		d.want("the error", errors.Is(err, context.Canceled), true)
		d.want("the state", d.state(x.ID), kit.Waiting)
	})
}
