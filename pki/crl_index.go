package pki

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/big"
	"slices"
	"sort"
	"sync"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// entryIndex finds the entries of a CRL without an object for each. A reference is the hash of the
// serial number above the entry's offset in list; sorted, entries of equal serial stand together and
// in the order of the list. The hash is seeded, so that no list can be made slow to search.
type entryIndex struct {
	list    []byte   // contents of revokedCertificates
	refs    []uint64 // hash<<32 | offset
	issuers []uint32 // offsets of the entries with a certificateIssuer, ascending
	seed    maphash.Seed
	sorting sync.Once
}

// readEntries looks at each entry of revokedCertificates once.
func (c *CRL) readEntries(list []byte, f *faults) error {
	if len(list) > math.MaxUint32 {
		return fmt.Errorf("a list of %d bytes is too large", len(list))
	}
	if len(list) == 0 {
		f.broken("revokedCertificates", "an empty list") // RFC 5280 §5.1.2.6: MUST be absent instead
	}
	x := &c.entries
	x.list, x.seed = list, maphash.MakeSeed()
	x.refs = make([]uint64, 0, estimate(list))
	scan := entryScan{crl: c, f: f}
	for rest := list; len(rest) > 0; {
		offset := uint32(len(list) - len(rest))
		v, after, err := der.Parse(rest)
		if err != nil {
			return fmt.Errorf("entry %d: %w", len(x.refs)+1, err)
		}
		if v.Tag != der.Sequence {
			return fmt.Errorf("entry %d: %v where a SEQUENCE must be", len(x.refs)+1, v.Tag)
		}
		p, err := splitEntry(v.Body)
		if err == nil {
			err = scan.look(p, offset)
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", len(x.refs)+1, err)
		}
		x.refs = append(x.refs, x.hash(p.serial.Body)<<32|uint64(offset))
		rest = after
	}
	return nil
}

// estimate guesses the number of entries from the length of the first one, so that
// the references are allocated once; it never asks for more than a quarter of the list.
func estimate(list []byte) int {
	if v, _, err := der.Parse(list); err == nil {
		return len(list)/max(len(v.Raw), 32) + 1
	}
	return 0
}

func (x *entryIndex) hash(serial []byte) uint64 {
	return maphash.Bytes(x.seed, minimal(serial)) >> 32
}

// entryScan looks into entries as far as the whole list depends on them.
type entryScan struct {
	crl *CRL
	f   *faults
}

// look checks an entry and notes what bears on the list: a change of issuer, critical extensions.
func (s *entryScan) look(p entryParts, offset uint32) error {
	if !plainTime(p.revoked) {
		readTime(p.revoked, "revocationDate", s.f) // notes what is odd, once a kind
	}
	if !p.extended {
		return nil
	}
	if s.crl.Version != 2 {
		s.f.broken("crlEntryExtensions", "present in a list of version 1") // RFC 5280 §5.1.2.6
	}
	if onlyReason(p.extensions) {
		return nil
	}
	e, err := p.decode(s.f)
	if err != nil {
		return err
	}
	if e.Issuer != nil {
		s.crl.entries.issuers = append(s.crl.entries.issuers, offset)
	}
	for _, id := range e.Critical {
		if !slices.Contains(s.crl.UnhandledCritical, id) {
			s.crl.UnhandledCritical = append(s.crl.UnhandledCritical, id)
		}
	}
	return nil
}

// plainTime reports whether a time is in the form that nearly all lists have.
func plainTime(v der.Value) bool {
	if v.Tag != der.UTCTime || len(v.Body) != 13 || v.Body[12] != 'Z' {
		return false
	}
	for _, c := range v.Body[:12] {
		if !isDigit(c) {
			return false
		}
	}
	pair := func(i int) int { return int(v.Body[i]-'0')*10 + int(v.Body[i+1]-'0') }
	month, day := pair(2), pair(4)
	return 1 <= month && month <= 12 && 1 <= day && (day <= 28 || day <= 30 && month != 2) && pair(6) < 24 && pair(8) < 60 && pair(10) < 60
}

// onlyReason reports whether the extensions are a reason code in its usual encoding and nothing else.
func onlyReason(extensions []byte) bool {
	const usual = "\x30\x0a\x06\x03" + string(alg.OIDExtReasonCode) + "\x04\x03\x0a\x01"
	return len(extensions) == len(usual)+1 && string(extensions[:len(usual)]) == usual
}

// Find returns the entry of a certificate, named by its issuer and serial number.
func (c *CRL) Find(serial *big.Int, issuer Name) (RevokedEntry, bool) {
	x := &c.entries
	if len(x.refs) == 0 {
		return RevokedEntry{}, false
	}
	x.sorting.Do(func() { slices.Sort(x.refs) })
	wanted := integerBytes(serial)
	hash := x.hash(wanted)
	for i := sort.Search(len(x.refs), func(i int) bool { return x.refs[i]>>32 >= hash }); i < len(x.refs) && x.refs[i]>>32 == hash; i++ {
		e := c.entry(uint32(x.refs[i]))
		if string(minimal(e.SerialRaw)) == string(wanted) && c.isFor(e, issuer) {
			return e, true
		}
	}
	return RevokedEntry{}, false
}

// isFor reports whether an entry is about a certificate of an issuer.
func (c *CRL) isFor(e RevokedEntry, issuer Name) bool {
	if e.Issuer == nil {
		return c.Issuer.Equal(issuer)
	}
	for _, g := range e.Issuer {
		if g.Kind == DirectoryName && g.Directory.Equal(issuer) {
			return true
		}
	}
	return false
}

// entry decodes the entry at an offset. ParseCRL has seen that it can be decoded.
func (c *CRL) entry(offset uint32) RevokedEntry {
	var f faults
	v, _, _ := der.Parse(c.entries.list[offset:])
	p, _ := splitEntry(v.Body)
	e, _ := p.decode(&f)
	if e.Issuer == nil {
		e.Issuer = c.stickyIssuer(offset)
	}
	return e
}

// stickyIssuer returns the certificateIssuer of the nearest entry before that has one
// (RFC 5280 §5.3.3: it holds until the next).
func (c *CRL) stickyIssuer(offset uint32) GeneralNames {
	issuers := c.entries.issuers
	i := sort.Search(len(issuers), func(i int) bool { return issuers[i] > offset })
	if i == 0 {
		return nil
	}
	return c.entry(issuers[i-1]).Issuer
}

// Entries calls yield for each entry in the order of the list until it returns false; it is meant
// for range: for e := range crl.Entries { ... }.
func (c *CRL) Entries(yield func(RevokedEntry) bool) {
	var issuer GeneralNames
	var f faults
	for rest := c.entries.list; len(rest) > 0; {
		v, after, err := der.Parse(rest)
		if err != nil {
			return
		}
		p, _ := splitEntry(v.Body)
		e, _ := p.decode(&f)
		if e.Issuer != nil {
			issuer = e.Issuer
		}
		e.Issuer = issuer
		if !yield(e) {
			return
		}
		rest, f = after, f[:0]
	}
}
