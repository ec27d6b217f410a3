package cms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Authenticated is an AuthenticatedData as it is read (RFC 5652 §9): a content in the clear with a
// MAC that every recipient could have made. The attributes are known after Verify.
type Authenticated struct {
	Version                int
	OriginatorCertificates []*pki.Certificate
	OriginatorCRLs         []*pki.CRL
	Recipients             []*Recipient
	MAC                    alg.Identifier
	Digest                 alg.Identifier // zero when absent
	ContentType            der.OID
	Detached               bool

	AuthAttributes []Attribute
	Attributes     []Attribute // unauthenticated

	Findings []finding.Finding

	object
	originator *CertificateSet // nil when absent
	content    io.Reader       // nil when detached
}

// Type returns id-ct-authData.
func (a *Authenticated) Type() der.OID { return alg.OIDAuthenticatedData }

func (a *Authenticated) read() (err error) {
	if err := a.r.Enter(der.Sequence); err != nil {
		return err
	}
	if a.Version, err = a.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	set, err := a.readOriginatorInfo(&a.Findings)
	if err != nil {
		return err
	}
	if a.originator = set; set != nil {
		a.OriginatorCertificates, a.OriginatorCRLs = set.Certificates, set.CRLs
	}
	if a.Recipients, err = a.readRecipients(); err != nil {
		return err
	}
	if a.MAC, err = a.algorithm(); err != nil {
		return fmt.Errorf("MAC algorithm: %w", err)
	}
	if ok, err := a.at(der.Context(1)); err != nil {
		return err
	} else if ok {
		if err := a.parse(func(c *der.Cursor) { a.Digest = readImplicitIdentifier(c.Enter(der.Context(1))) }); err != nil {
			return fmt.Errorf("digest algorithm: %w", err)
		}
	}
	a.ContentType, a.content, err = a.readContent()
	a.Detached = a.content == nil
	return err
}

// Verify copies the content to w and checks its MAC with a key that o.Keys holds. w is a quarantine
// as in Enveloped.Decrypt, and the errors are the same.
func (a *Authenticated) Verify(ctx context.Context, w io.Writer, o DecryptOptions) error {
	m, err := alg.MACOf(a.MAC)
	if err != nil {
		return err
	}
	if a.Detached {
		return ErrDetached
	}
	key, err := o.contentKey(a.object, a.Recipients, a.OriginatorCertificates, 0)
	if err != nil {
		return err
	}
	known := key != nil
	mac, err := m.New(key)
	if err != nil {
		known = false
		if mac, err = m.New(m.NewKey()); err != nil { // ends as a wrong key does
			return err
		}
	}
	d := &Digests{}
	h, hashErr := alg.HashOf(a.Digest)
	if hashErr == nil {
		d.add(h)
	}
	if _, err := io.Copy(contextWriter{ctx, io.MultiWriter(w, d, mac)}, a.content); err != nil {
		return err
	}
	tag, set, err := a.readBehind()
	if err != nil {
		return err
	}
	if set != nil {
		mac.Reset()
		mac.Write(set) // RFC 5652 §9.2: the attributes, with an EXPLICIT SET OF tag
	}
	if err := a.check(set != nil, h, d); err != nil {
		o.tell(nil, err)
		return ErrDecrypt
	}
	if !hmac.Equal(mac.Sum(nil), tag) || !known {
		o.tell(nil, alg.ErrDecrypt)
		return ErrDecrypt
	}
	return nil
}

// readBehind reads what stands behind the content.
func (a *Authenticated) readBehind() (tag, set []byte, err error) {
	if err := a.leaveContent(true); err != nil {
		return nil, nil, err
	}
	if a.AuthAttributes, set, err = a.attributes(2); err != nil {
		return nil, nil, err
	}
	if err := a.parse(func(c *der.Cursor) { tag = c.OctetString() }); err != nil {
		return nil, nil, fmt.Errorf("MAC: %w", err)
	}
	if a.Attributes, _, err = a.attributes(3); err != nil {
		return nil, nil, err
	}
	trailing, err := a.end(3)
	if trailing {
		a.note(finding.New(finding.CMSTrailing))
	}
	if want := a.rightVersion(); a.Version != want {
		a.note(finding.New(finding.CMSVersion).Because("authenticated data says %d and is %d", a.Version, want))
	}
	return tag, set, err
}

func (a *Authenticated) note(f finding.Finding) { a.Findings = append(a.Findings, f) }

// rightVersion returns the version that the contents ask for (RFC 5652 §9.1; STANDARDS item 32).
func (a *Authenticated) rightVersion() int {
	switch {
	case a.originator == nil:
		return 0
	case a.originator.other:
		return 3
	case a.originator.v2Attribute:
		return 1
	}
	return 0
}

var errPairing = errors.New("digest algorithm and authenticated attributes belong together")

// check applies RFC 5652 §9.2: with attributes there is a digest, and they hold it; without, there is neither (STANDARDS item 4).
func (a *Authenticated) check(attributes bool, h *alg.Hash, d *Digests) error {
	if attributes != (a.Digest.OID != "") {
		a.note(finding.New(finding.CMSDigestUnpaired))
		return errPairing
	}
	if !attributes {
		if a.ContentType != alg.OIDData {
			return errContentType
		}
		return nil
	}
	if err := checkAuthAttributes(a.AuthAttributes, a.ContentType); err != nil {
		a.note(finding.New(finding.CMSAuthAttributes).Because("%v", err))
		return err
	}
	at, ok := find(a.AuthAttributes, alg.OIDMessageDigest)
	if !ok || len(at.Values) != 1 || h == nil {
		return errors.New("the digest is missing or unknown")
	}
	c := der.NewCursor(at.Values[0])
	named := c.OctetString()
	sum, _ := d.Sum(h)
	if c.Done() != nil || !bytes.Equal(named, sum) {
		return errors.New("the content has another digest")
	}
	return nil
}
