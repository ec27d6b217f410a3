package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// progress shows on a terminal how far long work is. Work that is done within a second shows nothing.
type progress struct {
	in    *input
	what  string
	read  atomic.Int64
	done  chan struct{}
	ended sync.WaitGroup
}

// progress starts to show; stop ends it. Where standard error is no terminal nothing is shown.
func (a *app) progress(what string, in *input) *progress {
	p := &progress{in: in, what: what, done: make(chan struct{})}
	if isTerminal(a.err) {
		p.ended.Add(1)
		go p.show(a.err)
	}
	return p
}

// source returns the input, counted.
func (p *progress) source() eml.Source { return countedSource{p.in, &p.read} }

func (p *progress) stop() {
	close(p.done)
	p.ended.Wait()
}

func (p *progress) show(w io.Writer) {
	defer p.ended.Done()
	const every = 200 * time.Millisecond
	start := time.Now()
	shown := false
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			if shown {
				fmt.Fprint(w, "\r\x1b[K")
			}
			return
		case <-tick.C:
			if passed := time.Since(start); passed > time.Second {
				shown = true
				n := p.read.Load()
				fmt.Fprintf(w, "\r\x1b[K%s %s: %s read, %s/s", p.what, p.in.name, size(n), size(int64(float64(n)/passed.Seconds())))
			}
		}
	}
}

// size prints a number of bytes for people.
func size(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	f, names := float64(n), "KMGT"
	i := -1
	for f >= unit && i < len(names)-1 {
		f /= unit
		i++
	}
	return fmt.Sprintf("%.1f %ciB", f, names[i])
}

type countedSource struct {
	eml.Source
	n *atomic.Int64
}

func (c countedSource) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Source.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}
