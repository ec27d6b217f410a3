package server

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

// openKit opens the counter where people fetch their kits.
func (h *House) openKit() {
	h.Kit = &kit.Maker{Keys: h.Vault}
	h.Deliveries = &kit.Deliveries{Log: h.Log}
}

// errNoKit says that an address has nothing to make a kit of.
var errNoKit = errors.New("server: there is nothing to make a kit of")

// KitContents gathers what belongs in the kit of an address: of whoever holds it now, and of nobody who held it before. Keys that
// their owner made and kept are not here; such a person gets the certificates alone.
func (h *House) KitContents(ctx context.Context, address string) (c kit.Contents, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := ca.Find(tx, ca.Query{Address: address, State: ca.Valid, Limit: 1000})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%w: no certificate was issued for %s", errNoKit, address)
		}
		c, err = h.contents(tx, address, ofHolder(list))
		return err
	})
	return c, err
}

// KitOf gathers the kit of these certificates and no others. They are named by their bytes.
func (h *House) KitOf(ctx context.Context, certificates []*pki.Certificate) (c kit.Contents, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		var list []*ca.Certificate
		address := ""
		for _, x := range certificates {
			print := x.Fingerprint()
			found, err := ca.Find(tx, ca.Query{Fingerprint: hex.EncodeToString(print[:]), State: ca.Valid})
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return fmt.Errorf("%w: the certificate of %s was not issued here", errNoKit, x.Subject.Display())
			}
			list = append(list, found...)
			if mails := x.Emails(); address == "" && len(mails) > 0 {
				address = mails[0].Address
			}
		}
		c, err = h.contents(tx, address, list)
		return err
	})
	return c, err
}

// ofHolder leaves those of the holder of the newest: an address can pass from one person to another, and keys must not.
func ofHolder(list []*ca.Certificate) (own []*ca.Certificate) {
	now := list[len(list)-1].Holder
	for _, c := range list {
		if c.Holder == now {
			own = append(own, c)
		}
	}
	return own
}

// contents finds the keys of certificates, and the authorities above.
func (h *House) contents(tx *db.Tx, address string, list []*ca.Certificate) (kit.Contents, error) {
	c := kit.Contents{Address: address}
	var owned []kit.Owned
	authorities := map[string]bool{}
	for _, row := range list {
		x, err := row.Parsed()
		if err != nil {
			return c, err
		}
		key, err := h.Vault.KeyByPublic(tx, row.SPKI)
		if errors.Is(err, vault.ErrNoKey) {
			continue
		}
		if err != nil {
			return c, err
		}
		status, err := ca.Status(tx, row.ID)
		if err != nil {
			return c, err
		}
		owned = append(owned, kit.Owned{Key: key.ID, Certificate: x, Revoked: status.Counts()})
		if authorities[row.Authority] {
			continue
		}
		authorities[row.Authority] = true
		if c.Chain, err = above(tx, row.Authority, c.Chain); err != nil {
			return c, err
		}
	}
	if c.Keys = kit.Gather(owned, tx.Now); len(c.Keys) == 0 {
		return c, fmt.Errorf("%w: the vault has no key for %s that is in use or decrypts; if its owner made the key, the certificate is all there is to give", errNoKit, address)
	}
	c.Name = c.Keys[0].Certificates[0].Subject.Display()
	return c, nil
}

// above adds an authority and those above it to a chain, each once.
func above(tx *db.Tx, authority string, chain []*pki.Certificate) ([]*pki.Certificate, error) {
	a, err := ca.GetAuthority(tx, authority)
	if err != nil {
		return nil, err
	}
	for _, raw := range append([][]byte{a.Certificate}, a.Chain...) {
		x, err := pki.ParseCertificate(raw)
		if err != nil {
			return nil, err
		}
		known := false
		for _, old := range chain {
			known = known || old.Equal(x)
		}
		if !known {
			chain = append(chain, x)
		}
	}
	return chain, nil
}

// profilesOwner is whose key it is that signs profiles for Apple's devices.
const profilesOwner = "house:profiles"

// KitProfile gives what signs the profiles of this house: a key in the vault with a certificate for the organisation of the issuing
// authority. It is made at first use, for the mailbox pki in the domain of the address, and made anew in its last month. A house that is
// bound by the S/MIME Baseline Requirements issues nothing to itself without proofs, and has to bring a certificate.
func (h *House) KitProfile(ctx context.Context, address, by string) (*kit.Profile, error) {
	if h.CA.PublicTrust {
		return nil, errors.New("server: profiles need a signer: this house is bound by the S/MIME Baseline Requirements and issues nothing to itself without proofs (§3.2);" +
			" apply for a certificate of the organisation, and name it with --signer FILE")
	}
	row, err := h.profileCertificate(ctx, address, by)
	if err != nil {
		return nil, fmt.Errorf("server: a certificate that signs profiles: %w", err)
	}
	p := &kit.Profile{Organisation: "Waxwing"}
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		if p.Certificate, err = row.Parsed(); err != nil {
			return err
		}
		p.Chain, err = above(tx, row.Authority, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Organisation = cmp.Or(p.Certificate.Subject.Organization(), p.Certificate.Subject.Display())
	_, domain, _ := strings.Cut(address, "@")
	p.Identifier = reversed(domain) + ".smime"
	p.Key, err = h.Vault.Signer(ctx, row.Reference[strings.LastIndexByte(row.Reference, '/')+1:])
	return p, err
}

// profileCertificate finds the certificate that signs profiles, or has one issued. Its Reference ends with the id of its key.
func (h *House) profileCertificate(ctx context.Context, address, by string) (found *ca.Certificate, err error) {
	var ready *ca.Ready
	err = h.DB.Write(ctx, func(tx *db.Tx) error {
		found, ready = nil, nil
		list, err := ca.Find(tx, ca.Query{Holder: profilesOwner, State: ca.Valid, Limit: 1000})
		if err != nil {
			return err
		}
		for _, c := range list {
			status, err := ca.Status(tx, c.ID)
			if err != nil {
				return err
			}
			if !status.Counts() && c.NotAfter.After(tx.Now.AddDate(0, 1, 0)) {
				found = c
			}
		}
		if found != nil {
			return nil
		}
		ready, err = h.prepareProfileCertificate(tx, address, by)
		return err
	})
	if err != nil || ready == nil {
		return found, err
	}
	issued, err := h.CA.Issue(ctx, h.DB, ready)
	if err != nil {
		return nil, err
	}
	return issued.Certificate, nil
}

func (h *House) prepareProfileCertificate(tx *db.Tx, address, by string) (*ca.Ready, error) {
	_, domain, _ := strings.Cut(address, "@")
	key, err := h.Vault.Generate(tx, vault.Spec{Purpose: vault.Mail, Owner: profilesOwner, Label: "signs profiles", By: by})
	if err != nil {
		return nil, err
	}
	o := ca.Order{Profile: "organization-private-signing", Addresses: []string{"pki@" + domain}, SPKI: key.SPKI, Own: true,
		Holder: profilesOwner, Reference: profilesOwner + "/" + key.ID, By: by, Approvers: []string{by}}
	authorities, err := ca.Authorities(tx)
	if err != nil {
		return nil, err
	}
	for _, a := range authorities {
		if a.Type == ca.IssuingCA && a.State == ca.AuthorityActive {
			x, err := a.Parsed()
			if err != nil {
				return nil, err
			}
			o.Subject.Organization = x.Subject.Organization()
		}
	}
	return h.CA.Prepare(tx, o)
}

// reversed is a domain in reverse order: org.example.
func reversed(domain string) string {
	labels := strings.Split(domain, ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".")
}
