package vault_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/vault"
)

// officers are people with certificates of their own: RSA and P-256.
type officers struct {
	h      *house
	people map[string]*testca.Entity
}

func newOfficers(h *house, names ...string) officers {
	root := testca.Root(h, "Officers")
	o := officers{h, map[string]*testca.Entity{}}
	for n, name := range names {
		o.people["user:"+name] = root.Issue(testca.Person(name + "@example.org").With(testca.Key([]testca.KeyKind{testca.RSA, testca.P256}[n%2])))
	}
	return o
}

func (o officers) spec(threshold int, names ...string) vault.CircleSpec {
	s := vault.CircleSpec{Name: "Recovery", Threshold: threshold, By: "user:security"}
	for _, name := range names {
		s.Officers = append(s.Officers, vault.Officer{Name: "user:" + name, Certificate: o.people["user:"+name].Certificate})
	}
	return s
}

// open lets officers open their shares.
func (o officers) open(circle vault.Circle, names ...string) (shares [][]byte) {
	o.h.Helper()
	for _, name := range names {
		var sealed []byte
		o.h.must(o.h.db.Read(o.h.Context(), func(tx *db.Tx) (err error) { sealed, err = o.h.v.Share(tx, circle.ID, "user:"+name); return err }))
		e := o.people["user:"+name]
		text, err := decrypt(o.h, sealed, cms.KeyList{{Certificate: e.Certificate, Private: e.Key}})
		o.h.must(err)
		shares = append(shares, text)
	}
	return shares
}

// escrowed founds a circle of 3 of 5 and escrows a key of Ada's to it.
func escrowed(h *house) (officers, vault.Circle, vault.Key) {
	h.Helper()
	o := newOfficers(h, "carol", "dave", "erin", "frank", "grace", "heidi", "requester")
	k := h.generate("", vault.Encryption)
	var c vault.Circle
	h.must(h.write(func(tx *db.Tx) (err error) {
		if c, err = h.v.FoundCircle(tx, o.spec(3, "carol", "dave", "erin", "frank", "grace")); err != nil {
			return err
		}
		e, err := k.Encryption()
		if err != nil {
			return err
		}
		return h.v.Escrow(tx, c.ID, e, "user:security")
	}))
	return o, c, k
}

// recover orders a recovery.
func (o officers) recover(c vault.Circle, k vault.Key, shares [][]byte, change ...func(*vault.Recovery)) (out []byte, err error) {
	r := vault.Recovery{Circle: c.ID, Key: k.ID, Shares: shares, To: o.people["user:requester"].Certificate, By: "user:requester", Case: "case:1"}
	for _, f := range change {
		f(&r)
	}
	err = o.h.write(func(tx *db.Tx) error { out, err = o.h.v.Recover(tx, r); return err })
	return out, err
}

// AUTHORITY 54: three of five recover a key for the requester alone, two cannot.
func TestThreeOfFiveOfficersRecoverAKey(t *testing.T) {
	each(t, func(h *house) {
		o, c, k := escrowed(h)
		out, err := o.recover(c, k, o.open(c, "carol", "frank", "erin"), func(r *vault.Recovery) { r.Certificates = append(r.Certificates, certificate(h.T, k.Public, nil)) })
		h.must(err)
		requester := o.people["user:requester"]
		text, err := decrypt(h, out, cms.KeyList{{Certificate: requester.Certificate, Private: requester.Key}})
		h.must(err)
		b, err := keyfile.Read(text, keyfile.Options{})
		h.must(err)
		if len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), k.Public) || len(b.Certificates) != 1 {
			h.Errorf("recovered: %d keys, %d certificates", len(b.Keys), len(b.Certificates))
		}
		if bytes.Contains(out, []byte("PRIVATE KEY")) {
			h.Error("the key is given in the clear")
		}
		for name, p := range o.people {
			if name != "user:requester" {
				if _, err := decrypt(h, out, cms.KeyList{{Certificate: p.Certificate, Private: p.Key}}); err == nil {
					h.Errorf("%s can read it", name)
				}
			}
		}
		for _, names := range [][]string{nil, {"carol"}, {"carol", "dave"}, {"carol", "dave", "dave"}} {
			if _, err := o.recover(c, k, o.open(c, names...)); err == nil {
				h.Errorf("recovered by %v", names)
			}
		}
		if acts := h.acts(); acts[len(acts)-1] != "key.recovered" || slices.Contains(acts[:len(acts)-1], "key.recovered") {
			h.Errorf("the log has %v", acts)
		}
	})
}

// AUTHORITY 54: two shares of three fit every secret equally well, so they tell nothing of the right one.
func TestTwoSharesOfThreeTellNothing(t *testing.T) {
	h := one(t)
	o, c, _ := escrowed(h)
	var known []secretsharing.Share
	for _, text := range o.open(c, "carol", "dave") {
		var s struct {
			Place uint64
			Value []byte
		}
		h.must(json.Unmarshal(text, &s))
		value := group.Ristretto255.NewScalar()
		h.must(value.UnmarshalBinary(s.Value))
		known = append(known, secretsharing.Share{ID: group.Ristretto255.NewScalar().SetUint64(s.Place), Value: value})
	}
	for guess := range uint64(50) {
		// The line through the guess at 0 and the two shares has a value at every other place: that of a third share.
		g := group.Ristretto255
		want := g.NewScalar().SetUint64(guess)
		third := secretsharing.Share{ID: g.NewScalar().SetUint64(3), Value: through(g, []uint64{0, 1, 2}, []group.Scalar{want, known[0].Value, known[1].Value}, 3)}
		got, err := secretsharing.Recover(2, append(slices.Clone(known), third))
		if err != nil || !got.IsEqual(want) {
			t.Fatalf("secret %d does not fit the two shares", guess)
		}
	}
}

// through evaluates the polynomial through points at x (Lagrange).
func through(g group.Group, xs []uint64, ys []group.Scalar, x uint64) group.Scalar {
	sum := g.NewScalar()
	for i := range xs {
		term := ys[i].Copy()
		for j := range xs {
			if i == j {
				continue
			}
			n := g.NewScalar().Sub(g.NewScalar().SetUint64(x), g.NewScalar().SetUint64(xs[j]))
			d := g.NewScalar().Sub(g.NewScalar().SetUint64(xs[i]), g.NewScalar().SetUint64(xs[j]))
			term.Mul(term, n.Mul(n, d.Inv(d)))
		}
		sum.Add(sum, term)
	}
	return sum
}

// AUTHORITY 54: there is no such object as an escrowed signing key, neither for the types nor for the tables.
func TestKeysThatSignAreNeverEscrowed(t *testing.T) {
	each(t, func(h *house) {
		o, c, k := escrowed(h)
		for _, p := range vault.Purposes() {
			signing := h.generate("", p)
			_, err := signing.Encryption()
			if (err == nil) != (p == vault.Encryption) {
				h.Errorf("%s: %v", p, err)
			}
			if p == vault.Encryption {
				continue
			}
			for _, purpose := range []string{string(p), "encryption"} {
				err := h.write(func(tx *db.Tx) error {
					_, err := tx.Exec(`INSERT INTO vault_escrow (key, purpose, circle, sealed, created) VALUES ($1, $2, $3, $4, 0)`, signing.ID, purpose, c.ID, []byte{1})
					return err
				})
				if err == nil {
					h.Errorf("the tables took a key for %s as %s", p, purpose)
				}
			}
			if _, err := o.recover(c, signing, o.open(c, "carol", "dave", "erin")); !errors.Is(err, vault.ErrNotEscrowed) {
				h.Errorf("%s: %v", p, err)
			}
		}
		e, err := k.Encryption()
		h.must(err)
		if err := h.write(func(tx *db.Tx) error { return h.v.Escrow(tx, c.ID, e, "user:security") }); err == nil {
			h.Error("escrowed twice to one circle")
		}
		if err := h.write(func(tx *db.Tx) error { return h.v.Escrow(tx, c.ID, vault.EncryptionKey{}, "user:security") }); !errors.Is(err, vault.ErrNoKey) {
			h.Errorf("the zero key: %v", err)
		}
	})
}

// AUTHORITY 55: an officer leaves; the others share anew, and what was escrowed is not touched.
func TestOfficersShareAnewWhenOneLeaves(t *testing.T) {
	each(t, func(h *house) {
		o, c, k := escrowed(h)
		before := h.escrowRow(c, k)
		old := o.open(c, "carol", "dave", "erin")
		var next vault.Circle
		h.must(h.write(func(tx *db.Tx) (err error) {
			next, err = h.v.Reshare(tx, c.ID, old, o.spec(2, "carol", "dave", "frank", "heidi"))
			return err
		}))
		if next.Sharing != c.Sharing+1 || next.Threshold != 2 || len(next.Officers) != 4 {
			h.Errorf("%+v", next)
		}
		if !bytes.Equal(before, h.escrowRow(c, k)) {
			h.Error("the escrowed key was touched")
		}
		if _, err := o.recover(c, k, o.open(next, "heidi", "frank")); err != nil {
			h.Errorf("the new officers: %v", err)
		}
		if _, err := o.recover(c, k, old); err == nil || !strings.Contains(err.Error(), "shared anew") {
			h.Errorf("the old shares: %v", err)
		}
		if _, err := o.recover(c, k, append(o.open(next, "heidi"), old[2])); err == nil {
			h.Error("a new and an old share together recovered it")
		}
		err := h.db.Read(h.Context(), func(tx *db.Tx) error { _, err := h.v.Share(tx, c.ID, "user:erin"); return err })
		if err == nil {
			h.Error("who left can still fetch a share")
		}
	})
}

func (h *house) escrowRow(c vault.Circle, k vault.Key) (sealed []byte) {
	h.Helper()
	h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
		return tx.Row(`SELECT sealed FROM vault_escrow WHERE circle = $1 AND key = $2`, c.ID, k.ID).Scan(&sealed)
	}))
	return sealed
}

func TestARecoveryIsRefused(t *testing.T) {
	h := one(t)
	o, c, k := escrowed(h)
	shares := o.open(c, "carol", "dave", "erin")
	forge := func(from, to string) [][]byte {
		bad := slices.Clone(shares)
		bad[0] = bytes.Replace(bad[0], []byte(from), []byte(to), 1)
		if bytes.Equal(bad[0], shares[0]) {
			t.Fatalf("%s is not in %s", from, "the share")
		}
		return bad
	}
	for name, r := range map[string]struct {
		shares [][]byte
		change func(*vault.Recovery)
		want   string
	}{
		"the requester is an officer":    {shares, func(r *vault.Recovery) { r.By = "user:dave" }, "a case of his own"},
		"the key would go to an officer": {shares, func(r *vault.Recovery) { r.To = o.people["user:erin"].Certificate }, "a case of his own"},
		"nobody asks":                    {shares, func(r *vault.Recovery) { r.By = "" }, "who asks"},
		"no case":                        {shares, func(r *vault.Recovery) { r.Case = "" }, "the case"},
		"nobody to give it to":           {shares, func(r *vault.Recovery) { r.To = nil }, "certificate"},
		"another circle":                 {shares, func(r *vault.Recovery) { r.Circle = "x" }, "no such circle"},
		"a share at another place":       {forge(`"place":1`, `"place":4`), nil, "not one of this circle's"},
		"a share beyond the officers":    {forge(`"place":1`, `"place":9`), nil, "not one of this circle's"},
		"a share of another circle":      {forge(c.ID, "01J00000000000000000000000"), nil, "another circle"},
		"a share that is none":           {forge("escrow share", "escrow chair"), nil, "not an opened share"},
		"a share with another value":     {forge(`"value":"`, `"value":"AAAA`), nil, "damaged"},
		"a share that is still sealed":   {[][]byte{{0x30, 0x80}, shares[1], shares[2]}, nil, "not an opened share"},
		"an empty share":                 {[][]byte{nil, shares[1], shares[2]}, nil, "not an opened share"},
	} {
		var change []func(*vault.Recovery)
		if r.change != nil {
			change = append(change, r.change)
		}
		if _, err := o.recover(c, k, r.shares, change...); err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s: %v, want %q", name, err, r.want)
		}
	}
}

func TestACircleIsRefused(t *testing.T) {
	h := one(t)
	o := newOfficers(h, "carol", "dave", "erin")
	signing := testca.Root(t, "Signers").Issue(testca.Person("s@example.org").With(testca.Key(testca.Ed25519)))
	for name, s := range map[string]vault.CircleSpec{
		"one officer alone":      o.spec(1, "carol", "dave"),
		"too few officers":       o.spec(3, "carol", "dave"),
		"the same officer twice": o.spec(2, "carol", "carol", "dave"),
		"no certificate":         {Threshold: 2, By: "x", Officers: []vault.Officer{{Name: "a"}, {Name: "b"}}},
		"a key that cannot":      {Threshold: 2, By: "x", Officers: []vault.Officer{{Name: "a", Certificate: signing.Certificate}, o.spec(2, "carol").Officers[0]}},
		"by nobody":              {Threshold: 2, Officers: o.spec(2, "carol", "dave").Officers},
	} {
		if err := h.write(func(tx *db.Tx) error { _, err := h.v.FoundCircle(tx, s); return err }); err == nil {
			t.Errorf("%s: founded", name)
		}
	}
}

// Officers open their shares, and requesters what was recovered, with OpenSSL.
func TestSharesAndRecoveredKeysOpenWithOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	h := one(t)
	o, c, k := escrowed(h)
	dir := t.TempDir()
	open := func(name string, sealed []byte) []byte {
		t.Helper()
		_, _, id := o.people[name].Files(dir, strings.TrimPrefix(name, "user:"))
		path := filepath.Join(dir, "sealed")
		h.must(os.WriteFile(path, sealed, 0o600))
		return peer.Run(t, nil, "openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", path, "-inkey", id, "-recip", id)
	}
	var shares [][]byte
	for _, name := range []string{"user:carol", "user:dave", "user:erin"} {
		var sealed []byte
		h.must(h.db.Read(t.Context(), func(tx *db.Tx) (err error) { sealed, err = h.v.Share(tx, c.ID, name); return err }))
		shares = append(shares, open(name, sealed))
	}
	out, err := o.recover(c, k, shares)
	h.must(err)
	pub := peer.Run(t, open("user:requester", out), "openssl", "pkey", "-pubout", "-outform", "DER")
	if !bytes.Equal(pub, k.SPKI) {
		t.Error("OpenSSL reads another key")
	}
}

func FuzzOpenedShares(f *testing.F) {
	f.Add([]byte(`{"waxwing":"escrow share 1","circle":"c","sharing":1,"place":1,"threshold":2,"value":"` + strings.Repeat("A", 43) + `="}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := vault.CheckShare(text); err == nil && (s < 1 || s > 32) {
			t.Errorf("place %d", s)
		}
	})
}
