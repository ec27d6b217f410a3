package ca

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// responder is a key that may sign the answers of an authority.
type responder struct {
	keyID               string
	cert                *pki.Certificate
	notBefore, notAfter time.Time
	delegated           bool // the certificate is sent along
}

// respondersOf lists who may sign for an authority, each in its time: the responders, the one that lives longest first, then the authority
// itself if its key is here and may sign more than certificates.
func respondersOf(tx *db.Tx, a *Authority, cert *pki.Certificate) (list []*responder, err error) {
	rows, err := responderRows(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		cert, err := pki.ParseCertificate(r.Certificate)
		if err != nil {
			return nil, fmt.Errorf("the responder %s: %w", r.ID, err)
		}
		list = append(list, &responder{keyID: r.KeyID, cert: cert, notBefore: r.NotBefore, notAfter: r.NotAfter, delegated: true})
	}
	if a.KeyID != "" && cert.Allows(pki.DigitalSignature) {
		list = append(list, &responder{keyID: a.KeyID, cert: cert, notBefore: cert.NotBefore, notAfter: cert.NotAfter})
	}
	return list, nil
}

// usable are the responders that may sign at a moment.
func (a *known) usable(at time.Time) (list []*responder) {
	for _, r := range a.responders {
		if !at.Before(r.notBefore) && at.Before(r.notAfter) {
			list = append(list, r)
		}
	}
	return list
}

// trusts reports whether the signer of a kept answer may still speak: one that was retired may not.
func (a *known) trusts(k *keptAnswer) bool {
	return slices.ContainsFunc(a.responders, func(r *responder) bool { return r.keyID == k.signer })
}

// StoredResponder is a delegated responder of an authority (RFC 6960 §4.2.2.2).
type StoredResponder struct {
	ID          string
	Authority   string // id
	KeyID       string // for Keys
	Certificate []byte // DER
	NotBefore   time.Time
	NotAfter    time.Time
}

// Responders lists the responders of an authority that are not retired, the one that lives longest first.
func Responders(tx *db.Tx, authority string) ([]*StoredResponder, error) {
	return responderRows(tx, authority)
}

// ResponderOptions say how a responder is made.
type ResponderOptions struct {
	// Generate makes its key and keeps it, as InitOptions.Generate does. Required.
	Generate  func(tx *db.Tx, algorithm, owner, label string) (keyID string, spki []byte, err error)
	Algorithm string // of its key; empty: P-256
	Profile   string // empty: responder
	By        string // for the log; required
	Force     bool   // make one even if the newest lives long enough
}

// RenewResponder makes a new responder for an authority when the newest has little time left, or there is none; nil: the newest lives
// long enough. The old one goes on answering for what it signed, so there is no gap: both are good until the old one expires.
func (c *CA) RenewResponder(ctx context.Context, d *db.DB, authority string, o ResponderOptions) (*StoredResponder, error) {
	if o.Algorithm == "" {
		o.Algorithm = "P-256"
	}
	if o.Profile == "" {
		o.Profile = "responder"
	}
	var ready *Ready
	var r *StoredResponder
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		r, ready, err = c.planResponder(tx, authority, o)
		return err
	})
	if err != nil || ready == nil {
		return nil, err
	}
	issued, err := c.Issue(ctx, d, ready)
	if err != nil {
		return nil, fmt.Errorf("issue the certificate of a responder: %w", err)
	}
	r.Certificate, r.NotBefore, r.NotAfter = issued.DER, issued.NotBefore, issued.NotAfter
	return r, d.Write(ctx, func(tx *db.Tx) error { return c.addResponder(tx, r, o.By) })
}

// planResponder makes the key and prepares the certificate, if it is time.
func (c *CA) planResponder(tx *db.Tx, authority string, o ResponderOptions) (*StoredResponder, *Ready, error) {
	a, err := GetAuthority(tx, authority)
	if err != nil {
		return nil, nil, err
	}
	list, err := responderRows(tx, a.ID)
	if err != nil {
		return nil, nil, err
	}
	left := c.Times.orDefaults().ResponderLeft
	if len(list) > 0 && list[0].NotAfter.Sub(tx.Now) > left && !o.Force {
		return nil, nil, nil
	}
	issuer, err := a.Parsed()
	if err != nil {
		return nil, nil, err
	}
	r := &StoredResponder{ID: tx.NewID(), Authority: a.ID}
	var spki []byte
	if r.KeyID, spki, err = o.Generate(tx, o.Algorithm, "responder:"+r.ID, "OCSP responder of "+a.Name); err != nil {
		return nil, nil, fmt.Errorf("make the key of a responder: %w", err)
	}
	name := issuer.Subject
	ready, err := c.Prepare(tx, Order{Profile: o.Profile, Authority: a.ID, SPKI: spki, Own: true, Holder: "responder:" + r.ID, Reference: "responder:" + r.ID, By: o.By, Approvers: []string{o.By},
		Subject: Subject{Country: name.Country(), Organization: name.Organization(), CommonName: responderName(name.CommonName(), tx.Now)}})
	return r, ready, err
}

// responderName fits into the 64 characters of a common name (RFC 5280 Appendix A.1).
func responderName(authority string, at time.Time) string {
	tail := " OCSP " + at.Format("2006-01-02")
	runes := []rune(authority)
	return string(runes[:min(len(runes), 64-len(tail))]) + tail
}

// addResponder looks at a responder, and lets it answer.
func (c *CA) addResponder(tx *db.Tx, r *StoredResponder, by string) error {
	a, err := GetAuthority(tx, r.Authority)
	if err != nil {
		return err
	}
	issuer, err := a.Parsed()
	if err != nil {
		return err
	}
	cert, err := pki.ParseCertificate(r.Certificate)
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains(cert.ExtKeyUsage, alg.OIDUsageOCSPSigning):
		return errors.New("ca: the certificate of a responder names the purpose OCSPSigning (RFC 6960 §4.2.2.2)")
	case !cert.OCSPNoCheck:
		return errors.New("ca: the certificate of a responder has id-pkix-ocsp-nocheck (S/MIME BR §4.9.9)")
	case string(cert.RawIssuer) != string(issuer.RawSubject):
		return errors.New("ca: the certificate of a responder is issued by the authority it answers for (RFC 6960 §4.2.2.2)")
	}
	if err := cert.CheckSignatureFrom(issuer, alg.Allow{}); err != nil {
		return err
	}
	if err := insertResponder(tx, r); err != nil {
		return err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: by, What: "responder.added", Object: "authority:" + a.ID, Details: fmt.Appendf(nil, `{"responder":%q}`, r.ID)})
	return err
}

// RetireResponder stops a responder from signing, as when its key is lost.
func (c *CA) RetireResponder(tx *db.Tx, id, by string) error {
	retired, err := retireResponder(tx, id)
	if err != nil {
		return err
	}
	if !retired {
		return fmt.Errorf("there is no responder %s: %w", id, db.ErrNone)
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: by, What: "responder.retired", Object: "responder:" + id})
	return err
}
