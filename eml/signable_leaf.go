package eml

import (
	"io"
	"strings"
)

// leafPlan says how a leaf is written.
type leafPlan struct {
	encoding Encoding // Content-Transfer-Encoding to state; "" leaves the field as it is
	again    bool     // decode the body and encode it anew
	exact    bool     // the bytes are data: their line ends stay as they are
}

// leaf writes a part that is neither a multipart nor a message.
func (s *signable) leaf(p *Part, fields []Field) {
	plan, err := p.plan()
	if err != nil {
		s.err = err
		return
	}
	s.header(p, fields, plan.encoding)
	if !plan.again {
		s.copy(p, p.BodyRange)
		return
	}
	if s.err != nil {
		return
	}
	w := plan.encoding.Encode(s.w)
	body := p.Encoding.Decode(p.Body())
	if p.Encoding == QuotedPrintable { // its line ends are text, those that are encoded are data
		body = p.Encoding.Decode(NewCRLFReader(p.Body()))
	}
	buf := borrow()
	defer giveBack(buf)
	if in := io.Writer(w); plan.exact {
		_, s.err = io.CopyBuffer(struct{ io.Writer }{in}, onlyReader{body}, *buf)
	} else {
		_, s.err = io.CopyBuffer(NewCRLFWriter(in), onlyReader{body}, *buf)
	}
	if err := w.Close(); s.err == nil {
		s.err = err
	}
}

// plan surveys a leaf, once.
func (p *Part) plan() (leafPlan, error) {
	if plan := p.signing.Load(); plan != nil {
		return *plan, nil
	}
	var s Survey
	if err := s.read(p.Body()); err != nil {
		return leafPlan{}, err
	}
	plan := p.planFor(&s)
	p.signing.Store(&plan)
	return plan, nil
}

func (p *Part) planFor(s *Survey) leafPlan {
	switch e := p.Encoding; {
	case e == Base64 || e == QuotedPrintable:
		return leafPlan{e, !s.transportable(), true}
	case strings.HasPrefix(string(e), "x-") || strings.HasPrefix(string(e), "uu"):
		return leafPlan{"", false, false} // encoded in a way that we cannot undo
	}
	// RFC 2045 §2.9: what is marked as binary has no lines, unless it is text.
	data := p.Encoding == Binary && p.Type.Type != "text" || s.NUL
	if data && s.BareLF && s.transportable() {
		return leafPlan{Base64, true, true}
	}
	e := s.ForSigning()
	return leafPlan{e, e != SevenBit, data}
}
