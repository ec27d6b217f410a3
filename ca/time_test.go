package ca

import (
	"bytes"
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // so that a machine without zones tests the same

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// AUTHORITY 39: a clock that goes back, days on which clocks are turned, and the year 2050.
func TestTimesAreWrittenAsTheyMust(t *testing.T) {
	d := testdb.Open(t, t.TempDir()+"/test.db", schema()...)
	moment := now
	d.Clock = func() time.Time { return moment }
	h := open(t, d, nil)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]time.Time{
		"after the leap second of 2016 it is the same": time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		"when clocks are turned forward":               time.Date(2027, 3, 28, 3, 30, 0, 0, berlin),
		"when clocks are turned back":                  time.Date(2027, 10, 31, 2, 30, 0, 0, berlin),
		"on the 29th of February":                      time.Date(2028, 2, 29, 23, 59, 59, 999_999_999, time.UTC),
		"in the last second of a year":                 time.Date(2028, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		moment = at
		_, c := h.mustIssue(order(t, "mailbox-strict-dual"))
		if c.NotBefore.After(at) || at.Sub(c.NotBefore) > time.Hour+time.Second {
			t.Errorf("%s: valid from %s at %s", name, c.NotBefore, at)
		}
		if c.NotAfter.Sub(c.NotBefore) != 365*day-time.Second {
			t.Errorf("%s: valid for %s", name, c.NotAfter.Sub(c.NotBefore))
		}
	}
	moment = now.AddDate(5, 0, 0)
	_, before := h.mustIssue(order(t, "mailbox-strict-dual"))
	moment = moment.Add(-10 * time.Minute)
	if _, c := h.mustIssue(order(t, "mailbox-strict-dual")); c.NotBefore.Before(before.NotBefore) {
		t.Errorf("the clock went back by ten minutes, and the certificate with it: %s before %s", c.NotBefore, before.NotBefore)
	}
}

func TestTheYear2050ChangesTheEncoding(t *testing.T) {
	d := testdb.Open(t, t.TempDir()+"/test.db", schema()...)
	moment := time.Date(2048, 6, 1, 12, 0, 0, 0, time.UTC)
	d.Clock = func() time.Time { return moment }
	h := open(t, d, nil)
	o := order(t, "mailbox-strict-dual")
	o.Days = 700
	_, c := h.mustIssue(o)
	if !bytes.Contains(c.RawTBS, []byte("\x17\x0d480601110000Z\x18\x0f20500502105959Z")) { // RFC 5280 §4.1.2.5
		t.Errorf("valid from %s to %s, encoded otherwise", c.NotBefore, c.NotAfter)
	}
}

// A certificate does not outlive its authority: what was not asked for is cut, what was asked for is refused.
func TestCertificatesEndWithTheirAuthority(t *testing.T) {
	d := testdb.Open(t, t.TempDir()+"/test.db", schema()...)
	moment := now
	d.Clock = func() time.Time { return moment }
	h := open(t, d, nil)
	var end time.Time
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		a, err := GetAuthority(tx, "issuing")
		end = a.NotAfter
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	moment = end.AddDate(0, -1, 0)
	if _, c := h.mustIssue(order(t, "mailbox-strict-dual")); !c.NotAfter.Equal(end) {
		t.Errorf("valid until %s, the authority until %s", c.NotAfter, end)
	}
	o := order(t, "mailbox-strict-dual")
	o.Days = 365
	h.refuses(o, "time.issuer")
	moment = end.Add(time.Hour)
	h.refuses(order(t, "mailbox-strict-dual"), "time.issuer")
}

// AUTHORITY 38: what is lawful today is not for ever.
func TestTheRulesOfAnotherDay(t *testing.T) {
	h := newHouse(t, func(c *CA, o *InitOptions) { c.PublicTrust, o.Issuing = true, "P-256" })
	p := subscriberProfile(Mailbox, Multipurpose, Dual)
	p.Name, p.Purposes = "documents", []string{"emailProtection", "documentSigning"}
	h.addProfile(p)
	preview := func(o Order, at string) error {
		day, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		return h.d.Read(t.Context(), func(tx *db.Tx) error { _, err := h.Preview(tx, o, day); return err })
	}
	o := order(t, "mailbox-multipurpose-dual")
	o.Profile = "documents"
	if err := preview(o, "2027-06-30"); err != nil {
		t.Errorf("the day before: %v", err)
	}
	var no *Refusal
	if err := preview(o, "2027-07-01"); !errors.As(err, &no) || !no.Has("smime.eku.narrow") {
		t.Errorf("on 2027-07-01: %v", err)
	}
	if err := preview(order(t, "mailbox-multipurpose-dual"), "2027-07-01"); err != nil {
		t.Errorf("clientAuth stays lawful: %v", err)
	}
}

// AUTHORITY 38: nothing is issued under RSA of 2048 bits from 2027-09-15 on, and no authority gets such a key since 2026-09-15.
func TestWeakAuthoritiesEnd(t *testing.T) {
	d := testdb.Open(t, t.TempDir()+"/test.db", schema()...)
	moment := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	d.Clock = func() time.Time { return moment }
	h := open(t, d, func(c *CA, o *InitOptions) {
		p := authorityProfiles()[1]
		p.Name, p.Keys = "old", []string{"RSA 2048"}
		c.PublicTrust, o.Issuing, o.Profile = true, "RSA 2048", "old"
		err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := c.AddProfile(tx, p, "user:root"); return err })
		if err != nil {
			t.Fatal(err)
		}
	})
	h.mustIssue(order(t, mv))
	for at, lawful := range map[string]bool{"2027-09-14": true, "2027-09-15": false, "2027-09-16": false} {
		day, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error { _, err := h.Preview(tx, order(t, mv), day); return err })
		var no *Refusal
		if (err == nil) != lawful || !lawful && (!errors.As(err, &no) || !no.Has("smime.leaf.issuer-3072")) {
			t.Errorf("%s: %v", at, err)
		}
	}
}
