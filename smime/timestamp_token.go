package smime

import (
	"errors"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// stampInfo is a TSTInfo (RFC 3161 §2.4.2).
type stampInfo struct {
	policy   der.OID
	hash     alg.Identifier // of the messageImprint
	imprint  []byte
	serial   *big.Int
	time     time.Time
	nonce    *big.Int // nil when absent
	tsa      []byte   // GeneralName, as encoded; nil when absent
	critical bool     // it has an extension that must be understood; none is
}

// readStampInfo reads a TSTInfo.
func readStampInfo(raw []byte) (*stampInfo, error) {
	c := der.NewCursor(raw)
	s := c.Sequence()
	if v := s.SmallInt(); s.Err() == nil && v != 1 {
		return nil, errors.New("a version other than 1")
	}
	t := &stampInfo{policy: s.OID()}
	imprint := s.Sequence()
	t.hash = alg.ParseIdentifier(imprint)
	t.imprint = imprint.OctetString()
	imprint.Empty()
	t.serial = s.Int()
	stamp := s.Expect(der.GeneralizedTime)
	var ok bool
	if t.time, ok = der.TimeOf(stamp); !ok && s.Err() == nil {
		return nil, errors.New("an unreadable time")
	}
	s.Optional(der.Sequence) // accuracy
	if tag, more := s.Peek(); more && tag == der.Boolean {
		s.Bool() // ordering
	}
	if tag, more := s.Peek(); more && tag == der.Integer {
		t.nonce = s.Int()
	}
	if v, is := s.Optional(der.Context(0)); is {
		t.tsa = v.Body
	}
	if v, is := s.Optional(der.Context(1)); is {
		t.critical = hasCritical(v.Body)
	}
	s.Empty()
	return t, c.Done()
}

// hasCritical tells whether a run of Extensions holds a critical one.
func hasCritical(extensions []byte) bool {
	for c := der.NewCursor(extensions); c.More(); {
		e := c.Sequence()
		e.OID()
		if tag, more := e.Peek(); more && tag == der.Boolean && e.Bool() {
			return true
		}
	}
	return false
}

// tokenOf returns the TimeStampToken of a TimeStampResp (RFC 3161 §2.4.2), or the bytes themselves when they are a
// token already.
func tokenOf(raw []byte) ([]byte, error) {
	c := der.NewCursor(raw)
	s := c.Sequence()
	if tag, more := s.Peek(); !more || tag != der.Sequence {
		return raw, nil // BER, or what begins with the type of a ContentInfo
	}
	status := s.Sequence()
	granted := status.SmallInt()
	if s.Err() != nil || !s.More() || granted > 1 { // 0 granted, 1 grantedWithMods
		return nil, errors.New("the answer of the timestamp authority holds no token")
	}
	return s.Rest(), nil
}
