package kit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

// Keys gives out keys sealed in a PKCS#12 file, and in no other way. The vault is one.
type Keys interface {
	// PKCS12 seals the keys with their certificates for the person they belong to; by is who asks, for the audit.
	PKCS12(ctx context.Context, by string, identities []vault.IdentityRef, o keyfile.PKCS12Options) ([]byte, error)
}

// Held is one key of a person.
type Held struct {
	ID           string             // its name in Keys
	Certificates []*pki.Certificate // for this key, the newest first
}

// Contents is what goes into a kit.
type Contents struct {
	Name    string             // of the person, to be shown; empty takes the address
	Address string             // the mailbox
	Keys    []Held             // those in use first, then old ones; the first that can sign and the first that can decrypt become the settings of a profile
	Chain   []*pki.Certificate // of the authorities, with the root; each once
}

// Options says which kit to make. The zero value, with Now, is a modern one with a password made for it.
type Options struct {
	Form     Form      // empty: Modern
	Password *Password // nil: one is made. See OwnPassword
	Profile  *Profile  // who signs and what else it sets, for Apple; required for that form
	Now      time.Time // required
	By       string    // who asks, for the audit: "user:ada"
}

// Item is one certificate in a kit.
type Item struct {
	Certificate *pki.Certificate
	Key         bool // with its private key
	Current     bool // valid at the moment of making
}

// Kit is what a person gets.
type Kit struct {
	Form     Form
	File     []byte
	FileName string   // proposed, as alice@example.org.p12
	Password Password // shown once, and then forgotten
	Items    []Item
}

// Maker makes kits.
type Maker struct {
	Keys Keys // required
}

// Make makes a kit. The password in it is nowhere else.
func (m *Maker) Make(ctx context.Context, c Contents, o Options) (*Kit, error) {
	form, err := ParseForm(string(o.Form))
	if err != nil {
		return nil, err
	}
	if form == History {
		c.Keys = decrypting(c.Keys)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	k := &Kit{Form: form, FileName: fileName(c.Address, form), Items: c.items(o.Now)}
	if o.Password != nil {
		k.Password = *o.Password
	} else if k.Password, err = NewPassword(); err != nil {
		return nil, err
	}
	switch form {
	case Apple:
		k.File, err = m.profile(ctx, c, o, k.Password)
	default:
		k.File, err = m.pkcs12(ctx, c, o, form, k.Password)
	}
	if err != nil {
		return nil, fmt.Errorf("make the kit for %s: %w", c.Address, err)
	}
	return k, nil
}

// MakeEach makes a kit for each key, all with the same password, for programs that take one key out of a file (gpgsm). The chain is
// in each.
func (m *Maker) MakeEach(ctx context.Context, c Contents, o Options) ([]*Kit, error) {
	var list []*Kit
	for i, h := range c.Keys {
		one := c
		one.Keys = []Held{h}
		if o.Form == History && len(decrypting(one.Keys)) == 0 {
			continue
		}
		k, err := m.Make(ctx, one, o)
		if err != nil {
			return nil, err
		}
		ending := k.Form.Ending()
		k.FileName = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(k.FileName, ending), i+1, ending)
		list, o.Password = append(list, k), &k.Password
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("there is no key for %s to put into a kit of this form", c.Address)
	}
	return list, nil
}

// pkcs12 lets all keys be sealed in one file.
func (m *Maker) pkcs12(ctx context.Context, c Contents, o Options, f Form, p Password) ([]byte, error) {
	var list []vault.IdentityRef
	for _, h := range c.Keys {
		list = append(list, c.identity(h, c.Chain))
	}
	return m.Keys.PKCS12(ctx, o.By, list, keyfile.PKCS12Options{Password: []byte(p.text), Compatible: f == Compatible})
}

// identity is a key with all its certificates and those above.
func (c *Contents) identity(h Held, chain []*pki.Certificate) vault.IdentityRef {
	own := h.Certificates[0]
	rest := h.Certificates[1:]
	return vault.IdentityRef{Key: h.ID, Certificate: own, Chain: append(rest[:len(rest):len(rest)], chain...), FriendlyName: c.label(own)}
}

// label is what programs show for a key: whose it is, what for, until when.
func (c *Contents) label(own *pki.Certificate) string {
	return c.Name + ", " + uses(own) + ", until " + own.NotAfter.Format(time.DateOnly)
}

func (c *Contents) check() error {
	if c.Address == "" {
		return errors.New("a kit is for a mailbox: name its address")
	}
	if len(c.Keys) == 0 {
		return fmt.Errorf("there is no key for %s to put into a kit of this form", c.Address)
	}
	for _, h := range c.Keys {
		if len(h.Certificates) == 0 {
			return fmt.Errorf("the key %s has no certificate; mail programs cannot use a key without one", h.ID)
		}
	}
	if c.Name == "" {
		c.Name = c.Address
	}
	return nil
}

func (c *Contents) items(now time.Time) (list []Item) {
	add := func(x *pki.Certificate, key bool) {
		list = append(list, Item{x, key, !now.Before(x.NotBefore) && !now.After(x.NotAfter)})
	}
	for _, h := range c.Keys {
		for _, x := range h.Certificates {
			add(x, true)
		}
	}
	for _, x := range c.Chain {
		add(x, false)
	}
	return list
}

// decrypting are the keys that open mail.
func decrypting(keys []Held) (list []Held) {
	for _, h := range keys {
		if len(h.Certificates) > 0 && canDecrypt(h.Certificates[0]) {
			list = append(list, h)
		}
	}
	return list
}

// RFC 8550 §4.4.2: the usages that let a certificate be encrypted to, and sign.
func canDecrypt(c *pki.Certificate) bool { return c.Allows(pki.KeyEncipherment | pki.KeyAgreement) }
func canSign(c *pki.Certificate) bool    { return c.Allows(pki.DigitalSignature | pki.NonRepudiation) }

// fileName makes a name that every system takes.
func fileName(address string, f Form) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x21 || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, strings.TrimLeft(address, ".-"))
	if f == History {
		name += ".history"
	}
	return name + f.Ending()
}
