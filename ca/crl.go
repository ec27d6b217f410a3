package ca

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// Times say how often lists and answers are made, and how long they hold. Zero fields take the defaults; what the S/MIME Baseline
// Requirements forbid is refused when it is used.
type Times struct {
	CRLEvery      time.Duration // of subscribers' certificates: a list is made anew after this time; zero: 24 h, at most 7 days
	CRLValid      time.Duration // nextUpdate after thisUpdate; zero: 7 days, at most 10 days
	RootCRLEvery  time.Duration // of the certificates of authorities; zero: 90 days
	RootCRLValid  time.Duration // zero: 180 days, at most 365 days
	AnswerValid   time.Duration // OCSP; zero: 48 h, from 8 h to 10 days
	UnknownValid  time.Duration // of an answer about a number that was not issued; zero: 8 h
	ResponderLeft time.Duration // a responder's certificate is replaced when so much of its life is left; zero: 10 days
}

func (t Times) orDefaults() Times {
	for _, x := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.CRLEvery, day}, {&t.CRLValid, 7 * day}, {&t.RootCRLEvery, 90 * day}, {&t.RootCRLValid, 180 * day},
		{&t.AnswerValid, 2 * day}, {&t.UnknownValid, 8 * time.Hour}, {&t.ResponderLeft, 10 * day},
	} {
		if *x.field == 0 {
			*x.field = x.value
		}
	}
	return t
}

// check returns what is against the S/MIME Baseline Requirements, §4.9.7 and §4.9.10.
func (t Times) check() error {
	for _, x := range []struct {
		name        string
		value       time.Duration
		least, most time.Duration
		section     string
	}{
		{"CRLEvery", t.CRLEvery, time.Minute, 7 * day, "§4.9.7"},
		{"CRLValid", t.CRLValid, t.CRLEvery + time.Minute, 10 * day, "§4.9.7"},
		{"RootCRLEvery", t.RootCRLEvery, time.Minute, 365 * day, "§4.9.7"},
		{"RootCRLValid", t.RootCRLValid, t.RootCRLEvery + time.Minute, 365 * day, "§4.9.7"},
		{"AnswerValid", t.AnswerValid, 8 * time.Hour, 10 * day, "§4.9.10"},
		{"UnknownValid", t.UnknownValid, 8 * time.Hour, 10 * day, "§4.9.10"},
	} {
		if x.value < x.least || x.value > x.most {
			return fmt.Errorf("ca: Times.%s is %v, and must be from %v to %v (S/MIME BR %s)", x.name, x.value, x.least, x.most, x.section)
		}
	}
	return nil
}

// crl returns how often the lists of an authority are made, and how long they hold.
func (t Times) crl(a *Authority) (every, valid time.Duration) {
	if a.Type == RootCA {
		return t.RootCRLEvery, t.RootCRLValid
	}
	return t.CRLEvery, t.CRLValid
}

// CRL is one list as it was signed: of one shard of an authority.
type CRL struct {
	Authority  string // id
	Shard      int
	Number     int64 // grows with every build of the authority, over all nodes
	Base       int64 // of a delta: the number of the list that it changes; 0: this is no delta
	Entries    int
	ThisUpdate time.Time
	NextUpdate time.Time
	DER        []byte

	changes int64 // how many changes of the shard are on it
}

// CurrentCRL returns the newest published list of a shard; db.ErrNone if there is none. With delta it is the newest delta to that list, if
// there is one.
func CurrentCRL(tx *db.Tx, authority string, shard int, delta bool) (*CRL, error) {
	return currentCRL(tx, authority, shard, delta)
}

// CRLs lists the newest published lists of an authority, in the order of their shards, without their bytes.
func CRLs(tx *db.Tx, authority string) ([]*CRL, error) { return crlHeads(tx, authority, false) }

// DueCRLs returns the authorities of which a list is to be made: one is missing, getting old, or does not know of a revocation. Their keys
// are at hand.
func (c *CA) DueCRLs(tx *db.Tx) (list []*Authority, err error) {
	all, err := Authorities(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.KeyID == "" || a.Certificate == nil {
			continue
		}
		due, err := c.dueShards(tx, a, CRLOptions{})
		if err != nil {
			return nil, err
		}
		if len(due) > 0 {
			list = append(list, a)
		}
	}
	return list, nil
}

// shardPlan is one shard of which a list is to be made.
type shardPlan struct {
	shard int
	last  *CRL // the newest full list; nil: there is none
}

// dueShards are the shards of which a list is to be made now.
func (c *CA) dueShards(tx *db.Tx, a *Authority, o CRLOptions) (list []shardPlan, err error) {
	heads, err := crlHeads(tx, a.ID, false)
	if err != nil {
		return nil, err
	}
	deltas, err := crlHeads(tx, a.ID, true)
	if err != nil {
		return nil, err
	}
	changes, err := shardChanges(tx, a.ID)
	if err != nil {
		return nil, err
	}
	last, delta := byShard(heads), byShard(deltas)
	every, _ := c.Times.orDefaults().crl(a)
	for shard := range max(1, a.Shards) {
		l := last[shard]
		due := l == nil || o.All || changes[shard] > l.changes || !tx.Now.Before(l.ThisUpdate.Add(every))
		if o.Delta { // only what changed since the newest list, full or not
			newest := l
			if d := delta[shard]; d != nil && l != nil && d.Base == l.Number {
				newest = d
			}
			due = l != nil && changes[shard] > newest.changes
		}
		if due {
			list = append(list, shardPlan{shard, l})
		}
	}
	return list, nil
}

func byShard(list []*CRL) map[int]*CRL {
	m := make(map[int]*CRL, len(list))
	for _, l := range list {
		m[l.Shard] = l
	}
	return m
}
