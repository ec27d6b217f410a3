package server_test

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// desk is a house with an authority, whose clock the test moves.
type desk struct {
	*testing.T
	*server.House
	now time.Time
}

func eachDesk(t *testing.T, f func(*desk)) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		d := &desk{T: t, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
		d.House = create(t, server.Options{Dir: filepath.Join(t.TempDir(), "home"), DSN: dsn, By: "test", Clock: func() time.Time { return d.now }})
		if _, _, err := d.CA.Init(context.Background(), d.DB, ca.InitOptions{Generate: d.AuthorityKey("test"), By: "test", Name: "Lab", Organization: "Lab"}); err != nil {
			t.Fatal(err)
		}
		f(d)
	})
}

// issue gives a holder a certificate for an address, with a key in the vault.
func (d *desk) issue(holder, address, usage string) *ca.Issued {
	d.Helper()
	var ready *ca.Ready
	purpose := map[string]vault.Purpose{"signing": vault.Signing, "encryption": vault.Encryption}[usage]
	err := d.DB.Write(d.Context(), func(tx *db.Tx) error {
		owner, err := d.KeyOwner(tx, holder)
		if err != nil {
			return err
		}
		key, err := d.Vault.Generate(tx, vault.Spec{Purpose: purpose, Owner: owner, By: "test"})
		if err != nil {
			return err
		}
		ready, err = d.CA.Prepare(tx, ca.Order{Profile: "mailbox-private-" + usage, Addresses: []string{address}, SPKI: key.SPKI, Own: true, Holder: holder,
			Reference: tx.NewID(), By: "test", Approvers: []string{"test"}})
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	out, err := d.CA.Issue(d.Context(), d.DB, ready)
	if err != nil {
		d.Fatal(err)
	}
	return out
}

// kit makes a kit and returns the certificates with keys in it.
func (d *desk) kit(address string, form kit.Form) (certs []*pki.Certificate) {
	d.Helper()
	c, err := d.KitContents(d.Context(), address)
	if err != nil {
		d.Fatal(err)
	}
	k, err := d.Kit.Make(d.Context(), c, kit.Options{Form: form, Now: d.now, By: "test"})
	if err != nil {
		d.Fatal(err)
	}
	b, err := keyfile.Read(k.File, keyfile.Options{Password: []byte(k.Password.Reveal()), Allow: alg.Allow{}})
	if err != nil {
		d.Fatal(err)
	}
	for _, id := range b.Match() {
		certs = append(certs, id.Certificate)
	}
	if len(b.Certificates) != len(certs)+2 {
		d.Errorf("%d certificates for %d keys: the chain is not whole", len(b.Certificates), len(certs))
	}
	return certs
}

// AUTHORITY 43: the kit of a person who had three encryption keys and two signing keys.
func TestTheKitOfAPersonHasEveryKeyThatDecrypts(t *testing.T) {
	eachDesk(t, func(d *desk) {
		for range 3 {
			d.issue("person:ada", "ada@lab.test", "encryption")
			d.now = d.now.AddDate(1, 0, 0)
		}
		old := d.issue("person:ada", "ada@lab.test", "signing")
		signing := d.issue("person:ada", "ada@lab.test", "signing")
		revoked := d.issue("person:ada", "ada@lab.test", "encryption")
		if err := d.DB.Write(d.Context(), func(tx *db.Tx) error {
			for _, id := range []string{old.ID, revoked.ID} {
				if _, err := d.CA.Revoke(tx, ca.RevokeOrder{Certificate: id, Reason: pki.Superseded, By: "test"}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			d.Fatal(err)
		}
		certs := d.kit("ada@lab.test", kit.Modern)
		if len(certs) != 5 {
			d.Fatalf("%d keys, want one that signs and four that decrypt", len(certs))
		}
		if first := certs[0].Fingerprint(); strings.ToLower(signing.Fingerprint) != hex.EncodeToString(first[:]) {
			d.Error("the first key is not the one that signs")
		}
		if n := len(d.kit("ada@lab.test", kit.History)); n != 4 {
			d.Errorf("%d keys in the history kit", n)
		}
	})
}

func TestTheKitOfAnAddressHasNothingOfWhoHadItBefore(t *testing.T) {
	eachDesk(t, func(d *desk) {
		d.issue("person:ada", "info@lab.test", "encryption")
		d.now = d.now.AddDate(0, 1, 0)
		d.issue("person:bob", "info@lab.test", "encryption")
		if n := len(d.kit("info@lab.test", kit.Modern)); n != 1 {
			d.Errorf("%d keys, want only Bob's", n)
		}
		c, err := d.KitContents(d.Context(), "info@lab.test")
		if err != nil {
			d.Fatal(err)
		}
		own, chain, err := d.KitCertificates(d.Context(), "info@lab.test")
		if err != nil || len(own) != 1 || len(chain) != 2 || !own[0].Equal(c.Keys[0].Certificates[0]) {
			d.Errorf("%d certificates for those who kept their key, %v", len(own), err)
		}
		if _, err := d.KitContents(d.Context(), "nobody@lab.test"); err == nil {
			d.Error("nobody has a kit")
		}
	})
}

// AUTHORITY 41: profiles are signed by a key of the house, with a certificate that is made once and made anew in its last month.
func TestTheHouseSignsProfilesWithAKeyOfItsOwn(t *testing.T) {
	eachDesk(t, func(d *desk) {
		d.issue("person:ada", "ada@lab.test", "signing")
		profile := func() *kit.Profile {
			d.Helper()
			p, err := d.KitProfile(d.Context(), "ada@lab.test", "test")
			if err != nil {
				d.Fatal(err)
			}
			return p
		}
		first := profile()
		if first.Organisation != "Lab" || first.Identifier != "test.lab.smime" || len(first.Chain) != 2 || !alg.SameKey(first.Key.Public(), first.Certificate.PublicKey) {
			d.Errorf("%+v", first)
		}
		if again := profile(); !again.Certificate.Equal(first.Certificate) {
			d.Error("a second certificate was made")
		}
		d.now = first.Certificate.NotAfter.AddDate(0, 0, -10)
		later := profile()
		if later.Certificate.Equal(first.Certificate) {
			d.Error("the certificate was not made anew in its last month")
		}
		d.CA.PublicTrust = true
		if _, err := d.KitProfile(d.Context(), "ada@lab.test", "test"); err == nil || !strings.Contains(err.Error(), "--signer") {
			d.Errorf("a house under public trust issues to itself: %v", err)
		}
		c, err := d.KitContents(d.Context(), "ada@lab.test")
		if err != nil {
			d.Fatal(err)
		}
		k, err := d.Kit.Make(d.Context(), c, kit.Options{Form: kit.Apple, Profile: later, Now: d.now, By: "test"})
		if err != nil {
			d.Fatal(err)
		}
		if s, err := kit.Show(k.File, nil); err != nil || !s.SignedOK || len(s.Parts) != 3 {
			d.Errorf("%+v, %v", s, err)
		}
	})
}
