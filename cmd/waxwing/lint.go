package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
)

// lintFlags are those of lint.
type lintFlags struct {
	at, issuer                 string
	public, private, all, json bool
}

func (a *app) lintCommand() *cobra.Command {
	var f lintFlags
	c := &cobra.Command{
		Use: "lint [--at DATE] FILE", Short: "Judge how a certificate is made: RFC 5280, RFC 8550 and the S/MIME Baseline Requirements",
		Long: "Lint applies the rules that held when each certificate of FILE was issued, or those of --at. The issuer's certificate is taken\n" +
			"from FILE or from --issuer. The S/MIME Baseline Requirements bind a certificate that claims one of their policies, or that is for\n" +
			"mail by its purpose and names; --public binds every one, --private only those that claim a policy.\n" +
			"It ends with 4 when an error is found. docs/lint.md lists the rules.",
		Example: "  waxwing lint alice.pem\n  waxwing lint --at 2027-07-01 --issuer ca.pem --json alice.pem",
		Args:    oneFile,
		RunE:    func(c *cobra.Command, args []string) error { return a.lint(c, f, args[0]) },
	}
	fl := c.Flags()
	fl.StringVar(&f.at, "at", "", "apply the rules of this day instead of those of the certificate's first")
	fl.StringVar(&f.issuer, "issuer", "", "file with the certificate of the issuing authority")
	fl.BoolVar(&f.public, "public", false, "the S/MIME Baseline Requirements bind every certificate")
	fl.BoolVar(&f.private, "private", false, "the S/MIME Baseline Requirements bind only what claims one of their policies")
	fl.BoolVar(&f.all, "all", false, "show every rule with its status, not only those that failed")
	fl.BoolVar(&f.json, "json", false, "print as JSON")
	return c
}

// lintJSON is what lint --json prints, one for each certificate.
type lintJSON struct {
	Version int           `json:"version"`
	Exit    int           `json:"exit"`
	Subject string        `json:"subject"`
	Serial  string        `json:"serial"`
	At      time.Time     `json:"at"` // the rules of this moment
	Worst   lint.Severity `json:"worst,omitempty"`
	Applied int           `json:"applied"`
	Results []lint.Result `json:"results"`
}

func (a *app) lint(c *cobra.Command, f lintFlags, path string) error {
	at, err := moment(c, "at", f.at, time.Time{})
	if err != nil {
		return err
	}
	certs, err := a.certificates([]string{path})
	if err != nil {
		return err
	}
	issuers := certs
	if f.issuer != "" {
		if issuers, err = a.certificates([]string{f.issuer}); err != nil {
			return err
		}
	}
	o := lint.Options{At: at}
	switch {
	case f.public && f.private:
		return usage(c, "--public and --private exclude each other")
	case f.public:
		o.Regime = lint.Public
	case f.private:
		o.Regime = lint.Private
	}
	code := exitGood
	for i, cert := range certs {
		if o.Issuer = issuerOf(cert, issuers); o.Issuer == nil && f.issuer != "" && i == 0 {
			o.Issuer = issuers[0] // named to be compared, even if the name is another one
		}
		out := describeLint(cert, o, f.all)
		code = max(code, out.Exit)
		if f.json {
			err = a.printJSON(out)
		} else {
			a.printLint(out)
		}
		if err != nil {
			return err
		}
	}
	return done(code)
}

// issuerOf finds the certificate whose name stands as issuer in another one; nil when there is none.
func issuerOf(c *pki.Certificate, among []*pki.Certificate) *pki.Certificate {
	for _, i := range among {
		if i.Basic.CA && c.Issuer.Equal(i.Subject) {
			return i
		}
	}
	return nil
}

func describeLint(c *pki.Certificate, o lint.Options, all bool) lintJSON {
	out := lintJSON{Version: jsonVersion, Subject: c.Subject.Display(), Serial: fmt.Sprintf("%x", c.SerialRaw), At: o.At, Results: []lint.Result{}}
	if out.At.IsZero() {
		out.At = c.NotBefore
	}
	results := lint.Certificate(c, o)
	if out.Worst = lint.Worst(results); out.Worst == lint.Error {
		out.Exit = exitNotAcceptable
	}
	for _, r := range results {
		if r.Status == lint.Pass || r.Status == lint.Fail {
			out.Applied++
		}
		if all || r.Status == lint.Fail {
			out.Results = append(out.Results, r)
		}
	}
	return out
}

func (a *app) printLint(r lintJSON) {
	p := &painter{colour: isTerminal(a.out)}
	switch r.Worst {
	case "":
		p.line("%s", p.bold("32", "✔ CLEAN"))
	case lint.Error:
		p.line("%s", p.bold("31", "✘ ERRORS"))
	default:
		p.line("%s", p.bold("33", "! "+string(r.Worst)+"s"))
	}
	p.fact("Subject", oneLine(r.Subject))
	p.fact("Rules", fmt.Sprintf("%d applied, those of %s", r.Applied, r.At.UTC().Format(time.DateOnly)))
	for _, x := range r.Results {
		if x.Status != lint.Fail {
			p.line("  %-7s %s", x.Status, x.Name)
			continue
		}
		p.line("  %-7s %s (%s)", x.Severity, x.Name, x.Section)
		p.line("          %s", oneLine(x.Detail))
		p.line("          %s", x.Advice)
	}
	a.printf("%s", p.text.String())
}
