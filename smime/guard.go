package smime

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/limit"
)

// stops returns the error when it is about us: a limit, a cancelled context, a disk. What is left is about
// the message and becomes a finding.
func (x *opening) stops(err error) error {
	var over *limit.Error
	switch {
	case err == nil:
		return nil
	case x.ctx.Err() != nil:
		return x.ctx.Err()
	case x.fault != nil:
		return x.fault
	case errors.As(err, &over):
		return err
	}
	return nil
}

// guard returns r with its errors noted and the context looked at.
func (x *opening) guard(r io.Reader) io.Reader { return &guardedReader{x: x, r: r} }

type guardedReader struct {
	x *opening
	r io.Reader
}

// Read implements io.Reader.
func (g *guardedReader) Read(p []byte) (int, error) {
	if err := g.x.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.r.Read(p)
	if err != nil && err != io.EOF {
		g.x.fail(err)
	}
	return n, err
}

// WriteTo implements io.WriterTo: the readers of package eml are fastest that way.
func (g *guardedReader) WriteTo(w io.Writer) (int64, error) {
	own := &ownErrors{w: withContext(g.x.ctx, w)}
	n, err := io.Copy(own, g.r)
	if err != nil && own.err == nil {
		g.x.fail(err)
	}
	return n, err
}

// ownErrors remembers whether an error came from writing.
type ownErrors struct {
	w   io.Writer
	err error
}

func (o *ownErrors) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	o.err = err
	return n, err
}

// guardWriter returns w with its errors noted and the context looked at.
func (x *opening) guardWriter(w io.Writer) io.Writer { return &guardedWriter{x: x, w: w} }

type guardedWriter struct {
	x *opening
	w io.Writer
}

func (g *guardedWriter) Write(p []byte) (int, error) {
	if err := g.x.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.w.Write(p)
	if err != nil {
		g.x.fail(err)
	}
	return n, err
}

func (x *opening) fail(err error) {
	if x.fault == nil {
		x.fault = err
	}
}
