package smime

import (
	"crypto/dsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Recipient is somebody a message is encrypted to.
type Recipient struct {
	Certificate *pki.Certificate

	// Capabilities are what a verified signature of theirs announced, most preferred first
	// (RFC 8551 §2.5.2). Nil means that nothing is known; then the certificate's own (RFC 4262) count.
	Capabilities []alg.Identifier
}

// CipherPolicy is what an organisation asks of the encryption, whatever recipients prefer
// (RFC 8551 §2.7: the policy overrides every other rule).
type CipherPolicy struct {
	Cipher       der.OID // use this one and no other; empty leaves the choice to the recipients
	MinBits      int     // least strength; zero takes 128
	RequireAEAD  bool    // accept no cipher without integrity
	AssumeCBC    bool    // take recipients of whom nothing is known for clients that read no GCM
	OAEP         bool    // transport keys to RSA certificates with OAEP even where nothing says they can
	WithoutNotes bool    // leave Why empty
}

// Choice is how a message will be encrypted, and why.
type Choice struct {
	Cipher alg.Entry
	OAEP   []bool   // for each recipient: RSAES-OAEP instead of PKCS #1 v1.5
	Why    []string // one sentence a decision
}

// NoCommonCipherError says that no cipher is both allowed and readable by every recipient. The message
// must be sent more than once, or not at all to some; a strong and a weak copy of one message
// defeat each other (RFC 8551 §2.7.3).
type NoCommonCipherError struct {
	Blocking []Recipient // those who read nothing that policy allows
	Allowed  []string
}

func (e *NoCommonCipherError) Error() string {
	if len(e.Allowed) == 0 {
		return "policy allows no cipher that is written here"
	}
	if len(e.Blocking) == 0 {
		return "the recipients read no cipher in common; encrypt to them separately"
	}
	return fmt.Sprintf("%s reads none of the ciphers that policy allows (%s)",
		e.Blocking[0].name(), strings.Join(e.Allowed, ", "))
}

// sendable lists the ciphers that are written, strongest first. The order breaks ties.
var sendable = []der.OID{alg.OIDAES256GCM, alg.OIDChaCha20Poly1305, alg.OIDAES192GCM, alg.OIDAES128GCM,
	alg.OIDAES256CBC, alg.OIDAES192CBC, alg.OIDAES128CBC}

// assumed is what is taken for readable by a recipient of whom nothing is known (RFC 8551 §2.7.1.2).
func (p CipherPolicy) assumed() []der.OID {
	if p.AssumeCBC {
		return []der.OID{alg.OIDAES256CBC, alg.OIDAES128CBC}
	}
	return []der.OID{alg.OIDAES256GCM, alg.OIDAES128GCM, alg.OIDAES256CBC, alg.OIDAES128CBC}
}

// Choose picks the content encryption that all recipients can read and policy allows: the one that all
// prefer, if they agree (RFC 8551 §2.7.1.1), else the strongest. It fails with *NoCommonCipherError, and with
// *KeyUsageError on a certificate that is not meant for encryption.
func Choose(recipients []Recipient, p CipherPolicy) (*Choice, error) {
	allowed := p.allowed()
	common, first := allowed, der.OID("")
	agree, c := len(recipients) > 0, &Choice{}
	var blocking []Recipient
	for _, r := range recipients {
		if err := r.encryptable(); err != nil {
			return nil, err
		}
		reads, known := r.reads(p)
		mine := intersect(reads, allowed)
		if len(mine) == 0 {
			blocking = append(blocking, r)
			continue
		}
		c.explainReader(p, r, mine, known)
		agree = agree && (first == "" || first == mine[0])
		first = mine[0]
		common = intersect(common, mine)
		c.OAEP = append(c.OAEP, p.OAEP || r.announces(alg.OIDRSAESOAEP))
	}
	if len(blocking) > 0 || len(common) == 0 {
		return nil, &NoCommonCipherError{Blocking: blocking, Allowed: names(allowed)}
	}
	pick, reason := common[0], "the strongest that all of them read"
	if agree {
		pick, reason = first, "what every recipient prefers"
	}
	if p.Cipher != "" {
		reason = "policy asks for it"
	}
	c.Cipher, _ = alg.Lookup(pick)
	c.note(p, "%s: %s", c.Cipher.Name, reason)
	return c, nil
}

// KeyUsageError says that a recipient's certificate must not be used for encryption.
type KeyUsageError struct{ Recipient Recipient }

func (e *KeyUsageError) Error() string {
	return fmt.Sprintf("the certificate of %s is not meant for encryption; ask for the one that is", e.Recipient.name())
}

// encryptable applies RFC 8550 §4.4.2: keyEncipherment for keys that transport another, keyAgreement for those that
// agree on one; without the extension every usage is allowed (STANDARDS 19).
func (r Recipient) encryptable() error {
	usage := pki.KeyAgreement
	switch r.Certificate.PublicKey.(type) {
	case *rsa.PublicKey, *alg.OAEPPublicKey:
		usage = pki.KeyEncipherment
	case *alg.PSSPublicKey, ed25519.PublicKey, ed448.PublicKey, *dsa.PublicKey, nil:
		return &KeyUsageError{r}
	}
	if !r.Certificate.Allows(usage) {
		return &KeyUsageError{r}
	}
	return nil
}

// allowed returns the sendable ciphers that pass the policy, strongest first.
func (p CipherPolicy) allowed() []der.OID {
	list := slices.Clone(sendable)
	if p.Cipher != "" {
		list = intersect(list, []der.OID{p.Cipher})
	}
	least := p.MinBits
	if least == 0 {
		least = 128
	}
	return slices.DeleteFunc(list, func(o der.OID) bool {
		e, _ := alg.Lookup(o)
		return e.Bits < least || p.RequireAEAD && !alg.IsAEAD(o)
	})
}

// reads returns the ciphers a recipient can open, most preferred first, and whether that was announced.
// A list that names no cipher says nothing about ciphers. One that policy prescribes is taken for readable where nothing else is known.
func (r Recipient) reads(p CipherPolicy) (list []der.OID, known bool) {
	for _, c := range r.announced() {
		e, _ := alg.Lookup(c.OID)
		known = known || e.Kind == alg.KindCipher
		if slices.Contains(sendable, c.OID) {
			list = append(list, c.OID)
		}
	}
	if known {
		return list, true
	}
	if p.Cipher != "" {
		return []der.OID{p.Cipher}, false
	}
	return p.assumed(), false
}

// announced returns the capabilities of a verified signature, else those of the certificate.
func (r Recipient) announced() []alg.Identifier {
	if r.Capabilities != nil {
		return r.Capabilities
	}
	return r.Certificate.Capabilities
}

func (r Recipient) announces(o der.OID) bool {
	return slices.ContainsFunc(r.announced(), func(c alg.Identifier) bool { return c.OID == o })
}

// name returns how a recipient is called in explanations.
func (r Recipient) name() string {
	if e := r.Certificate.Emails(); len(e) > 0 {
		return e[0].Address
	}
	return r.Certificate.Subject.String()
}

func (c *Choice) explainReader(p CipherPolicy, r Recipient, reads []der.OID, known bool) {
	if known {
		c.note(p, "%s announced %s", r.name(), strings.Join(names(reads), ", "))
		return
	}
	c.note(p, "%s announced nothing; %s is assumed (RFC 8551 §2.7.1.2)", r.name(), strings.Join(names(reads), ", "))
}

func (c *Choice) note(p CipherPolicy, format string, args ...any) {
	if !p.WithoutNotes {
		c.Why = append(c.Why, fmt.Sprintf(format, args...))
	}
}

// intersect returns the elements of a that are in b, in the order of a.
func intersect(a, b []der.OID) []der.OID {
	var both []der.OID
	for _, o := range a {
		if slices.Contains(b, o) {
			both = append(both, o)
		}
	}
	return both
}

func names(list []der.OID) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = alg.Name(o)
	}
	return out
}
