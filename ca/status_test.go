package ca

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// clock is a database's clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// timed is a house whose clock can be moved.
func timed(t testing.TB, d *db.DB, change func(*CA, *InitOptions)) (*house, *clock) {
	t.Helper()
	c := &clock{now}
	d.Clock = c.now
	return open(t, d, change), c
}

func (h *house) write(f func(tx *db.Tx) error) error { return h.d.Write(h.t.Context(), f) }

func (h *house) revoke(o RevokeOrder) (list []*Revocation, err error) {
	if o.By == "" {
		o.By = "user:ann"
	}
	err = h.write(func(tx *db.Tx) (err error) { list, err = h.Revoke(tx, o); return err })
	return list, err
}

func (h *house) mustRevoke(o RevokeOrder) []*Revocation {
	h.t.Helper()
	list, err := h.revoke(o)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *house) release(id string) (r *Revocation, err error) {
	err = h.write(func(tx *db.Tx) (err error) { r, err = h.Release(tx, id, "user:ann"); return err })
	return r, err
}

// build makes the lists of an authority.
func (h *house) build(o CRLOptions) *CRLBuild {
	h.t.Helper()
	if o.Authority == "" {
		o.Authority = "issuing"
	}
	o.By = "node:test"
	b, err := h.BuildCRLs(h.t.Context(), h.d, o)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func (h *house) authority(name string) (a *Authority, cert *pki.Certificate) {
	h.t.Helper()
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) (err error) { a, err = GetAuthority(tx, name); return err })
	if err != nil {
		h.t.Fatal(err)
	}
	if cert, err = a.Parsed(); err != nil {
		h.t.Fatal(err)
	}
	return a, cert
}

// list is the published list of the shard that a certificate is in.
func (h *house) list(row *Certificate, delta bool) (*CRL, *pki.CRL) {
	h.t.Helper()
	var l *CRL
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) (err error) { l, err = CurrentCRL(tx, row.Authority, row.Shard, delta); return err })
	if err != nil {
		h.t.Fatal(err)
	}
	crl, err := pki.ParseCRL(l.DER)
	if err != nil {
		h.t.Fatal(err)
	}
	return l, crl
}

// entry is what the published list says of a certificate.
func (h *house) entry(row *Certificate, delta bool) (pki.RevokedEntry, bool) {
	h.t.Helper()
	_, crl := h.list(row, delta)
	c, err := row.Parsed()
	if err != nil {
		h.t.Fatal(err)
	}
	return crl.Find(c.Serial, c.Issuer)
}

// person issues a certificate by a profile, to somebody new.
func (h *house) person(profile string) *Certificate {
	h.t.Helper()
	out, _ := h.mustIssue(order(h.t, profile))
	return out.Certificate
}

// file writes data into a temporary file and returns its name.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// acts are the names of the entries of the log about an object.
func (h *house) acts(object string) (list []string) {
	h.t.Helper()
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) error {
		return tx.Each(func(scan func(...any) error) error {
			var what string
			err := scan(&what)
			list = append(list, what)
			return err
		}, `SELECT what FROM audit_entry WHERE object = $1 ORDER BY seq`, object)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *house) mustHaveAct(object, what string) {
	h.t.Helper()
	if list := h.acts(object); !slices.Contains(list, what) {
		h.t.Errorf("%s has the acts %v, and not %s", object, list, what)
	}
}
