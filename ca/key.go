package ca

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// maxRequest is the longest PKCS#10 in bytes: an ML-DSA-87 request has 9 kB. AUTHORITY 19: longer ones are not even read.
const maxRequest = 32 << 10

// keyRule allows one kind of key.
type keyRule struct {
	name  string // "P-256", or "RSA"
	least int    // bits, of RSA
}

func parseKeyRule(s string) (keyRule, error) {
	if bits, ok := strings.CutPrefix(s, "RSA "); ok {
		n, err := strconv.Atoi(bits)
		if err != nil || n < 2048 || n > 16384 {
			return keyRule{}, fmt.Errorf("the key kind %q: RSA has 2048 to 16384 bits (S/MIME BR §6.1.5)", s)
		}
		return keyRule{"RSA", n}, nil
	}
	for _, known := range append(append(signingKeys(), encryptionKeys()...), "X25519", "X448") {
		if s == known {
			return keyRule{name: s}, nil
		}
	}
	return keyRule{}, fmt.Errorf("the key kind %q is unknown", s)
}

func (r keyRule) fits(k alg.KeyInfo) bool {
	if r.name == "RSA" {
		return k.Algorithm.OID == alg.OIDRSA && k.Size >= r.least // never id-RSASSA-PSS (S/MIME BR §7.1.3.1.1)
	}
	return k.Name == r.name
}

// subjectKey is the key that is to be certified.
type subjectKey struct {
	spki []byte
	hash string // SHA-256 of spki, hexadecimal
	info alg.KeyInfo
}

// readKey takes the key out of an order, with the proof that who asks has it.
func (c *CA) readKey(o *Order, no *Refusal) (subjectKey, bool) {
	spki, proven := o.SPKI, o.Own
	if o.Request != nil {
		key, ok := readRequest(o.Request, no)
		switch {
		case !ok:
			return subjectKey{}, false
		case spki != nil && !bytes.Equal(spki, key):
			no.add(Problem{Code: "key.proof", Section: "S/MIME BR §3.2.1", Field: "key", What: "the key of the order is not the one of the request", Advice: "send one of them"})
			return subjectKey{}, false
		}
		spki, proven = key, true
	}
	switch {
	case len(spki) == 0:
		no.add(Problem{Code: "key.missing", Field: "key", What: "the order has no key", Advice: "send a certification request (PKCS#10), or let the vault make the key"})
		return subjectKey{}, false
	case !proven: // AUTHORITY 19
		no.add(Problem{Code: "key.proof", Section: "S/MIME BR §3.2.1", Field: "key", What: "nothing proves that who asks has the private key", Advice: "send a certification request (PKCS#10) signed by the key, or let the vault make it"})
	}
	_, info, err := alg.ParsePublicKey(spki)
	if err != nil {
		if !weigh(spki, keycheck.Options{Lists: c.KnownKeys}, no) {
			no.add(Problem{Code: "key.unreadable", Section: "S/MIME BR §6.1.6", Field: "key", What: err.Error(), Advice: "make a new key, and send its request as the program wrote it"})
		}
		return subjectKey{}, false
	}
	sum := sha256.Sum256(spki)
	return subjectKey{spki, fmt.Sprintf("%x", sum), info}, true
}

// readRequest reads a PKCS#10 and checks its signature (RFC 2986 §4.2). Of everything else in it nothing is used.
func readRequest(raw []byte, no *Refusal) ([]byte, bool) {
	if len(raw) > maxRequest {
		no.add(Problem{Code: "request.too-large", Field: "request", What: fmt.Sprintf("it has %d bytes, more than %d", len(raw), maxRequest), Advice: "ask with a subject and a key alone: names come from the application"})
		return nil, false
	}
	r, err := pki.ParseRequest(raw)
	if err == nil && !bytes.Equal(r.Raw, raw) {
		err = errors.New("it is not DER: an indefinite length, or bytes after its end")
	}
	if err == nil {
		if f, broken := r.Broken(); broken {
			err = f
		}
	}
	if err != nil {
		no.add(Problem{Code: "request.malformed", Section: "RFC 2986 §4", Field: "request", What: err.Error(), Advice: "send the PKCS#10 as the program wrote it, in DER or PEM"})
		return nil, false
	}
	if r.KeyError != nil {
		return r.RawSPKI, true // the key's own problem is said by who reads the key
	}
	if err := r.CheckSignature(alg.Allow{}); err != nil {
		no.add(Problem{Code: "request.signature", Section: "RFC 2986 §3, S/MIME BR §3.2.1", Field: "request", What: "its signature does not prove possession of the key: " + err.Error(), Advice: "make the request anew with the private key, over SHA-256 or better"})
		return nil, false
	}
	return r.RawSPKI, true
}

// weigh judges the numbers of a key (S/MIME BR §6.1.1.3, §6.1.5, §6.1.6), and reports whether it is refused.
func weigh(spki []byte, o keycheck.Options, no *Refusal) (bad bool) {
	for _, f := range keycheck.Check(spki, o) {
		if f.Refuses() {
			no.add(Problem{Code: string(f.Code), Section: f.Section, Field: "key", What: f.Title + ": " + f.Value, Advice: f.Advice})
			bad = true
		}
	}
	return bad
}

// checkKey judges a key by the profile and by what the database knows of it. AUTHORITY 18.
func (c *CA) checkKey(tx *db.Tx, p *Profile, o *Order, k subjectKey, at time.Time, no *Refusal) error {
	fits := false
	for _, name := range p.Keys {
		rule, err := parseKeyRule(name)
		fits = fits || err == nil && rule.fits(k.info)
	}
	if !fits {
		no.add(Problem{Code: "key.kind", Section: "S/MIME BR §6.1.5 and §7.1.2.3e", Field: "key", What: fmt.Sprintf("%s is not among %s", k.info.Name, strings.Join(p.Keys, ", ")), Advice: kindAdvice(p, k.info)})
	}
	role := map[bool]keycheck.Role{true: keycheck.Authority}[!p.Type.subscriber()]
	if err := c.lookAtKey(tx, k.spki, keycheck.Options{Role: role, At: at, Private: p.Generation == Private}, no); err != nil {
		return err
	}
	if p.Type.authority() {
		return nil
	}
	authority, err := authorityOfKey(tx, k.hash)
	if err != nil {
		return err
	}
	if authority != "" {
		no.add(Problem{Code: "key.authority", Section: "S/MIME BR §6.1.1.3", Field: "key", What: "it is the key of the authority " + authority, Advice: "make a new key"})
		return nil
	}
	other, err := otherHolder(tx, k.hash, o.Holder)
	if err != nil || other == "" {
		return err
	}
	no.add(Problem{Code: "key.other-holder", Section: "S/MIME BR §6.1.1.3", Field: "key", What: "the same key is in a certificate of somebody else (" + other + ")", Advice: "make a new key: whoever has the other one could sign as this person"})
	return nil
}

// kindAdvice says what to do with a key that the profile does not take. AUTHORITY 21.
func kindAdvice(p *Profile, k alg.KeyInfo) string {
	if p.Usage == Signing || p.Usage == "" {
		return "make a key of one of these kinds"
	}
	switch k.Name {
	case "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87":
		return "this key only signs: order it by a profile for signing, and another key for encryption"
	}
	return "make a key of one of these kinds"
}

// usageOf is keyUsage for a key (S/MIME BR §7.1.2.3e).
func usageOf(p *Profile, k alg.KeyInfo) (u pki.KeyUsage) {
	switch p.Type {
	case RootCA, IssuingCA:
		return pki.KeyCertSign | pki.CRLSign | pki.DigitalSignature // OCSP answers are signed too
	case Responder:
		return pki.DigitalSignature
	}
	if p.Usage != Encryption {
		u |= pki.DigitalSignature
	}
	if p.Usage != Signing {
		u |= managementUsage(k)
	}
	for _, name := range p.KeyUsage {
		extra, _ := extraUsage(name) // Profile.Check saw to it
		u |= extra
	}
	return u
}

// managementUsage is how a key protects other keys: RSA and ML-KEM encrypt them, curves agree on them.
func managementUsage(k alg.KeyInfo) pki.KeyUsage {
	if k.Algorithm.OID == alg.OIDRSA || strings.HasPrefix(k.Name, "ML-KEM") {
		return pki.KeyEncipherment
	}
	return pki.KeyAgreement
}
