package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/directory"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// mailAt is one mail of a batch: a file, or a part of an mbox.
type mailAt struct {
	name string
	path string
	at   eml.Range // in the file; empty: the whole of it
}

// verdictLine is one line of verify --json over many mails.
type verdictLine struct {
	Version int             `json:"version"`
	Mail    string          `json:"mail"`
	Exit    int             `json:"exit"`
	Verdict *policy.Verdict `json:"judgement,omitempty"`
	From    string          `json:"from,omitempty"`
	Signers []string        `json:"signers,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// verifyMany judges every mail of a folder, Maildir or mbox, as many at once as there are processors, and prints them in
// their order.
func (a *app) verifyMany(c *cobra.Command, j *judging, o *smime.Opener, mails []mailAt) error {
	o.Cache = chain.NewCache()
	settings, memory, err := a.settings(c.Context(), o, j)
	if err != nil {
		return err
	}
	b := &batch{settings: settings, memory: memory, app: a, ctx: c.Context(), opener: o, json: j.json, words: map[policy.Word]int{}, total: len(mails)}
	lines := make([]chan verdictLine, len(mails))
	for i := range lines {
		lines[i] = make(chan verdictLine, 1)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	ahead := make(chan struct{}, 8*runtime.GOMAXPROCS(0)) // answers that wait for their turn
	for range runtime.GOMAXPROCS(0) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				ahead <- struct{}{}
				i := int(next.Add(1)) - 1
				if i >= len(mails) {
					<-ahead
					return
				}
				lines[i] <- b.judge(mails[i])
			}
		}()
	}
	for i := range lines {
		line := <-lines[i]
		<-ahead
		if err == nil {
			err = b.print(line)
		}
	}
	workers.Wait()
	if err != nil {
		return err
	}
	return b.summary()
}

// batch is the state of a run over many mails.
type batch struct {
	app    *app
	ctx    context.Context
	opener *smime.Opener
	json   bool
	total  int

	settings policy.Settings
	memory   *directory.Memory

	done   int
	failed int
	worst  int
	words  map[policy.Word]int
	shown  time.Time
}

// judge judges one mail. What goes wrong is in the line, so that the others are judged too.
func (b *batch) judge(m mailAt) verdictLine {
	line := verdictLine{Version: jsonVersion, Mail: m.name, Exit: exitError}
	f, err := os.Open(m.path)
	if err != nil {
		line.Error = err.Error()
		return line
	}
	defer f.Close()
	src, err := m.source(f)
	if err != nil {
		line.Error = err.Error()
		return line
	}
	v, r, err := b.verdict(src)
	if err != nil {
		e := classify(err)
		line.Exit, line.Error = e.code, oneLine(e.text)
		return line
	}
	defer r.Close()
	line.Exit, line.Verdict, line.From = exitOf(v, r), &v, r.Sender.Shown
	for _, s := range r.Signers {
		if s.Summary != nil {
			line.Signers = append(line.Signers, strings.Join(append(s.Summary.Addresses, s.Summary.Subject), " "))
		}
	}
	return line
}

func (m mailAt) source(f *os.File) (eml.Source, error) {
	if m.at.Len() > 0 {
		return io.NewSectionReader(f, m.at.Start, m.at.Len()), nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(f, 0, info.Size()), nil
}

func (b *batch) verdict(src eml.Source) (policy.Verdict, *smime.Report, error) {
	m, err := eml.Parse(src, limit.New(b.opener.Limits))
	if err != nil {
		return policy.Verdict{}, nil, err
	}
	r, err := b.opener.Open(b.ctx, m)
	if err != nil {
		return policy.Verdict{}, nil, err
	}
	v := policy.Judge(r, b.settings)
	return v, r, learn(b.memory, r, b.opener.Now)
}

// print prints the line of one mail, and the progress on a terminal.
func (b *batch) print(line verdictLine) error {
	b.done++
	if line.Error != "" {
		b.failed++
	} else {
		b.words[line.Verdict.Word]++
	}
	b.worst = max(b.worst, line.Exit)
	var err error
	if b.json {
		e := json.NewEncoder(b.app.out)
		e.SetEscapeHTML(false)
		err = e.Encode(line)
	} else if line.Error != "" {
		_, err = fmt.Fprintf(b.app.out, "%-10s %s: %s\n", "error", oneLine(line.Mail), line.Error)
	} else {
		p := &painter{colour: isTerminal(b.app.out)}
		seal := seals[line.Verdict.Word]
		_, err = fmt.Fprintf(b.app.out, "%s %s: %s\n", p.bold(seal.colour, fmt.Sprintf("%-10s", line.Verdict.Word)), oneLine(line.Mail), oneLine(line.Verdict.Reason))
	}
	b.progress()
	return err
}

// progress draws a bar on a terminal, a few times a second.
func (b *batch) progress() {
	if !isTerminal(b.app.err) || isTerminal(b.app.out) {
		return
	}
	if now := time.Now(); now.Sub(b.shown) > 200*time.Millisecond || b.done == b.total {
		b.shown = now
		const width = 40
		full := width * b.done / b.total
		fmt.Fprintf(b.app.err, "\r\x1b[K[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(".", width-full), b.done, b.total)
		if b.done == b.total {
			fmt.Fprintln(b.app.err)
		}
	}
}

// summary prints how many mails got which word.
func (b *batch) summary() error {
	if !b.json {
		b.app.printf("\n")
		for _, w := range policy.Words {
			if n := b.words[w]; n > 0 {
				b.app.printf("%7d %s\n", n, w)
			}
		}
		if b.failed > 0 {
			b.app.printf("%7d could not be read\n", b.failed)
		}
	}
	return done(b.worst)
}
