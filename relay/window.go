package relay

import (
	"bytes"
	"errors"
	"io"
	"sync"
)

const (
	smallWindow = 512
	largeWindow = 64 << 10
)

var largeWindows = sync.Pool{New: func() any { b := make([]byte, largeWindow); return &b }}

var (
	errLineTooLong = errors.New("line too long")
	errBareCommand = errors.New("line does not end with CR LF")
)

// window is what was read of a connection and not used yet. A quiet connection has a small one; a busy one borrows a large one
// and gives it back when the stream thins out, so that ten thousand slow clients cost little.
type window struct {
	src    io.Reader
	before func() error // called before each read that may block
	buf    []byte
	r, w   int
	small  []byte
	large  *[]byte
	full   bool // the last read filled all it could
}

func (v *window) rest() []byte { return v.buf[v.r:v.w] }

func (v *window) use(n int) { v.r += n }

// fill reads once and adds to the rest.
func (v *window) fill() error {
	v.room()
	if v.before != nil {
		if err := v.before(); err != nil {
			return err
		}
	}
	n, err := v.src.Read(v.buf[v.w:])
	v.full = v.w+n == len(v.buf)
	v.w += n
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// room makes place for more bytes.
func (v *window) room() {
	if v.small == nil {
		v.small = make([]byte, smallWindow)
		v.buf = v.small
	}
	if v.r == v.w {
		v.r, v.w = 0, 0
		switch {
		case v.full && v.large == nil:
			v.borrow()
		case !v.full && v.large != nil:
			v.release()
		}
		return
	}
	if v.w < len(v.buf) {
		return
	}
	if v.large == nil {
		v.borrow()
		return
	}
	v.w = copy(v.buf, v.buf[v.r:v.w])
	v.r = 0
}

func (v *window) borrow() {
	v.large = largeWindows.Get().(*[]byte)
	v.w = copy(*v.large, v.buf[v.r:v.w])
	v.r = 0
	clear(v.small)
	v.buf = *v.large
}

// release gives the large buffer back, wiped: it may have held a password or a message.
func (v *window) release() {
	if v.large == nil {
		return
	}
	clear(*v.large)
	largeWindows.Put(v.large)
	v.large, v.buf, v.r, v.w, v.full = nil, v.small, 0, 0, false
}

// line returns the next line without its CRLF.
func (v *window) line(most int) (string, error) {
	seen := 0
	for {
		if i := bytes.IndexByte(v.rest()[seen:], '\n'); i >= 0 {
			line := v.rest()[:seen+i]
			v.use(seen + i + 1)
			if len(line) == 0 || line[len(line)-1] != '\r' || bytes.IndexByte(line[:len(line)-1], '\r') >= 0 {
				return "", errBareCommand
			}
			if len(line) > most {
				return "", errLineTooLong
			}
			return string(line[:len(line)-1]), nil
		}
		seen = v.w - v.r
		if seen > most {
			return "", errLineTooLong
		}
		if err := v.fill(); err != nil {
			return "", err
		}
	}
}
