package smime

import (
	"crypto/dsa"
	"io"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// signed opens a SignedData that is not the second part of a multipart/signed.
func (x *opening) signed(l *Layer, s *cms.Signed, in input, at place) error {
	var held *content
	if !s.Detached {
		var err error
		if held, err = x.fill(copying(s.Content())); err != nil {
			return x.malformed(l, err)
		}
	}
	if err := s.Finish(); err != nil {
		return x.malformed(l, err)
	}
	x.carry(l, s)
	switch {
	case s.Detached && len(s.Signers) == 0:
		l.Kind = KindCertificates
		l.note(finding.LayerCerts)
		return nil
	case s.Detached:
		return x.detached(l, s, at)
	}
	l.Kind = KindSigned
	l.Covers = &Cover{Source: held.number, Range: held.whole(), Form: FormBytes}
	if len(s.Signers) == 0 {
		l.note(finding.LayerNoSigners) // STANDARDS 14: zero signers are no success
	}
	if s.NeedsContent() {
		if err := s.Hash(x.reader(held)); err != nil {
			return x.stops(err)
		}
	}
	if err := x.judgeSigners(l, s, nil); err != nil {
		return err
	}
	at.exposed = at.exposed && len(l.Signers) == 0
	return x.holds(l, held, s.ContentType, at)
}

// carry takes what a layer brings along: certificates to name signers and build paths with, and evidence
// about revocation (RFC 8550 §2.1). Nothing of it is trusted for being there.
func (x *opening) carry(l *Layer, s *cms.Signed) {
	l.take(s.Findings)
	x.inherit(s.Certificates)
	l.Certificates = s.Certificates
	x.collect(s.Certificates)
	x.carried.Lists = append(x.carried.Lists, s.CRLs...)
	x.carried.Answers = append(x.carried.Answers, s.OCSP...)
}

// collect adds certificates to the pool, each once: nested layers tend to carry the same.
func (x *opening) collect(list []*pki.Certificate) {
	for _, c := range list {
		if id := c.Fingerprint(); !x.pooled[id] {
			x.pooled[id] = true
			x.pool = append(x.pool, c)
		}
	}
}

// inherit completes DSA keys whose parameters are those of the issuer (RFC 3279 §2.3.2). Whether that issuer made
// the certificate is for package chain to say.
func (x *opening) inherit(list []*pki.Certificate) {
	for i, c := range list {
		if key, is := c.PublicKey.(*dsa.PublicKey); !is || key.P != nil {
			continue
		}
		for _, issuer := range slices.Concat(list, x.pool) {
			if !issuer.Subject.Equal(c.Issuer) {
				continue
			}
			whole := *c
			if whole.PublicKey = alg.InheritDSA(c.PublicKey, issuer.PublicKey); alg.KeyBits(whole.PublicKey) > 0 {
				list[i] = &whole
				break
			}
		}
	}
}

// innerType notes a content that was signed for another purpose than mail.
func (l *Layer) innerType(s *cms.Signed) {
	if s.ContentType != alg.OIDData {
		l.because(finding.LayerInnerType, "%s", alg.Name(s.ContentType))
	}
}

// detached judges a signature whose content is not with it. Where Opener.Content gives one, it is checked
// as it is, and else as text with CRLF line ends, which mail programs sign files as.
func (x *opening) detached(l *Layer, s *cms.Signed, at place) error {
	l.Kind = KindDetached
	if x.Content == nil {
		l.grave(finding.New(finding.LayerNoContent))
		return nil
	}
	l.note(finding.LayerDetached)
	c := x.numbered(x.Content)
	l.Covers = &Cover{Source: c.number, Range: c.whole(), Form: FormBytes}
	if err := s.Hash(x.reader(c)); err != nil {
		return x.stops(err)
	}
	if !x.anyDigestFits(s) {
		canonical := func() io.Reader { return eml.NewCRLFReader(x.reader(c)) }
		if err := s.Hash(canonical()); err != nil {
			return x.stops(err)
		}
		if x.anyDigestFits(s) {
			l.Covers.Form = FormCanonical
		} else if err := s.Hash(x.reader(c)); err != nil {
			return x.stops(err)
		}
	}
	l.innerType(s)
	l.content = c
	return x.judgeSigners(l, s, nil)
}

// anyDigestFits tells whether the content that was hashed last is what a signer signed.
func (x *opening) anyDigestFits(s *cms.Signed) bool {
	for _, g := range s.Signers {
		if k, err := s.Check(g, x.pool, x.Allow); err == nil && k.DigestOK {
			return true
		}
	}
	return false
}
