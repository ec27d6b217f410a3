package smime

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// clearSigned opens a multipart/signed (RFC 1847 §2.1, RFC 8551 §3.5.3). The signature covers the first part
// and nothing else; with more parts than two it does not wrap what is shown.
func (x *opening) clearSigned(l *Layer, p *eml.Part, at place) error {
	l.Kind = KindClearSigned
	covered := p.Children[0]
	l.InEnvelope = at.envelope && len(p.Children) == 2
	if n := len(p.Children); n > 2 {
		l.because(finding.MIMEExtraParts, "%d parts", n)
	}
	if says := p.Type.Param("protocol"); says != "" && !isSignatureType(plainType(says)) {
		l.because(finding.LayerTypeDiffers, "protocol says %s", clipped(says)) // STANDARDS 25: a hint, and a wrong one
	}
	if err := x.textAfter(l, p); err != nil {
		return err
	}
	l.Covers = &Cover{Source: at.source, Range: covered.Range, Form: FormCanonical}
	l.content = &content{Source: eml.Section(p.Message().Source, covered.Range), number: at.source}
	if err := x.clearSignature(l, covered, p.Children[1]); err != nil {
		return err
	}
	inside := at.child(1)
	inside.envelope, inside.around = l.InEnvelope, l
	inside.exposed = at.exposed && len(l.Signers) == 0
	inner, err := x.part(covered, inside)
	if err != nil {
		return err
	}
	l.Children = append(l.Children, inner)
	at.envelope = false
	for i, extra := range p.Children[2:] {
		beside, err := x.part(extra, at.child(i+3))
		if err != nil {
			return err
		}
		l.Children = append(l.Children, beside)
	}
	return nil
}

// clearSignature reads the signature of a clear-signed layer and judges its signers.
func (x *opening) clearSignature(l *Layer, covered, signature *eml.Part) error {
	c, err := cms.Read(input{part: signature}.open(x), x.b)
	if err != nil {
		return x.brokenSignature(l, err)
	}
	s, ok := c.(*cms.Signed)
	if !ok {
		l.because(finding.MIMEProtocol, "%s", signature.Type)
		return nil
	}
	if err := s.Finish(); err != nil {
		return x.brokenSignature(l, err)
	}
	x.carry(l, s)
	if !s.Detached {
		// STANDARDS 15: the part that is shown is checked, whatever the signature brings along.
		l.because(finding.LayerTwice, "%d bytes", s.Digests().Size())
	}
	if len(s.Signers) == 0 {
		l.note(finding.LayerNoSigners) // STANDARDS 14
		return nil
	}
	// RFC 8551 §3.1.1: CRLF, whatever the line ends in the mailbox.
	if err := s.Hash(x.guard(covered.Canonical())); err != nil {
		return x.stops(err)
	}
	l.innerType(s)
	l.checkMicalg(covered.Parent.Type.Param("micalg"), s)
	forms := &otherForms{x: x, covered: covered}
	return x.judgeSigners(l, s, forms)
}

// brokenSignature states that the signature cannot be read. The covered part can still be shown.
func (x *opening) brokenSignature(l *Layer, err error) error {
	if stop := x.stops(err); stop != nil {
		return stop
	}
	l.grave(finding.New(finding.LayerMalformed).Because("the signature: %v", err))
	return nil
}

// textAfter looks for text behind the close delimiter.
func (x *opening) textAfter(l *Layer, p *eml.Part) error {
	r := bufio.NewReader(x.guard(eml.Section(p.Message().Source, p.Epilogue)))
	head, err := r.Peek(int(min(p.Epilogue.Len(), 4<<10)))
	if err != nil && err != io.EOF {
		return x.stops(err)
	}
	if text := bytes.TrimSpace(head); len(text) > 0 {
		l.because(finding.MIMEEpilogue, "%d bytes", p.Epilogue.Len())
	}
	return nil
}

// checkMicalg compares the announced digests with those of the signers. The parameter is a hint and
// nothing follows from it (RFC 8551 §3.5.3.2; STANDARDS 25).
func (l *Layer) checkMicalg(micalg string, s *cms.Signed) {
	if micalg == "" {
		return
	}
	said := map[string]bool{}
	for name := range strings.SplitSeq(micalg, ",") {
		said[plainMicalg(name)] = true
	}
	for _, h := range s.Digests().Hashes() {
		if !said[plainMicalg(h.Micalg())] {
			l.because(finding.LayerMicalg, "micalg says %s, the signature uses %s", clipped(micalg), h.Name)
			return
		}
	}
}

// plainMicalg brings the spellings of a digest together: "sha1", "sha-1", "rsa-sha1", "SHA1".
func plainMicalg(name string) string {
	name = strings.ToLower(strings.Trim(name, " \t\""))
	return strings.TrimPrefix(strings.ReplaceAll(name, "-", ""), "rsa")
}

// clipped shortens a value from a message for people.
func clipped(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
