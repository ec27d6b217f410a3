package main

import (
	"fmt"
	"strings"
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
		Use: "lint [--at DATE] FILE...", Short: "Judge how certificates, CRLs and OCSP answers are made: RFC 5280, RFC 8550 and the S/MIME Baseline Requirements",
		Long: "Lint applies the rules that held when each certificate, CRL or OCSP answer of the files was made, or those of --at. A file is PEM,\n" +
			"with any number of them, or DER; - is standard input. The issuer's certificate is taken from the files or from --issuer.\n" +
			"The S/MIME Baseline Requirements bind a certificate that claims one of their policies, or that is for\n" +
			"mail by its purpose and names; --public binds every one, --private only those that claim a policy.\n" +
			"It ends with 4 when an error is found, with 1 when a file cannot be read and nothing worse was found. docs/lint.md lists the rules.",
		Example: "  waxwing lint alice.pem\n  waxwing lint --at 2027-07-01 --issuer ca.pem --json alice.pem\n  waxwing lint --issuer ca.pem ca.crl certs/*.pem",
		Args:    someFiles,
		RunE:    func(c *cobra.Command, args []string) error { return a.lint(c, f, args) },
	}
	fl := c.Flags()
	fl.StringVar(&f.at, "at", "", "apply the rules of this day instead of those of the day on which each object was made")
	fl.StringVar(&f.issuer, "issuer", "", "file with the certificate of the issuing authority")
	fl.BoolVar(&f.public, "public", false, "the S/MIME Baseline Requirements bind every certificate")
	fl.BoolVar(&f.private, "private", false, "the S/MIME Baseline Requirements bind only what claims one of their policies")
	fl.BoolVar(&f.all, "all", false, "show every rule with its status, not only those that failed")
	fl.BoolVar(&f.json, "json", false, "print as JSON")
	return c
}

// lintJSON is what lint --json prints, one for each certificate, CRL and OCSP answer.
type lintJSON struct {
	Version int           `json:"version"`
	Exit    int           `json:"exit"`
	File    string        `json:"file"`
	Kind    string        `json:"kind"`              // certificate, crl, ocsp
	Subject string        `json:"subject,omitempty"` // of a CRL its issuer
	Serial  string        `json:"serial,omitempty"`  // of a CRL its number
	At      time.Time     `json:"at,omitzero"`       // the rules of this moment
	Worst   lint.Severity `json:"worst,omitempty"`
	Applied int           `json:"applied"`
	Results []lint.Result `json:"results"`
}

func (a *app) lint(c *cobra.Command, f lintFlags, paths []string) error {
	o, err := f.options(c)
	if err != nil {
		return err
	}
	var objects []linted
	code := exitGood
	for _, path := range paths {
		found, err := a.lintedIn(path)
		if err != nil && len(paths) == 1 {
			return err
		}
		if err != nil {
			code = max(code, a.report(err)) // one bad file is no reason to leave the others
		}
		objects = append(objects, found...)
	}
	issuers, err := a.lintIssuers(f, objects)
	if err != nil {
		return err
	}
	for _, x := range objects {
		if o.Issuer = x.issuer(issuers); o.Issuer == nil && f.issuer != "" && len(objects) == 1 {
			o.Issuer = issuers[0] // named to be compared, even if the name is another one
		}
		out := x.describe(o, f.all)
		code = max(code, out.Exit)
		if f.json {
			err = a.printJSON(out)
		} else {
			a.printLint(out, len(paths) > 1)
		}
		if err != nil {
			return err
		}
	}
	return done(code)
}

func (f lintFlags) options(c *cobra.Command) (o lint.Options, err error) {
	if o.At, err = moment(c, "at", f.at, time.Time{}); err != nil {
		return o, err
	}
	switch {
	case f.public && f.private:
		return o, usage(c, "--public and --private exclude each other")
	case f.public:
		o.Regime = lint.Public
	case f.private:
		o.Regime = lint.Private
	}
	return o, nil
}

// lintIssuers returns the certificates among which issuers are looked for: those of --issuer first.
func (a *app) lintIssuers(f lintFlags, objects []linted) (list []*pki.Certificate, err error) {
	if f.issuer != "" {
		if list, err = a.certificates([]string{f.issuer}); err != nil {
			return nil, err
		}
	}
	for _, x := range objects {
		if x.cert != nil {
			list = append(list, x.cert)
		}
	}
	return list, nil
}

// issuer finds the certificate of the authority that made an object; nil when there is none.
func (l linted) issuer(among []*pki.Certificate) *pki.Certificate {
	for _, i := range among {
		switch {
		case !i.Basic.CA:
		case l.cert != nil && l.cert.Issuer.Equal(i.Subject), l.list != nil && l.list.Issuer.Equal(i.Subject):
			return i
		case l.answer != nil && l.answer.NamesResponder(i):
			return i
		}
	}
	if l.answer == nil {
		return nil
	}
	for _, r := range l.answer.Certificates { // a delegated responder: whose authority is there?
		if i := (linted{cert: r}).issuer(among); i != nil {
			return i
		}
	}
	return nil
}

func (l linted) describe(o lint.Options, all bool) lintJSON {
	out := lintJSON{Version: jsonVersion, File: l.file, Kind: "certificate", At: o.At, Results: []lint.Result{}}
	made := time.Time{}
	switch {
	case l.list != nil:
		out.Kind, out.Subject, made = "crl", l.list.Issuer.Display(), l.list.ThisUpdate
		if l.list.Number != nil {
			out.Serial = l.list.Number.Text(16)
		}
	case l.answer != nil:
		out.Kind, out.Subject, made = "ocsp", answeredFor(l.answer), l.answer.ProducedAt
	case l.cert != nil:
		out.Subject, out.Serial, made = l.cert.Subject.Display(), fmt.Sprintf("%x", l.cert.SerialRaw), l.cert.NotBefore
	}
	if out.At.IsZero() {
		out.At = made
	}
	results := l.lint(o)
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

// answeredFor names the certificates of an answer, by their serial numbers.
func answeredFor(r *pki.OCSPResponse) string {
	var serials []string
	for _, s := range r.Responses {
		serials = append(serials, s.CertID.Serial.Text(16))
	}
	return strings.Join(serials, ", ")
}

func (a *app) printLint(r lintJSON, named bool) {
	p := &painter{colour: isTerminal(a.out)}
	switch r.Worst {
	case "":
		p.line("%s", p.bold("32", "✔ CLEAN"))
	case lint.Error:
		p.line("%s", p.bold("31", "✘ ERRORS"))
	default:
		p.line("%s", p.bold("33", "! "+string(r.Worst)+"s"))
	}
	if named {
		p.fact("File", oneLine(r.File))
	}
	p.fact(map[string]string{"certificate": "Subject", "crl": "CRL of", "ocsp": "OCSP"}[r.Kind], oneLine(r.Subject))
	if !r.At.IsZero() {
		p.fact("Rules", fmt.Sprintf("%d applied, those of %s", r.Applied, r.At.UTC().Format(time.DateOnly)))
	}
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
