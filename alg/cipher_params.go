package alg

import (
	"errors"

	"github.com/waxwing-mail/waxwing/der"
)

// maxGCMNonce bounds what RFC 5084 §3.2 leaves open: nobody has a use for more (STANDARDS 2).
const maxGCMNonce = 64

// defaultTag is the DEFAULT of aes-ICVlen (RFC 5084 §3.1, §3.2).
const defaultTag = 12

// bad says what is wrong with the parameters.
func (c *Cipher) bad(reason string) error { return &ParamsError{Algorithm: c.Name, Reason: reason} }

// parseNonce reads parameters that are an OCTET STRING of a certain size.
func (c *Cipher) parseNonce(params []byte, size int) error {
	p := der.NewCursor(params)
	c.nonce = p.OctetString()
	switch {
	case p.Done() != nil:
		return c.bad("malformed")
	case len(c.nonce) != size:
		return c.bad("wrong length of initialization vector")
	}
	return nil
}

// parseAEAD reads GCMParameters or CCMParameters (RFC 5084 §3), with a nonce from least to most octets.
func (c *Cipher) parseAEAD(params []byte, least, most int) error {
	nonce, tag, err := parseNonceAndTag(params)
	switch {
	case err != nil:
		return c.bad("malformed")
	case len(nonce) < least || len(nonce) > most:
		return c.bad("wrong length of nonce")
	case tag < 12 || tag > 16 || c.isCCM() && tag%2 != 0:
		// RFC 5084 §3.2; CCM could have less, which proves too little (STANDARDS 2).
		return c.bad("length of the tag is not 12 to 16 octets")
	}
	c.nonce, c.TagSize = nonce, int(tag)
	return nil
}

// isCCM tells whether tags have an even length (RFC 5084 §3.1).
func (c *Cipher) isCCM() bool {
	return c.OID == OIDAES128CCM || c.OID == OIDAES192CCM || c.OID == OIDAES256CCM
}

// parseNonceAndTag reads SEQUENCE { nonce OCTET STRING, length INTEGER DEFAULT 12 }.
func parseNonceAndTag(params []byte) (nonce []byte, tag int64, err error) {
	p := der.NewCursor(params)
	s := p.Sequence()
	nonce, tag = s.OctetString(), defaultTag
	if s.More() {
		tag = s.SmallInt()
	}
	return nonce, tag, errors.Join(s.Done(), p.Done())
}

// aeadParams writes GCMParameters or CCMParameters.
func (c *Cipher) aeadParams() []byte { return nonceAndTag(c.nonce, c.TagSize) }

func nonceAndTag(nonce []byte, tag int) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OctetString(nonce)
		if tag != defaultTag {
			b.Int(int64(tag))
		}
	})
	return mustBytes(&b)
}

// parseRC2 reads RC2-CBC-Parameter (RFC 8018 Appendix B.2.3, RFC 3370 §5.2), whose version stands for the effective
// bits of the key.
func (c *Cipher) parseRC2(params []byte) error {
	p := der.NewCursor(params)
	s := p.Sequence()
	version := s.SmallInt()
	c.nonce = s.OctetString()
	if errors.Join(s.Done(), p.Done()) != nil || len(c.nonce) != 8 {
		return c.bad("malformed")
	}
	switch version {
	case 160:
		c.setRC2(40)
	case 120:
		c.setRC2(64)
	case 58:
		c.setRC2(128)
	default:
		return c.bad("effective bits of the key are not 40, 64 or 128")
	}
	return nil
}

// setRC2 sets the effective bits of an RC2 key.
func (c *Cipher) setRC2(bits int) {
	c.rc2, c.Bits, c.KeySize = bits, bits, bits/8
	c.Name = map[int]string{40: "RC2-40-CBC", 64: "RC2-64-CBC", 128: "RC2-128-CBC"}[bits]
}

// octets is an encoded OCTET STRING.
func octets(b []byte) []byte {
	var out der.Builder
	out.OctetString(b)
	return mustBytes(&out)
}
