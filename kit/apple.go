package kit

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"howett.net/plist"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

// Profile is who signs the profiles for Apple's devices, and what they set beside certificates.
type Profile struct {
	Organisation string             // shown to the person before the installation; required
	Identifier   string             // in reverse domain order, as org.example.smime; a profile with the same one is replaced. Required
	Key          crypto.Signer      // signs; required
	Certificate  *pki.Certificate   // of Key
	Chain        []*pki.Certificate // above it
	Mail         *MailServer        // nil sets up no account: the person turns S/MIME on in the settings
}

// payload is a part of a configuration profile, or the whole (Apple, Device Management, "CommonPayloadKeys").
type payload map[string]any

// The types of payloads.
const (
	typeProfile      = "Configuration"
	typeRoot         = "com.apple.security.root"
	typeIntermediate = "com.apple.security.pkcs1"
	typeIdentity     = "com.apple.security.pkcs12"
	typeMail         = "com.apple.mail.managed"
	typeExchange     = "com.apple.eas.account"
)

// profile makes a signed .mobileconfig: the roots, the intermediates, an identity for each key, and the account.
func (m *Maker) profile(ctx context.Context, c Contents, o Options, p Password) ([]byte, error) {
	if o.Profile == nil || o.Profile.Key == nil || o.Profile.Certificate == nil || o.Profile.Organisation == "" || o.Profile.Identifier == "" {
		return nil, errors.New("a profile for Apple's devices is signed: Options.Profile needs an organisation, an identifier, a key and its certificate")
	}
	a := &assembly{order: o.Profile, contents: c, now: o.Now}
	for _, x := range c.Chain {
		a.authority(x)
	}
	for _, h := range c.Keys {
		// Apple takes one identity out of a file, so each key has its own; old Apples read the old protection only.
		file, err := m.Keys.PKCS12(ctx, o.By, []vault.IdentityRef{c.identity(h, nil)}, keyfile.PKCS12Options{Password: []byte(p.text), Compatible: true})
		if err != nil {
			return nil, err
		}
		a.identity(h, file)
	}
	if o.Profile.Mail != nil {
		a.account()
	}
	var text bytes.Buffer
	e := plist.NewEncoder(&text)
	e.Indent("\t")
	if err := e.Encode(a.whole()); err != nil {
		return nil, err
	}
	return o.Profile.sign(text.Bytes(), o.Now)
}

// sign wraps a profile in a SignedData, as Apple wants it: the content inside, DER, with the way up.
func (p *Profile) sign(content []byte, now time.Time) ([]byte, error) {
	o := cms.SignedOptions{Signers: []cms.SignerOptions{{Certificate: p.Certificate, Key: p.Key, SigningTime: now}},
		Certificates: append([]*pki.Certificate{p.Certificate}, p.Chain...)}
	d, err := cms.NewDigests(o)
	if err != nil {
		return nil, err
	}
	d.Write(content)
	s, err := cms.Sign(o, d)
	if err != nil {
		return nil, fmt.Errorf("sign the profile: %w", err)
	}
	var out bytes.Buffer
	err = s.Write(&out, bytes.NewReader(content))
	return out.Bytes(), err
}

// assembly collects the parts of one profile.
type assembly struct {
	order    *Profile
	contents Contents
	now      time.Time
	parts    []payload

	signing, encryption any // UUIDs of the identities in use; nil: none
}

// part is the common head of a part. Its identifiers follow from what it holds, so that a profile made again replaces the old
// one part by part.
func (a *assembly) part(kind, name, description string, of []byte) payload {
	id := uuid(kind, of)
	return payload{"PayloadType": kind, "PayloadVersion": 1, "PayloadIdentifier": a.order.Identifier + "." + id, "PayloadUUID": id,
		"PayloadDisplayName": name, "PayloadDescription": description, "PayloadOrganization": a.order.Organisation}
}

// certificate adds a certificate or an identity. The password stays out of the profile; the device asks for it.
func (a *assembly) certificate(p payload, file string, content []byte) {
	p["PayloadCertificateFileName"], p["PayloadContent"] = file, content
	a.parts = append(a.parts, p)
}

func (a *assembly) authority(c *pki.Certificate) {
	kind, text := typeIntermediate, "Certificate of the authority below the root"
	if c.SelfIssued() {
		kind, text = typeRoot, "Certificate of the root authority"
	}
	a.certificate(a.part(kind, c.Subject.Display(), text, c.Raw), "authority.cer", c.Raw)
}

func (a *assembly) identity(h Held, file []byte) {
	c := h.Certificates[0]
	part := a.part(typeIdentity, a.contents.label(c), "Key and certificate for "+a.contents.Address, c.Raw)
	a.certificate(part, "identity.p12", file)
	if a.now.After(c.NotAfter) {
		return
	}
	if a.signing == nil && canSign(c) {
		a.signing = part["PayloadUUID"]
	}
	if a.encryption == nil && canDecrypt(c) {
		a.encryption = part["PayloadUUID"]
	}
}

func (a *assembly) whole() payload {
	p := a.part(typeProfile, a.order.Organisation+": S/MIME for "+a.contents.Address, "Signs and opens the mail of "+a.contents.Address+".", []byte(a.contents.Address))
	p["PayloadScope"] = "User" // on a Mac: not the whole machine's
	p["PayloadRemovalDisallowed"] = false
	p["PayloadContent"] = a.parts
	return p
}

// uses says in a word what a key is for.
func uses(c *pki.Certificate) string {
	switch {
	case canSign(c) && canDecrypt(c):
		return "signing and encryption"
	case canSign(c):
		return "signing"
	}
	return "encryption"
}

// uuid is a name made of what it names: RFC 9562 §5.8, version 8.
func uuid(kind string, of []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "waxwing kit %s\x00", kind)
	h.Write(of)
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
