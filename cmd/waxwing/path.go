package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func (a *app) pathCommand() *cobra.Command {
	var j judging
	c := &cobra.Command{
		Use:   "path [--trust-anchor FILE]... [--untrusted FILE]... LEAF",
		Short: "Judge a certificate: is there a path to a trusted authority",
		Long: "Path looks for a way from the first certificate of LEAF to an authority named by --trust-anchor on which every rule of\n" +
			"RFC 5280 holds. Further certificates in LEAF, and those of --untrusted, help to build it. For a failure it names\n" +
			"the certificate, the rule and the section; of several failing paths it shows the one that came nearest.",
		Example: "  waxwing path --trust-anchor root.pem --untrusted issuing.pem alice.crt\n" +
			"  waxwing path --trust-anchor root.pem --crl crls/ --revocation hard --json alice.crt",
		Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return a.path(c, &j, args[0]) },
	}
	j.addTrustFlags(c)
	return c
}

func (a *app) path(c *cobra.Command, j *judging, leaf string) error {
	o, err := a.opener(c, j)
	if err != nil {
		return err
	}
	certs, err := a.certificates([]string{leaf})
	if err != nil {
		return err
	}
	if _, err := a.online(c.Context(), o, j); err != nil {
		return err
	}
	at := o.Now
	if !o.Received.IsZero() {
		at = o.Received
	}
	r := chain.Verify(c.Context(), chain.Request{Leaf: certs[0], Pool: append(certs[1:], o.Untrusted...), Anchors: o.Trust, Evidence: o.Evidence,
		Time: at, Now: o.Now, Purpose: o.Purpose, Policies: o.Policies, Revocation: o.Revocation, Allow: o.Allow})
	if r.Limit != nil {
		return r.Limit
	}
	out := describePath(r)
	if j.json {
		err = a.printJSON(out)
	} else {
		err = a.printPath(out)
	}
	if err != nil {
		return err
	}
	return done(out.Exit)
}

// oneFile takes exactly one file.
func oneFile(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(c, "name one file")
	}
	return nil
}

func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(c, "name at least one file")
	}
	return nil
}

// pathJSON is what path --json prints.
type pathJSON struct {
	Version    int               `json:"version"`
	Exit       int               `json:"exit"`
	OK         bool              `json:"ok"`
	Path       []certificateJSON `json:"path"`
	Anchor     string            `json:"anchor,omitempty"`
	Failures   []failureJSON     `json:"failures,omitempty"`
	Findings   []finding.Finding `json:"findings,omitempty"`
	Revocation []statusJSON      `json:"revocation,omitempty"`
	Policies   []string          `json:"policies,omitempty"`
	Level      string            `json:"validation,omitempty"`
	Words      string            `json:"words,omitempty"`
	Tried      int               `json:"tried"`
}

type failureJSON struct {
	finding.Finding
	Certificate string `json:"certificate,omitempty"`
	Index       int    `json:"index"`
	Section     string `json:"section,omitempty"`
}

// statusJSON is what is known about the revocation of a certificate.
type statusJSON struct {
	Certificate string     `json:"certificate,omitempty"`
	State       string     `json:"state"`
	Source      string     `json:"source,omitempty"`
	ThisUpdate  *time.Time `json:"thisUpdate,omitempty"`
	NextUpdate  *time.Time `json:"nextUpdate,omitempty"`
	Revoked     *time.Time `json:"revoked,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	Why         string     `json:"why,omitempty"`
	Ignored     []string   `json:"ignored,omitempty"`
}

func describePath(r *chain.Result) pathJSON {
	out := pathJSON{Version: jsonVersion, OK: r.OK, Findings: r.Findings, Level: r.Level.String(), Tried: r.Tried, Path: []certificateJSON{}}
	if !r.OK {
		out.Exit = exitNotAcceptable
	}
	for _, c := range r.Path {
		out.Path = append(out.Path, describe(c))
	}
	if r.Anchor != nil {
		out.Anchor = r.Anchor.Name
		out.Words = r.Level.Words(r.Anchor.Name)
	}
	for _, f := range r.Failures {
		one := failureJSON{Finding: f.Finding, Index: f.Index, Section: f.Section}
		if f.Certificate != nil {
			one.Certificate = f.Certificate.Subject.String()
		}
		out.Failures = append(out.Failures, one)
	}
	for _, s := range r.Revocation {
		out.Revocation = append(out.Revocation, describeStatus(s))
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, p.String())
	}
	return out
}

func describeStatus(s chain.Status) statusJSON {
	out := statusJSON{State: string(s.State), Source: string(s.Source), Why: s.Why, Ignored: s.Ignored,
		ThisUpdate: moments(s.ThisUpdate), NextUpdate: moments(s.NextUpdate), Revoked: moments(s.Revoked)}
	if s.Certificate != nil {
		out.Certificate = s.Certificate.Subject.String()
	}
	if s.HasReason {
		out.Reason = s.Reason.String()
	}
	return out
}

// moments returns nil for the zero time, which has no place in an answer.
func moments(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// printPath prints the outcome for people.
func (a *app) printPath(r pathJSON) error {
	p := &painter{colour: isTerminal(a.out)}
	if r.OK {
		p.line("%s", p.bold("32", "✔ TRUSTED"))
		p.fact("Checked", r.Words)
	} else {
		p.line("%s", p.bold("31", "✘ NOT TRUSTED"))
	}
	for i, c := range r.Path {
		name := "Path"
		if i > 0 {
			name = ""
		}
		p.fact(name, strings.Repeat("  ", i)+c.Subject)
		if i < len(r.Revocation) {
			p.fact("", strings.Repeat("  ", i)+"  "+r.Revocation[i].words())
		}
	}
	for _, f := range r.Failures {
		p.fact("Fails", f.Title())
		p.fact("", strings.TrimSpace(fmt.Sprintf("%s %s (%s)", f.Certificate, f.Detail, f.Section)))
		p.fact("More", "waxwing explain "+string(f.Code))
	}
	_, err := fmt.Fprint(a.out, p.text.String())
	return err
}

// words says what is known about revocation.
func (s statusJSON) words() string {
	switch {
	case s.State == string(chain.Good):
		return "not revoked, says the " + s.Source + day(" of ", s.ThisUpdate)
	case s.State == string(chain.Revoked) && s.Reason != "":
		return "revoked" + day(" on ", s.Revoked) + ": " + s.Reason
	case s.State == string(chain.Revoked):
		return "revoked" + day(" on ", s.Revoked)
	case s.Why != "":
		return "revocation " + s.State + ": " + s.Why
	}
	return "revocation " + s.State
}

func day(before string, t *time.Time) string {
	if t == nil {
		return ""
	}
	return before + t.UTC().Format(time.DateOnly)
}
