package kit

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"howett.net/plist"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// Shown is what is in a kit, without its secrets.
type Shown struct {
	Kind       string      // "pkcs12", "profile" or "certificates"
	Protection *Protection // of a pkcs12
	Locked     bool        // a pkcs12 whose password was not given: what it holds is not known
	Keys       []ShownKey
	Chain      []*pki.Certificate // that belong to no key in it

	Signer   *pki.Certificate // of a profile; nil: not signed, or by nobody that is named
	SignedOK bool             // the signature is that of Signer; whether to trust it is another question
	Parts    []ShownPart      // of a profile
}

// ShownKey is one private key.
type ShownKey struct {
	Name         string // what programs show
	Kind         string // "P-256"
	Certificates []*pki.Certificate
}

// ShownPart is one payload of a profile.
type ShownPart struct {
	Type       string
	Name       string
	UUID       string
	Protection *Protection      // of an identity
	Content    *pki.Certificate // of a certificate
	Signing    string           // of an account: UUID of the identity that signs
	Encryption string           // and of the one for encryption
}

// Show reads a kit of any form. The password may be nil: then a PKCS#12 file tells how it is protected and no more. A password that
// does not fit is a *keyfile.PasswordError.
func Show(file []byte, password *Password) (*Shown, error) {
	if c, err := cms.Read(bytes.NewReader(file), limit.New(limit.Limits{})); err == nil {
		if s, ok := c.(*cms.Signed); ok {
			return showSigned(s)
		}
	}
	p, err := ReadProtection(file)
	if errors.Is(err, errNotPKCS12) {
		return showOpen(file, nil)
	}
	if err != nil {
		return nil, err
	}
	if password == nil {
		return &Shown{Kind: "pkcs12", Protection: &p, Locked: true}, nil
	}
	s, err := showOpen(file, []byte(password.text))
	if err != nil {
		return nil, err
	}
	s.Kind, s.Protection = "pkcs12", &p
	return s, nil
}

// showOpen reads what keyfile reads.
func showOpen(file, password []byte) (*Shown, error) {
	b, err := keyfile.Read(file, keyfile.Options{Password: password, Allow: alg.Allow{Legacy: true}})
	if err != nil {
		return nil, err
	}
	s := &Shown{Kind: "certificates"}
	for _, id := range b.Match() {
		s.Keys = append(s.Keys, ShownKey{Name: id.Key.Name, Kind: alg.KeyName(id.Key.Public()), Certificates: id.Others})
	}
	_, s.Chain = HeldIn(b)
	return s, nil
}

func showSigned(s *cms.Signed) (*Shown, error) {
	var text []byte
	if !s.Detached {
		var err error
		if text, err = io.ReadAll(io.LimitReader(s.Content(), largestProfile)); err != nil {
			return nil, err
		}
	}
	if err := s.Finish(); err != nil {
		return nil, err
	}
	if len(s.Signers) == 0 {
		return &Shown{Kind: "certificates", Chain: s.Certificates}, nil
	}
	out := &Shown{Kind: "profile", Chain: s.Certificates}
	check, err := s.Check(s.Signers[0], nil, alg.Allow{})
	if err != nil {
		return nil, err
	}
	out.Signer, out.SignedOK = check.Certificate, check.OK()
	return out, out.parts(text)
}

// largestProfile bounds the property list of a profile in octets.
const largestProfile = 16 << 20

// readPayload is what Show reads of a payload.
type readPayload struct {
	Type       string `plist:"PayloadType"`
	Name       string `plist:"PayloadDisplayName"`
	UUID       string `plist:"PayloadUUID"`
	Content    any    `plist:"PayloadContent"`
	Signing    string `plist:"SMIMESigningCertificateUUID"`
	Encryption string `plist:"SMIMEEncryptionCertificateUUID"`
}

func (s *Shown) parts(text []byte) error {
	var top struct {
		Type    string        `plist:"PayloadType"`
		Content []readPayload `plist:"PayloadContent"`
	}
	if _, err := plist.Unmarshal(text, &top); err != nil || top.Type != typeProfile {
		return errors.Join(fmt.Errorf("what is signed is no configuration profile: its PayloadType is %q", top.Type), err)
	}
	for _, p := range top.Content {
		part := ShownPart{Type: p.Type, Name: p.Name, UUID: p.UUID, Signing: p.Signing, Encryption: p.Encryption}
		content, _ := p.Content.([]byte)
		switch p.Type {
		case typeIdentity:
			if protection, err := ReadProtection(content); err == nil {
				part.Protection = &protection
			}
		case typeRoot, typeIntermediate:
			if c, err := pki.ParseCertificate(content); err == nil {
				part.Content = c
			}
		}
		s.Parts = append(s.Parts, part)
	}
	return nil
}
