package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
)

// Register enters the authorities that a ceremony made with keys of this house, so that it can sign their lists, and issue by those that are no
// roots. keyIDs has the keys by their names in the script. The authorities are called as their keys, and that is their ID too: it stands in
// the addresses of their lists.
func (c *CA) Register(tx *db.Tx, s *Script, out *Ceremony, keyIDs map[string]string, by string) error {
	if err := c.AddBuiltin(tx, by); err != nil {
		return err
	}
	if err := setPublicTrust(tx, s.Public); err != nil {
		return err
	}
	for _, step := range s.Steps {
		if step.Key == "" {
			continue
		}
		cert, err := pki.ParseCertificate(out.Files[step.File])
		if err != nil {
			return err
		}
		a := &Authority{ID: step.Key, Name: step.Key, Type: Type(step.Do), State: AuthorityActive, Parent: step.Issuer, KeyID: keyIDs[step.Key], Certificate: cert.Raw,
			Shards: max(1, step.Shards), NotAfter: cert.NotAfter, Created: tx.Now}
		a.setURLs(step.URL)
		if err := c.addAuthority(tx, a, cert, by, "ceremony "+out.Hash); err != nil {
			return err
		}
	}
	return nil
}

func (a *Authority) setURLs(base string) {
	if base != "" {
		a.CRLURL, a.IssuerURL, a.OCSPURL = base+"/crl/{authority}-{shard}.crl", base+"/ca/{authority}.cer", base+"/ocsp"
	}
}

// addAuthority stores an authority that was certified elsewhere.
func (c *CA) addAuthority(tx *db.Tx, a *Authority, cert *pki.Certificate, by, why string) error {
	if err := insertAuthority(tx, a, cert.RawSPKI); err != nil {
		return fmt.Errorf("enter the authority %s: %w", a.Name, err)
	}
	_, err := c.Log.Append(tx, audit.Entry{Who: by, What: "authority.registered", Object: "authority:" + a.ID,
		Details: fmt.Appendf(nil, `{"sha256":%q,"why":%q}`, hexSum(cert.Raw), why)})
	return err
}

// Request plans an issuing authority whose certificate an offline root is to make, and returns the PKCS#10 that proves possession of its key.
// Asked again, it returns another request for the same key.
func (c *CA) Request(ctx context.Context, d *db.DB, o InitOptions) ([]byte, error) {
	o.setDefaults()
	var a *Authority
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := newestIssuing(tx); !errors.Is(err, db.ErrNone) {
			return errors.Join(err, map[bool]error{true: ErrInitialised}[err == nil])
		}
		if err := errors.Join(setPublicTrust(tx, c.PublicTrust), c.AddBuiltin(tx, o.By)); err != nil {
			return err
		}
		if _, err := c.plan(tx, &o, IssuingCA, ""); err != nil {
			return err
		}
		var err error
		a, err = GetAuthority(tx, "issuing")
		return err
	})
	if err != nil {
		return nil, err
	}
	signer, err := c.Keys.Signer(ctx, a.KeyID)
	if err != nil {
		return nil, err
	}
	return pki.CreateRequest(pki.RequestTemplate{}, signer)
}

// Install gives the planned authority its certificate, which comes with all above it up to a root. The root is entered under a name,
// without a key: its lists are made where the key is.
func (c *CA) Install(tx *db.Tx, chain []*pki.Certificate, root, by string) error {
	a, err := GetAuthority(tx, "issuing")
	if err != nil || a.State != AuthorityPlanned {
		return errors.Join(errors.New("no authority is planned: make its request with waxwing ca request"), err)
	}
	spki, err := authoritySPKI(tx, a.ID)
	if err != nil {
		return err
	}
	if len(chain) != 2 || !bytes.Equal(chain[0].RawSPKI, spki) || !chain[1].SelfIssued() {
		return errors.New("give two certificates: the one for the request of this house, and the root above it")
	}
	for _, cert := range chain {
		if err := cert.CheckSignatureFrom(chain[1], alg.Allow{}); err != nil {
			return fmt.Errorf("the certificate of %s: %w", cert.Subject.Display(), err)
		}
		o := lint.Options{At: tx.Now, Issuer: chain[1], Regime: map[bool]lint.Regime{true: lint.Public, false: lint.Private}[c.PublicTrust]}
		if _, no := c.judge(lint.Certificate(cert, o)); no.err() != nil {
			return no
		}
	}
	top := &Authority{ID: root, Name: root, Type: RootCA, State: AuthorityActive, Certificate: chain[1].Raw, Shards: 1, NotAfter: chain[1].NotAfter, Created: tx.Now}
	if err := c.addAuthority(tx, top, chain[1], by, "installed"); err != nil {
		return err
	}
	if err := installCertificate(tx, a.ID, root, chain[0].Raw, chain[0].NotAfter); err != nil {
		return err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: by, What: "authority.installed", Object: "authority:" + a.ID, Details: fmt.Appendf(nil, `{"sha256":%q}`, hexSum(chain[0].Raw))})
	return err
}
