package eml

import "github.com/waxwing-mail/waxwing/finding"

// parser reads a message from front to back.
type parser struct {
	w    *window
	open []*Part
}

func (p *parser) fault(part *Part, code finding.Code, r Range, detail string) {}
