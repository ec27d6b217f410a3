// Package keycheck says whether a public key may be put into a certificate.
//
//	for _, f := range keycheck.Check(request.RawSPKI, keycheck.Options{At: tx.Now, Lists: lists}) {
//		if f.Refuses() {
//			return f // rsa.fermat: the primes are close to each other ... (S/MIME BR §6.1.1.3): make a new key
//		}
//	}
//
// It looks at the numbers: algorithm and its exact encoding, size, exponent, the curve and the point, and the marks of
// generators that are known to be broken: ROCA, close primes, small factors, powers, and lists of keys that
// others know. Each thing found has its own Code, which never changes, and says where the rule stands and what to do.
//
// Two things it cannot see. Whether a key is used by somebody else, or was compromised here, is known to the room that has the
// certificates: package ca. And the weak keys of Debian (CVE-2008-0166: OpenSSL from September 2006 to May 2008 drew
// its primes out of 32,768 seeds) cannot be told from their numbers, only from a list of all of them. That list is not part of this
// program: for RSA-2048 alone it has 98,000 entries in each of the sizes people use, Debian withdrew its package
// openssl-blacklist, and no registry that we build from carries it. So List reads the files where they are
// kept (Debian's and Ubuntu's openssl-blacklist, Hanno Böck's collection as hashes of the key), and Options.Lists looks
// into them; without a list a key of Debian passes.
//
// S/MIME BR §6.1.1.3, §6.1.5, §6.1.6, §7.1.3.1; RFC 5480, 8017, 8410, 9881, 9935; NIST SP 800-56A §5.6.2.3.
package keycheck

import (
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Role is whose key it is.
type Role int

// The roles.
const (
	Subscriber Role = iota
	Authority       // of a CA or of an OCSP responder: stronger rules from 2026-09-15 on
)

// Options is what Check goes by. The zero value judges a subscriber's key by every rule, whatever its date.
type Options struct {
	Role    Role
	At      time.Time // rules that begin later are left out; zero applies all
	Private bool      // the certificate is one that the S/MIME BR do not bind: X25519 and X448, which they do not know, too
	Lists   []*List   // keys that others know; nil for none
}

// Finding is one thing that speaks against a key.
type Finding struct {
	Rule
	Value string // what was seen: "1024 bits"
}

// Refuses reports whether the key must not be certified; else the finding is advice.
func (f Finding) Refuses() bool { return f.Level == Refuse }

// Error makes a Finding usable as the reason of a refusal.
func (f Finding) Error() string {
	return fmt.Sprintf("%s: %s: %s (%s); %s", f.Code, f.Title, f.Value, f.Section, f.Advice)
}

// Check returns what speaks against a key, the gravest first in the order of Rules; nil is a good key. The key is a
// SubjectPublicKeyInfo in DER.
func Check(spki []byte, o Options) []Finding {
	k, err := read(spki)
	if err != nil {
		return []Finding{{Rule: rule(Unreadable), Value: err.Error()}}
	}
	var list []Finding
	for _, r := range Rules() {
		if r.From.After(o.At) && !o.At.IsZero() || r.Role != o.Role && r.Role == Authority || r.check == nil {
			continue
		}
		if value := r.check(k, o); value != "" {
			list = append(list, Finding{Rule: r, Value: value})
		}
	}
	return list
}

// Refused returns the first reason not to certify a key, or nil.
func Refused(spki []byte, o Options) error {
	for _, f := range Check(spki, o) {
		if f.Refuses() {
			return f
		}
	}
	return nil
}

// key is a public key, read as far as its outline.
type key struct {
	spki []byte
	id   alg.Identifier
	bits []byte
	rsa  *numbers // nil unless it is an RSA key
}

// read takes a SubjectPublicKeyInfo apart, without a judgement of its numbers.
func read(spki []byte) (*key, error) {
	c := der.NewCursor(spki)
	s := c.Sequence()
	k := &key{spki: spki, id: alg.ParseIdentifier(s)}
	bits := s.BitString()
	if err := errors.Join(s.Done(), c.Done()); err != nil {
		return nil, fmt.Errorf("no SubjectPublicKeyInfo: %w", err)
	}
	if bits.Unused != 0 {
		return nil, errors.New("the key's bits are no whole octets")
	}
	k.bits = bits.Bytes
	if k.id.OID != alg.OIDRSA {
		return k, nil
	}
	n, err := readNumbers(k.bits)
	k.rsa = n
	return k, err
}
