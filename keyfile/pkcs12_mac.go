package keyfile

import (
	"crypto/hmac"
	"errors"
	"math"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// macSum computes the MAC of an AuthenticatedSafe.
type macSum func(safe []byte) ([]byte, error)

// checkMAC checks the MacData over the AuthenticatedSafe (RFC 7292 §4, Appendix B; RFC 9579 §3).
func (r *reader) checkMAC(mac *der.Cursor, safe []byte) error {
	info := mac.Sequence()
	id := alg.ParseIdentifier(info)
	want := info.OctetString()
	salt := mac.OctetString()
	iterations := int64(1) // RFC 7292 §4: DEFAULT 1
	if mac.More() {
		iterations = mac.SmallInt()
	}
	if info.Err() != nil || mac.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	sums, err := r.macOf(id, salt, iterations)
	if err != nil {
		return err
	}
	return r.passwords.try(filePKCS12, func(password []byte) error {
		for _, sum := range sums(password) {
			got, err := sum(safe)
			if err != nil {
				return err
			}
			if hmac.Equal(got, want) {
				return nil
			}
		}
		return &PasswordError{What: filePKCS12, Given: true}
	})
}

// macOf returns the MACs under a password that count: of an empty password two, as no password at all is
// not the empty one (RFC 7292 Appendix B.1).
func (r *reader) macOf(id alg.Identifier, salt []byte, iterations int64) (func(password []byte) []macSum, error) {
	if id.OID == alg.OIDPBMAC1 {
		p, err := alg.PasswordMACOf(id)
		if err != nil {
			return nil, err
		}
		return func(password []byte) []macSum {
			return []macSum{func(safe []byte) ([]byte, error) { return p.Sum(password, safe, r.budget) }}
		}, nil
	}
	h, err := alg.HashOf(id)
	if err != nil {
		return nil, err
	}
	if iterations < 1 || h.Std == 0 {
		return nil, damaged(filePKCS12, errors.New("digest or iteration count of its MAC"))
	}
	if iterations > math.MaxInt32 {
		return nil, &limit.Error{What: limit.KDF, Max: r.budget.Left(limit.KDF)}
	}
	under := func(bmp []byte) macSum {
		return func(safe []byte) ([]byte, error) { return pkcs12MAC(h, bmp, salt, int(iterations), safe, r.budget) }
	}
	return func(password []byte) []macSum {
		sums := []macSum{under(alg.BMPPassword(password))}
		if len(password) == 0 {
			sums = append(sums, under(nil))
		}
		return sums
	}, nil
}

// pkcs12MAC computes the MAC of RFC 7292 Appendix B.4 under a password in BMP form, nil for none.
func pkcs12MAC(h *alg.Hash, bmp, salt []byte, iterations int, safe []byte, b *limit.Budget) ([]byte, error) {
	key, err := alg.PKCS12Key(h, alg.PKCS12ForMAC, bmp, salt, iterations, h.Size, b)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(h.New, key)
	mac.Write(safe)
	return mac.Sum(nil), nil
}
