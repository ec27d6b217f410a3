package alg

import (
	"errors"

	"github.com/waxwing-mail/waxwing/der"
)

// parsePBKDF2 reads PBKDF2-params.
func (k *KDF) parsePBKDF2(params []byte) (err error) {
	c := der.NewCursor(params)
	s := c.Sequence()
	if t, _ := s.Peek(); t == der.Sequence {
		return k.bad("the salt is from elsewhere") // RFC 8018 Appendix A.2: otherSource is for future versions
	}
	k.Salt = s.OctetString()
	iterations := s.SmallInt()
	prf := Identifier{OID: OIDHMACSHA1, Params: null()}
	k.parseKeySize(s)
	if s.More() {
		prf = ParseIdentifier(s)
	}
	if errors.Join(s.Done(), c.Done()) != nil {
		return k.bad("malformed")
	}
	if iterations < 1 || iterations > 1<<31-1 {
		return k.bad("iteration count")
	}
	k.Iterations = int(iterations)
	k.PRF, err = MACOf(prf)
	if err == nil && k.PRF.hash == nil {
		return k.bad(k.PRF.Name + " as pseudorandom function")
	}
	return err
}

// parseKeySize reads keyLength INTEGER OPTIONAL.
func (k *KDF) parseKeySize(s *der.Cursor) {
	if t, ok := s.Peek(); !ok || t != der.Integer {
		return
	}
	n := s.SmallInt()
	if n < 1 || n > maxDerived {
		s.Fail(errLength)
		return
	}
	k.KeySize = int(n)
}

// parseScrypt reads scrypt-params.
func (k *KDF) parseScrypt(params []byte) error {
	c := der.NewCursor(params)
	s := c.Sequence()
	k.Salt = s.OctetString()
	numbers := [3]int64{s.SmallInt(), s.SmallInt(), s.SmallInt()}
	k.parseKeySize(s)
	if errors.Join(s.Done(), c.Done()) != nil {
		return k.bad("malformed")
	}
	for i, to := range []*int{&k.N, &k.R, &k.P} {
		if numbers[i] < 1 || numbers[i] > 1<<30 {
			return k.bad("cost")
		}
		*to = int(numbers[i])
	}
	return k.checkScrypt()
}

// checkScrypt is RFC 7914 §2.
func (k *KDF) checkScrypt() error {
	if k.N < 2 || k.N&(k.N-1) != 0 || k.R < 1 || k.P < 1 || int64(k.R)*int64(k.P) >= 1<<30 {
		return k.bad("cost")
	}
	return nil
}

func (k *KDF) bad(reason string) error { return &ParamsError{Algorithm: k.Name, Reason: reason} }
