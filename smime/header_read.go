package smime

import (
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// protection is what is known about header protection while it is read (RFC 9788 §4).
type protection struct {
	mode      HeaderMode
	outer     eml.Header
	inner     eml.Header
	noted     []headerLine // HP-Outer: what the author left outside
	signed    bool         // a signature of the envelope fits
	encrypted bool         // the envelope hides
	where     string       // layer of the payload
}

// headerLine is a field in comparable form: decoded, white space squeezed.
type headerLine struct{ name, value string }

func lineOf(name, value string) headerLine {
	text := strings.ToValidUTF8(eml.DecodeWords(value), "\uFFFD")
	return headerLine{strings.ToLower(name), strings.Join(strings.Fields(text), " ")}
}

// readHeaders reads the sender and the protected header.
func (r *Report) readHeaders(x *opening) (found []finding.Finding) {
	if r.bare {
		return nil
	}
	where, outer := r.Root.Path, r.outer.Header
	found = duplicates(outer, where)
	r.Sender = readSender(outer, where, x.Known)
	p, is := r.protection()
	found = append(found, r.misplaced(is)...)
	if !is {
		if r.hasEnvelope((*Layer).isSignature) {
			found = append(found, finding.New(finding.HeaderUnprotected).At(where))
		}
		return found
	}
	r.Headers = &HeaderProtection{Mode: p.mode}
	for _, f := range p.inner.Fields {
		if !structural(f) && !f.Is("HP-Outer") {
			r.Headers.Fields = append(r.Headers.Fields, ProtectedField{Name: f.Name, Value: lineOf("", f.Value()).value, State: p.state(f)})
		}
	}
	found = append(found, duplicates(p.inner, p.where)...)
	found = append(found, p.oddities()...)
	found = append(found, r.legacyDisplay()...)
	return append(found, r.protectedSender(p, x.Known)...)
}

// hasEnvelope tells whether a layer of the envelope is of a kind.
func (r *Report) hasEnvelope(is func(*Layer) bool) bool {
	has := false
	r.Root.each(false, func(l *Layer) { has = has || l.InEnvelope && is(l) })
	return has
}

// fits tells whether a signer of the layer signed its content.
func (l *Layer) fits() bool {
	return slices.ContainsFunc(l.Signers, func(s *SignerReport) bool { return s.DigestOK && s.SignatureOK })
}

// protection finds the protected header: the fields at the root of what the envelope wraps, when the envelope
// signs or encrypts and the root says so with hp (RFC 9788 §4.1), or those of a wrapped message.
func (r *Report) protection() (p protection, is bool) {
	p = protection{outer: r.outer.Header, signed: r.hasEnvelope((*Layer).fits), encrypted: r.hasEnvelope((*Layer).isEncryption)}
	if !p.encrypted && !r.hasEnvelope((*Layer).isSignature) {
		return p, false
	}
	if r.payload != nil && r.payload.part != nil {
		p.where = r.payload.Path
		switch mode := HeaderMode(r.payload.part.Type.Param("hp")); mode {
		case HeadersClear, HeadersCipher:
			p.mode, p.inner = mode, r.payload.part.Header
			for _, f := range p.inner.All("HP-Outer") {
				name, value, _ := strings.Cut(f.Value(), ":")
				p.noted = append(p.noted, lineOf(strings.TrimSpace(name), value))
			}
			return p, true
		}
	}
	if r.wrapped == nil {
		return p, false
	}
	p.mode, p.inner = HeadersWrapped, r.wrapped.Header
	return p, true
}

// state says how a field of the protected header is protected (RFC 9788 §4.3.1).
func (p *protection) state(f eml.Field) FieldState {
	hidden := false
	line := lineOf(f.Name, f.Value())
	switch {
	case !p.encrypted:
	case p.mode == HeadersCipher:
		hidden = !slices.Contains(p.noted, line)
	case p.mode == HeadersWrapped:
		hidden = !slices.ContainsFunc(p.outer.All(f.Name), func(o eml.Field) bool { return lineOf(o.Name, o.Value()) == line })
	}
	switch {
	case hidden && p.signed:
		return SignedAndEncrypted
	case hidden:
		return EncryptedOnly
	case p.signed:
		return SignedOnly
	}
	return Unprotected
}

// oddities compares the outside with what the author left there (RFC 9788 §4.3).
func (p *protection) oddities() (found []finding.Finding) {
	add := func(f finding.Finding) { found = append(found, f.At(p.where)) }
	if p.mode == HeadersCipher && !p.encrypted {
		add(finding.New(finding.HeaderNotSecret))
	}
	if len(p.inner.All("Bcc")) > 0 {
		add(finding.New(finding.HeaderBcc))
	}
	var expected []headerLine
	switch {
	case p.mode == HeadersCipher && len(p.noted) > 0:
		expected = p.noted
	case p.mode == HeadersClear, p.mode == HeadersWrapped && !p.encrypted:
		for _, f := range p.inner.Fields {
			expected = append(expected, lineOf(f.Name, f.Value()))
		}
	default:
		return found
	}
	for _, name := range userFacing {
		var here, there []string
		for _, f := range p.outer.All(name) {
			here = append(here, lineOf(f.Name, f.Value()).value)
		}
		for _, e := range expected {
			if e.name == strings.ToLower(name) {
				there = append(there, e.value)
			}
		}
		if !slices.Equal(here, there) {
			add(finding.New(finding.HeaderChanged).Because("%s: %s outside, %s by the author", name, listed(here), listed(there)))
		}
	}
	return found
}

func listed(values []string) string {
	if len(values) == 0 {
		return "nothing"
	}
	return `"` + clipped(strings.Join(values, `", "`)) + `"`
}

// userFacing lists the fields that mail programs show or act on (RFC 9788 §1.1.2).
var userFacing = []string{"Subject", "From", "To", "Cc", "Date", "Reply-To", "Followup-To", "Sender"}

// once lists the fields of RFC 5322 §3.6 that occur at most once. From has findings of its own.
var once = []string{"Subject", "Date", "To", "Cc", "Reply-To", "Sender", "Message-ID", "In-Reply-To", "References"}

// duplicates states fields that contradict themselves.
func duplicates(h eml.Header, where string) (found []finding.Finding) {
	for _, name := range once {
		all := h.All(name)
		for i := 1; i < len(all); i++ {
			if lineOf(name, all[i].Value()) != lineOf(name, all[0].Value()) {
				found = append(found, finding.New(finding.HeaderDuplicate).At(where).Because("%s", name))
				break
			}
		}
	}
	return found
}

// protectedSender takes the author from inside. Where the outside names another one, somebody is deceived:
// which of the two is shown depends on the age of the mail program (RFC 9788 §4.4).
func (r *Report) protectedSender(p protection, known []string) (found []finding.Finding) {
	inner, outer := readSender(p.inner, p.where, known), r.Sender
	if len(p.inner.All("From")) == 0 {
		return nil
	}
	inner.Protected, inner.Outer = true, outer.Claimed
	for _, f := range outer.Findings {
		if !slices.ContainsFunc(inner.Findings, func(g finding.Finding) bool { return g.Code == f.Code && g.Detail == f.Detail }) {
			inner.Findings = append(inner.Findings, f)
		}
	}
	if !sameAuthors(inner.Claimed, outer.Claimed) {
		found = append(found, finding.New(finding.HeaderFromDiffers).At(p.where).
			Because("%s outside, %s inside", listed(outer.Claimed), listed(inner.Claimed)))
	}
	r.Sender = inner
	return found
}
