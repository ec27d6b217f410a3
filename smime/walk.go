package smime

import (
	"strconv"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// place is where in the tree the walk stands. The walk descends once for each layer, and limit.Layers
// bounds how often.
type place struct {
	report   *Report // of the message that the layer belongs to
	source   int
	path     string
	depth    int
	around   *Layer // the nearest cryptographic layer of the same message; nil: none
	envelope bool   // everything around wraps all that is shown
	exposed  bool   // inside an encryption that notices no changes, and nothing signed since
}

// child returns the place of the n-th entity of a layer, in the same source.
func (at place) child(n int) place {
	at.path += "." + strconv.Itoa(n)
	at.depth++
	return at
}

func (l *Layer) note(c finding.Code) { l.Findings = append(l.Findings, finding.New(c).At(l.Path)) }

func (l *Layer) because(c finding.Code, format string, args ...any) {
	l.Findings = append(l.Findings, finding.New(c).At(l.Path).Because(format, args...))
}

// grave adds a finding that keeps the layer from being read. It is decisive for the message only where the layer
// wraps all of it: an attachment that does not open leaves the rest as it is.
func (l *Layer) grave(f finding.Finding) {
	if !l.InEnvelope && f.Severity == finding.Bad {
		f.Severity = finding.Warn
	}
	l.Findings = append(l.Findings, f.At(l.Path))
}

// take adds findings of other rooms, which name no place.
func (l *Layer) take(list []finding.Finding) {
	for _, f := range list {
		l.Findings = append(l.Findings, f.At(l.Path))
	}
}

// part makes the layer of a MIME part and of everything in it.
func (x *opening) part(p *eml.Part, at place) (*Layer, error) {
	if err := x.ctx.Err(); err != nil {
		return nil, err
	}
	at.depth = p.Depth
	l := &Layer{Kind: KindLeaf, Path: at.path, Part: p.Path, MediaType: p.Type.String(), Name: p.FileName(),
		Source: at.source, Range: p.Range, part: p}
	switch d := dressOf(p); d {
	case clearSigned:
		return l, x.clearSigned(l, p, at)
	case cmsTyped, cmsNamed:
		return l, x.cmsPart(l, p, at, d)
	case messagePart, messageEncoded:
		return l, x.forwarded(l, p, at, d)
	case misSigned:
		l.note(finding.MIMEProtocol)
		return l, x.multipart(l, p, at)
	case openpgp:
		l.note(finding.MessageOpenPGP)
		return l, x.multipart(l, p, at)
	case otherSigned, multipartPart:
		return l, x.multipart(l, p, at)
	}
	x.payload(l, at)
	return l, x.fragment(l, p, at)
}

// payload records what stands inside all layers of the envelope (RFC 9787 §4.4).
func (x *opening) payload(l *Layer, at place) {
	if at.envelope && at.around != nil {
		at.report.payload = l
	}
}

// multipart opens each part. From here on nothing wraps everything that is shown.
func (x *opening) multipart(l *Layer, p *eml.Part, at place) error {
	l.Kind = KindMultipart
	x.payload(l, at)
	at.envelope = false
	for i, c := range p.Children {
		inner, err := x.part(c, at.child(i+1))
		if err != nil {
			return err
		}
		l.Children = append(l.Children, inner)
	}
	return nil
}

// forwarded opens the message inside a part. It is judged by itself, unless it is the old form of
// header protection.
func (x *opening) forwarded(l *Layer, p *eml.Part, at place, d dress) error {
	l.Kind = KindMessage
	root, at, err := x.messageIn(l, p, at, d)
	if err != nil || root == nil {
		return err
	}
	if at.envelope && at.around != nil && wraps(p, root, at.report.outer) {
		l.note(finding.HeaderWrapped)
		l.InEnvelope = true
		at.report.wrapped = root
		inner, err := x.part(root, at.child(1))
		l.Children = append(l.Children, inner)
		return err
	}
	x.payload(l, at)
	r, err := x.message(root, at.child(1))
	if err != nil {
		return err
	}
	l.Children, l.apart = append(l.Children, r.Root), true
	at.report.Forwarded = append(at.report.Forwarded, r)
	return nil
}

// messageIn returns the root of the message inside a part and where it stands. A transfer encoding, which
// RFC 2046 §5.2.1 forbids and RFC 6532 §3.5 allows, is undone.
func (x *opening) messageIn(l *Layer, p *eml.Part, at place, d dress) (*eml.Part, place, error) {
	if d == messagePart {
		return p.Children[0], at, nil
	}
	m, c, err := x.decodedMessage(p)
	if err != nil {
		return nil, at, err
	}
	l.content = c
	at.source = c.number
	return m.Root, at, nil
}

func (x *opening) decodedMessage(p *eml.Part) (*eml.Message, *content, error) {
	c, err := x.fill(copying(x.guard(p.Decoded())))
	if err != nil {
		return nil, nil, err
	}
	c.message, err = eml.ParseNested(c, x.b, p.Depth)
	return c.message, c, err
}

// mostFaults is how many oddities of one message are reported.
const mostFaults = 64

// noteFaults adds the oddities of a MIME structure to the layers that they are in.
func (x *opening) noteFaults(root *Layer, m *eml.Message) {
	byPart := map[string]*Layer{}
	root.each(true, func(l *Layer) {
		if l.part != nil && l.part.Message() == m {
			byPart[l.Part] = l
		}
	})
	for i, f := range m.Faults {
		l := root
		for path := f.Part; path != ""; path = parentPath(path) {
			if found := byPart[path]; found != nil {
				l = found
				break
			}
		}
		if i == mostFaults {
			l.because(finding.MIMEFault, "and %d more", len(m.Faults)-i)
			return
		}
		n := f.Finding().At(l.Path)
		l.Findings = append(l.Findings, n)
	}
}

// parentPath returns "1.2" for "1.2.3" and "" for "1".
func parentPath(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return path[:i]
		}
	}
	return ""
}

// each calls f for the layer and everything in it, parents first; with apart also for messages inside.
func (l *Layer) each(apart bool, f func(*Layer)) {
	f(l)
	if l.apart && !apart {
		return
	}
	for _, c := range l.Children {
		c.each(apart, f)
	}
}
