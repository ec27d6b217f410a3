package alg

import (
	"errors"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// PasswordMAC is PBMAC1 (RFC 8018 §7.1, RFC 9579): a MAC under a key made of a password.
type PasswordMAC struct {
	Entry
	KDF *KDF
	MAC *MAC

	id Identifier
}

// PasswordMACOf reads PBMAC1 and its parameters (RFC 8018 Appendix A.5). RFC 9579 §4: the length of the key must be
// stated; less than 20 octets is a *ParamsError too.
func PasswordMACOf(id Identifier) (*PasswordMAC, error) {
	p := &PasswordMAC{Entry: table[OIDPBMAC1], id: id}
	if id.OID != OIDPBMAC1 {
		e, _ := Lookup(id.OID)
		return nil, &UnsupportedError{Algorithm: e.String(), Status: e.Status, Use: string(KindMAC)}
	}
	c := der.NewCursor(id.Params)
	s := c.Sequence()
	kdf, mac := ParseIdentifier(s), ParseIdentifier(s)
	err := errors.Join(s.Done(), c.Done())
	if err != nil {
		return nil, &ParamsError{Algorithm: p.Name, Reason: "malformed"}
	}
	if p.KDF, err = KDFOf(kdf); err != nil {
		return nil, err
	}
	if p.MAC, err = MACOf(mac); err != nil {
		return nil, err
	}
	switch {
	case p.MAC.hash == nil:
		return nil, &ParamsError{Algorithm: p.Name, Reason: p.MAC.Name + " as MAC"}
	case p.KDF.KeySize < 20:
		return nil, &ParamsError{Algorithm: p.Name, Reason: "the key has less than 20 octets, or its length is missing"}
	}
	return p, nil
}

// NewPBMAC1 returns PBMAC1 with PBKDF2 and HMAC over h (nil: SHA-256), for writing; 0 iterations mean 600,000.
func NewPBMAC1(h *Hash, iterations int) (*PasswordMAC, error) {
	kdf, err := NewPBKDF2(h, iterations)
	if err != nil {
		return nil, err
	}
	kdf.KeySize = kdf.PRF.Size
	var b der.Builder
	b.Sequence(func(b *der.Builder) { kdf.Identifier().Append(b); kdf.PRF.id.Append(b) })
	return PasswordMACOf(Identifier{OID: OIDPBMAC1, Params: mustBytes(&b)})
}

// Identifier returns PBMAC1 with its parameters.
func (p *PasswordMAC) Identifier() Identifier { return p.id }

// Sum computes the MAC of a content under a password in UTF-8. Compare it by hmac.Equal.
func (p *PasswordMAC) Sum(password, content []byte, b *limit.Budget) ([]byte, error) {
	key, err := p.KDF.Key(password, p.KDF.KeySize, b)
	if err != nil {
		return nil, err
	}
	m, err := p.MAC.New(key)
	if err != nil {
		return nil, err
	}
	m.Write(content)
	return m.Sum(nil), nil
}
