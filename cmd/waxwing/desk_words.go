package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/ra"
)

// file is an application with what hangs on it.
type file struct {
	ra.Application
	Requirements []ra.Requirement `json:"requirements,omitempty"`
	Documents    []ra.Document    `json:"documents,omitempty"`
	Given        []ra.Approval    `json:"given,omitempty"`
	Credentials  []ra.Credential  `json:"credentials,omitempty"`
}

// words is an answer that is one line.
type words struct {
	text  string
	value any // for --json
}

func say(value any, format string, args ...any) words {
	return words{fmt.Sprintf(format, args...), value}
}

// deskAnswer prints an answer, in words or as JSON.
func (a *app) deskAnswer(answer any, asJSON bool) error {
	if answer == nil {
		return nil // it is written already
	}
	if w, ok := answer.(words); ok {
		if asJSON {
			return a.printJSON(w.value)
		}
		a.printf("%s\n", strings.TrimRight(w.text, "\n"))
		return nil
	}
	if asJSON {
		return a.printJSON(answer)
	}
	p := &painter{colour: isTerminal(a.out)}
	switch v := answer.(type) {
	case ra.Application:
		p.application(v)
	case file:
		p.file(v)
	case []ra.Application:
		for _, one := range v {
			p.line("%s  %-12s %-24s %s", one.ID, one.State, one.Profile, oneLine(strings.Join(one.Addresses, " ")))
		}
		if len(v) == 0 {
			p.line("nothing waits")
		}
	case ra.Requirement:
		p.requirement(v)
	case ra.Document:
		p.line("%s  %s, %d bytes: %s", v.ID, oneLine(v.Name), v.Size, v.State)
	case ra.Credential:
		p.credential(v)
	default:
		return a.printJSON(answer)
	}
	a.printf("%s", p.text.String())
	return nil
}

func (p *painter) application(v ra.Application) {
	p.line("%s", p.bold("36", v.ID))
	p.fact("State", string(v.State))
	p.fact("Profile", v.Profile)
	p.fact("For", oneLine(strings.Join(v.Addresses, " ")))
	s := v.Subject
	p.fact("Name", oneLine(strings.TrimSpace(s.GivenName+" "+s.Surname+s.Pseudonym)))
	p.fact("Of", oneLine(s.Organization))
	p.fact("Reason", oneLine(v.Reason))
	p.fact("Credential", v.Credential)
	for _, part := range v.Parts {
		if part.Certificate != "" {
			p.fact("Certificate", part.Certificate+" to "+string(part.Usage))
		}
	}
	for _, r := range v.Refusals {
		p.fact("Found", r.Code+": "+oneLine(r.String()))
	}
}

func (p *painter) requirement(v ra.Requirement) {
	until := ""
	if !v.Expires.IsZero() {
		until = " until " + v.Expires.Format(time.DateOnly)
	}
	text := fmt.Sprintf("%s  %-12s %s%s  %s", v.ID, v.Kind, v.State, until, oneLine(v.Subject))
	if v.Reason != "" {
		text += ": " + oneLine(v.Reason)
	}
	p.line("    %s", text)
}

func (p *painter) credential(v ra.Credential) {
	p.line("    %s  %s until %s: %s", v.ID, v.State, v.NotAfter.Format(time.DateOnly), oneLine(strings.Join(v.Addresses, " ")))
}

func (p *painter) file(v file) {
	p.application(v.Application)
	if v.Hash != "" {
		p.fact("Hash", v.Hash)
	}
	if len(v.Requirements) > 0 {
		p.line("  Requirements")
	}
	for _, r := range v.Requirements {
		p.requirement(r)
	}
	for _, d := range v.Documents {
		p.line("    %s  %s, %d bytes: %s", d.ID, oneLine(d.Name), d.Size, d.State)
	}
	for _, g := range v.Given {
		void := ""
		if !g.Void.IsZero() {
			void = ", void since " + g.Void.Format(time.RFC3339)
		}
		p.line("    approved by %s at %s%s", g.Who, g.At.Format(time.RFC3339), void)
	}
	for _, c := range v.Credentials {
		p.credential(c)
	}
}
