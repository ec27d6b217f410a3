package smime

import (
	"io"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// mostContents is how many contents of layers one message may bring. Each may be a file.
const mostContents = 200

// spoolMemory is what all contents of a message together keep in memory, and spoolShare what one may.
const (
	spoolMemory = 8 << 20
	spoolShare  = 1 << 20
)

// content is what a cryptographic layer held. Until the report is closed it is kept in a quarantine: decrypted
// text only comes here once its tag or padding was checked.
type content struct {
	eml.Source
	number  int          // of the source
	message *eml.Message // its MIME structure; nil when it has none
}

// Content returns what a layer held, once its tag or padding was checked; nil for layers that hold
// nothing or could not be opened. It is valid until the report is closed. For a clear-signed layer it
// is the covered part as received, with the line ends of the message.
func (l *Layer) Content() eml.Source {
	if l.content == nil {
		return nil
	}
	return l.content.Source
}

// fill gives write a fresh quarantine. What was written to it is destroyed unless write returns nil
// (RFC 5083 §2).
func (x *opening) fill(write func(io.Writer) error) (*content, error) {
	if len(x.closers) >= mostContents {
		return nil, &limit.Error{What: limit.Layers, Max: mostContents}
	}
	o := x.Spool
	if o.Memory == 0 {
		o.Memory = spoolShare
	}
	o.Memory = max(1, min(o.Memory, x.memory))
	s := eml.NewSpool(o)
	if err := write(x.guardWriter(s)); err != nil {
		s.Close() // the content is worth nothing, and so is what closing it says
		return nil, err
	}
	x.memory -= int(min(s.Size(), int64(o.Memory)))
	x.closers = append(x.closers, s.Close)
	return x.numbered(s), nil
}

// numbered gives a source of its own to bytes that a layer held.
func (x *opening) numbered(src eml.Source) *content {
	x.sources++
	return &content{Source: src, number: x.sources}
}

// whole returns the range of everything.
func (c *content) whole() eml.Range { return eml.Range{End: c.Size()} }

// reader returns the content from its start.
func (x *opening) reader(c *content) io.Reader { return x.guard(eml.Section(c.Source, c.whole())) }
