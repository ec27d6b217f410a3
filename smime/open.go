package smime

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// errNoMoment says that an Opener lacks the moment of judgement.
var errNoMoment = errors.New("smime: Opener.Now is not set")

// opening is one Open: what it was given and what it has found so far.
type opening struct {
	*Opener
	ctx  context.Context
	b    *limit.Budget
	keys *askedKeys

	pool    []*pki.Certificate // of all layers so far; no trust follows from them
	pooled  map[[32]byte]bool  // their fingerprints
	carried chain.AtHand       // evidence that the layers so far brought along

	sources int            // contents opened so far
	memory  int            // bytes that further contents may keep in memory
	closers []func() error // of the contents
	fault   error          // the first error of a disk or a source
}

func (o *Opener) begin(ctx context.Context) (*opening, error) {
	if o.Now.IsZero() {
		return nil, errNoMoment
	}
	x := &opening{Opener: o, ctx: ctx, b: limit.New(o.Limits), keys: &askedKeys{keys: o.Keys}, memory: spoolMemory}
	x.pooled = make(map[[32]byte]bool, 8)
	x.collect(o.Untrusted)
	x.inherit(x.pool)
	return x, ctx.Err()
}

// Open undoes every layer of a message and returns what it found. An error means that the reading
// stopped: a limit (*limit.Error), a read error, a cancelled context, an Opener without Now.
// Whatever is wrong with the message itself is a Finding. The report must be closed.
func (o *Opener) Open(ctx context.Context, m *eml.Message) (*Report, error) {
	x, err := o.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	r, err := x.message(m.Root, place{path: "1"})
	if err != nil {
		return nil, fmt.Errorf("open: %w", x.abandon(err))
	}
	x.noteFaults(r.Root, m)
	return x.finish(r), nil
}

// OpenCMS is Open for a CMS object without a mail around it, in DER, BER, PEM or base64.
// Where it is a detached signature, Opener.Content is what it covers.
func (o *Opener) OpenCMS(ctx context.Context, src eml.Source) (*Report, error) {
	x, err := o.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	r := &Report{Version: ReportVersion, bare: true}
	at := place{report: r, path: "1", depth: 1, envelope: true}
	whole := eml.Range{End: src.Size()}
	r.Root = &Layer{Kind: KindMalformed, Path: at.path, Range: whole, raw: src}
	in := input{covers: Cover{Range: whole, Form: FormBytes}, src: eml.Section(src, whole)}
	if err := x.object(r.Root, in, at); err != nil {
		return nil, fmt.Errorf("open: %w", x.abandon(err))
	}
	return x.finish(r), nil
}

// message opens one message, which may be inside another one: then its report is that one's too.
func (x *opening) message(root *eml.Part, at place) (*Report, error) {
	r := &Report{Version: ReportVersion, outer: root}
	if at.report != nil {
		r.Where = at.path
	}
	at.report, at.around, at.envelope, at.exposed = r, nil, true, false
	var err error
	r.Root, err = x.part(root, at)
	return r, err
}

// finish draws up the report.
func (x *opening) finish(r *Report) *Report {
	x.conclude(r)
	r.closers = x.closers
	return r
}

// abandon destroys what was opened and returns the error.
func (x *opening) abandon(err error) error { return errors.Join(err, closeAll(x.closers)) }

// Close releases the decrypted contents, which were never on a disk in the clear.
func (r *Report) Close() error {
	err := closeAll(r.closers)
	r.closers = nil
	return err
}

func closeAll(list []func() error) error {
	var errs []error
	for _, f := range list {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}
