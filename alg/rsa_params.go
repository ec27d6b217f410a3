package alg

import (
	"github.com/waxwing-mail/waxwing/der"
)

// PSSParams are RSASSA-PSS-params (RFC 4055 §3.1).
type PSSParams struct {
	Hash    *Hash // of the content
	MGFHash *Hash // of the mask generation function MGF1
	Salt    int   // octets
}

// OAEPParams are RSAES-OAEP-params (RFC 4055 §4.1).
type OAEPParams struct {
	Hash    *Hash
	MGFHash *Hash
	Label   []byte // pSourceFunc; usually empty
}

// maxSalt is more than any modulus that is read here can hold.
const maxSalt = maxModulus / 8

// parsePSSParams reads RSASSA-PSS-params. RFC 4056 §2.2: they must be present in a signature's
// identifier; the caller checks that.
func parsePSSParams(params []byte) (*PSSParams, error) {
	fail := func(reason string) error { return &ParamsError{Algorithm: "RSA-PSS", Reason: reason} }
	c := der.NewCursor(params)
	s := c.Sequence()
	h, mgf, err := hashAndMGF(s)
	if err != nil {
		return nil, err
	}
	p := &PSSParams{Hash: h, MGFHash: mgf, Salt: 20}
	if f, ok := s.Explicit(2); ok {
		n := f.SmallInt()
		if f.Done() != nil || n < 0 || n > maxSalt {
			return nil, fail("salt length")
		}
		p.Salt = int(n)
	}
	if f, ok := s.Explicit(3); ok {
		// RFC 4055 §3.1: trailerField must be 1, the octet 0xbc.
		if n := f.SmallInt(); f.Done() != nil || n != 1 {
			return nil, fail("trailer field is not 1")
		}
	}
	if s.Done() != nil || c.Done() != nil {
		return nil, fail("malformed")
	}
	return p, nil
}

// parseOAEPParams reads RSAES-OAEP-params.
func parseOAEPParams(params []byte) (*OAEPParams, error) {
	fail := func(reason string) error { return &ParamsError{Algorithm: "RSA-OAEP", Reason: reason} }
	c := der.NewCursor(params)
	s := c.Sequence()
	h, mgf, err := hashAndMGF(s)
	if err != nil {
		return nil, err
	}
	p := &OAEPParams{Hash: h, MGFHash: mgf}
	if f, ok := s.Explicit(2); ok {
		id := ParseIdentifier(f)
		label := der.NewCursor(id.Params)
		p.Label = label.OctetString()
		if f.Done() != nil || label.Done() != nil || id.OID != OIDPSpecified {
			return nil, fail("label")
		}
	}
	if s.Done() != nil || c.Done() != nil {
		return nil, fail("malformed")
	}
	return p, nil
}

// hashAndMGF reads the fields [0] hashAlgorithm and [1] maskGenAlgorithm that both have in common.
// Each stands for SHA-1 when it is absent.
func hashAndMGF(s *der.Cursor) (h, mgf *Hash, err error) {
	h, mgf = SHA1, SHA1
	if f, ok := s.Explicit(0); ok {
		id := ParseIdentifier(f)
		if f.Done() != nil {
			return nil, nil, &ParamsError{Algorithm: "RSA", Reason: "digest"}
		}
		if h, err = HashOf(id); err != nil {
			return nil, nil, err
		}
	}
	if f, ok := s.Explicit(1); ok {
		id := ParseIdentifier(f)
		inner := der.NewCursor(id.Params)
		digest := ParseIdentifier(inner)
		if f.Done() != nil || inner.Done() != nil || id.OID != OIDMGF1 {
			return nil, nil, &ParamsError{Algorithm: "RSA", Reason: "mask generation function"}
		}
		if mgf, err = HashOf(digest); err != nil {
			return nil, nil, err
		}
	}
	return h, mgf, nil
}

// shakeParams are what an identifier of RSASSA-PSS with SHAKE stands for (RFC 8702 §3.2.1).
func shakeParams(oid der.OID) *PSSParams {
	h := SHAKE128
	if oid == OIDRSAPSSSHAKE256 {
		h = SHAKE256
	}
	return &PSSParams{Hash: h, MGFHash: h, Salt: h.Size}
}

// identifier returns id-RSASSA-PSS with these parameters. Fields with default values are left out (DER).
func (p *PSSParams) identifier() Identifier {
	switch p.Hash {
	case SHAKE128:
		return Identifier{OID: OIDRSAPSSSHAKE128}
	case SHAKE256:
		return Identifier{OID: OIDRSAPSSSHAKE256}
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		appendHashAndMGF(b, p.Hash, p.MGFHash)
		if p.Salt != 20 {
			b.Explicit(2, func(b *der.Builder) { b.Int(int64(p.Salt)) })
		}
	})
	return Identifier{OID: OIDRSASSAPSS, Params: mustBytes(&b)}
}

// identifier returns id-RSAES-OAEP with these parameters.
func (p *OAEPParams) identifier() Identifier {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		appendHashAndMGF(b, p.Hash, p.MGFHash)
		if len(p.Label) > 0 {
			b.Explicit(2, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) { b.OID(OIDPSpecified); b.OctetString(p.Label) })
			})
		}
	})
	return Identifier{OID: OIDRSAESOAEP, Params: mustBytes(&b)}
}

// appendHashAndMGF writes the two fields. RFC 4055 §2.1: the digests inside have NULL as parameters.
func appendHashAndMGF(b *der.Builder, h, mgf *Hash) {
	if h != SHA1 {
		b.Explicit(0, h.Entry.Identifier().Append)
	}
	if mgf != SHA1 {
		b.Explicit(1, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) { b.OID(OIDMGF1); mgf.Entry.Identifier().Append(b) })
		})
	}
}

// mustBytes returns what was built. The builders of this package are given known values only,
// so a failure is a fault of the program.
func mustBytes(b *der.Builder) []byte {
	out, err := b.Bytes()
	if err != nil {
		panic("alg: " + err.Error())
	}
	return out
}
