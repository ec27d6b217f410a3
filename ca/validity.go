package ca

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math/big"
	"time"
)

const day = 24 * time.Hour // S/MIME BR §6.3.2: of 86,400 seconds

// setValidity chooses notBefore and notAfter. What the order asks for is taken or refused; what it leaves open is made to fit into the
// time of the issuing authority.
func (b *blueprint) setValidity(at time.Time, no *Refusal) {
	p, o := b.profile, b.order
	refuse := func(code, section, field, advice, format string, args ...any) {
		no.add(Problem{Code: code, Section: section, Field: field, What: fmt.Sprintf(format, args...), Advice: advice})
	}
	earliest := at.Add(-time.Duration(p.Backdate) * time.Minute).Truncate(time.Second)
	from := earliest
	if b.issuer != nil && from.Before(b.issuer.NotBefore) {
		from = b.issuer.NotBefore
	}
	if !o.NotBefore.IsZero() {
		switch from = o.NotBefore.UTC().Truncate(time.Second); {
		case from.Before(earliest): // AUTHORITY 39
			refuse("time.backdated", "S/MIME BR §7.1.2", "notBefore", "ask for a later one, or leave it out", "%s is before %s, the earliest that the profile allows", stamp(from), stamp(earliest))
		case from.After(at.Add(time.Duration(p.Ahead) * day)):
			refuse("time.ahead", "", "notBefore", "order nearer to the day", "%s is more than %d days ahead", stamp(from), p.Ahead)
		case b.issuer != nil && from.Before(b.issuer.NotBefore):
			refuse("time.issuer", "RFC 5280 §6.1", "notBefore", "ask for a later one, or leave it out", "%s is before the issuing authority's certificate begins (%s)", stamp(from), stamp(b.issuer.NotBefore))
		}
	}
	days := o.Days
	if days == 0 {
		days = p.Days
	}
	if days < 1 || days > p.MostDays {
		refuse("time.validity", "S/MIME BR §6.3.2", "days", "ask for less, or leave it out", "%d days are not within 1 to %d", days, p.MostDays)
		return
	}
	until := from.Add(time.Duration(days)*day - time.Second) // notAfter is inside (RFC 5280 §4.1.2.5)
	if b.issuer != nil && until.After(b.issuer.NotAfter) {
		until = b.issuer.NotAfter
		if o.Days != 0 || !until.After(from) {
			refuse("time.issuer", "RFC 5280 §6.1", "days", "ask for less, or make a new issuing authority", "the issuing authority's certificate ends on %s", stamp(until))
		}
	}
	b.template.NotBefore, b.template.NotAfter = from, until
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// newSerial draws a serial number: positive, exactly 20 octets (RFC 5280 §4.1.2.2: at most 20), 158 of its bits from the system's
// generator (S/MIME BR §7.1: at least 64).
func newSerial() (*big.Int, error) {
	var raw [20]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	raw[0] = raw[0]&0x7f | 0x40
	return new(big.Int).SetBytes(raw[:]), nil
}

// shardOf is the shard of the CRL to which a serial number belongs: its last four octets modulo the number of shards.
func shardOf(serial *big.Int, shards int) int {
	var raw [20]byte
	serial.FillBytes(raw[:])
	return int(binary.BigEndian.Uint32(raw[16:]) % uint32(max(1, shards)))
}
