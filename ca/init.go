package ca

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// InitOptions describe a new house. The zero value of what is not required asks nobody anything.
type InitOptions struct {
	// Generate makes the key of an authority and keeps it. algorithm is one of Profile.Keys, such as "P-384"; owner is "authority:01J...".
	// Required.
	Generate func(tx *db.Tx, algorithm, owner, label string) (keyID string, spki []byte, err error)
	By       string // who does it, for the log; required

	Name         string   // before "Root CA" and "Issuing CA" in the common names; empty: Organization
	Organization string   // empty: Name, else "Private"
	Country      string   // of ISO 3166-1; empty: XX, which stands for none (S/MIME BR §7.1.4.2.2n)
	URL          string   // http address below which CRLs, certificates and the responder are found; empty: http://localhost
	Root         string   // kind of the root's key; empty: P-384
	Issuing      string   // of the issuing authority's; empty: P-256
	RootProfile  string   // empty: root
	Profile      string   // of the issuing authority; empty: issuing
	Shards       int      // of the issuing authority's CRL; zero: 1
	PolicyArc    string   // dotted; own policies of certificates begin so; empty: none
	Approvers    []string // who approved; empty: By
}

func (o *InitOptions) setDefaults() {
	if o.Organization == "" {
		o.Organization = o.Name // what an authority is called is what recipients are told
	}
	for _, x := range []struct {
		field *string
		value string
	}{
		{&o.Organization, "Private"}, {&o.Country, "XX"}, {&o.URL, "http://localhost"}, {&o.Root, "P-384"}, {&o.Issuing, "P-256"},
		{&o.RootProfile, "root"}, {&o.Profile, "issuing"},
	} {
		if *x.field == "" {
			*x.field = x.value
		}
	}
	if o.Name == "" {
		o.Name = o.Organization
	}
	if o.Approvers == nil {
		o.Approvers = []string{o.By}
	}
	o.Shards, o.URL = max(1, o.Shards), strings.TrimRight(o.URL, "/")
}

// ErrInitialised says that the house has an authority that issues.
var ErrInitialised = errors.New("ca: there is an authority here already")

// PublicTrust reports whether the house was made to be bound by the S/MIME Baseline Requirements, for CA.PublicTrust.
func PublicTrust(tx *db.Tx) (bool, error) { return publicTrust(tx) }

// Init makes a root and an issuing authority under it, and the profiles that every house begins with. If it was interrupted, it
// goes on where it stopped.
func (c *CA) Init(ctx context.Context, d *db.DB, o InitOptions) (root, issuing *Authority, err error) {
	o.setDefaults()
	var rootOrder, issuingOrder Order
	err = d.Write(ctx, func(tx *db.Tx) error {
		if _, err := newestIssuing(tx); !errors.Is(err, db.ErrNone) {
			return errors.Join(err, map[bool]error{true: ErrInitialised}[err == nil])
		}
		if err := setPublicTrust(tx, c.PublicTrust); err != nil {
			return err
		}
		if err := c.AddBuiltin(tx, o.By); err != nil {
			return err
		}
		if rootOrder, err = c.plan(tx, &o, RootCA, ""); err != nil {
			return err
		}
		issuingOrder, err = c.plan(tx, &o, IssuingCA, rootOrder.Authority)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	for _, order := range []Order{rootOrder, issuingOrder} {
		var ready *Ready
		if err := d.Write(ctx, func(tx *db.Tx) (err error) { ready, err = c.Prepare(tx, order); return err }); err != nil {
			return nil, nil, err
		}
		if _, err := c.Issue(ctx, d, ready); err != nil {
			return nil, nil, err
		}
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		if root, err = GetAuthority(tx, "root"); err != nil {
			return err
		}
		issuing, err = GetAuthority(tx, "issuing")
		return err
	})
	return root, issuing, err
}

// plan makes the row and the key of an authority that has no certificate yet, or finds those of an earlier try, and returns the order
// of the certificate.
func (c *CA) plan(tx *db.Tx, o *InitOptions, t Type, parent string) (Order, error) {
	name, profile, algorithm, shards, title := "root", o.RootProfile, o.Root, 1, "Root CA"
	if t == IssuingCA {
		name, profile, algorithm, shards, title = "issuing", o.Profile, o.Issuing, o.Shards, "Issuing CA"
	}
	a, err := GetAuthority(tx, name)
	var spki []byte
	switch {
	case errors.Is(err, db.ErrNone):
		a = &Authority{ID: tx.NewID(), Name: name, Type: t, State: AuthorityPlanned, Parent: parent, Shards: shards, Created: tx.Now, PolicyArc: o.PolicyArc}
		a.setURLs(o.URL)
		if a.KeyID, spki, err = o.Generate(tx, algorithm, "authority:"+a.ID, o.Name+" "+title); err != nil {
			return Order{}, fmt.Errorf("make the key of the authority %s: %w", name, err)
		}
		if err := insertAuthority(tx, a, spki); err != nil {
			return Order{}, err
		}
		_, err = c.Log.Append(tx, audit.Entry{Who: o.By, What: "authority.planned", Object: "authority:" + a.ID})
	case err == nil:
		spki, err = authoritySPKI(tx, a.ID)
	}
	order := Order{Profile: profile, Authority: a.ID, SPKI: spki, Own: true, Holder: "authority:" + a.ID, Reference: "authority:" + a.ID, By: o.By, Approvers: o.Approvers,
		Subject: Subject{Country: o.Country, Organization: o.Organization, CommonName: o.Name + " " + title}}
	if parent != "" {
		order.Authority = parent
	}
	return order, err
}
