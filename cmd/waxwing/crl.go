package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// noun returns a command that only groups others.
func noun(use, short, example string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Example: example, Args: noSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(subs...)
	return c
}

// evidenceFlags are those of the commands that check one piece of evidence.
type evidenceFlags struct {
	issuer, cert, time     string
	untrusted              []string
	allowSHA1, allowLegacy bool
	json                   bool
}

func (f *evidenceFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.issuer, "issuer", "", "file with the certificate of the issuing authority")
	fl.StringVar(&f.cert, "cert", "", "file with the certificate whose status is asked for")
	fl.StringArrayVar(&f.untrusted, "untrusted", nil, "file with certificates of a separate signer, and the way to it")
	fl.StringVar(&f.time, "time", "", "judge as of this moment instead of now")
	fl.BoolVar(&f.allowSHA1, "allow-sha1", false, "accept signatures over SHA-1")
	fl.BoolVar(&f.allowLegacy, "allow-legacy", false, "accept algorithms of the past")
	fl.BoolVar(&f.json, "json", false, "print as JSON")
}

func (a *app) crlCommand() *cobra.Command {
	return noun("crl", "Look at and check revocation lists", "  waxwing crl check --issuer ca.pem --cert alice.crt ca.crl", a.crlShowCommand(), a.crlCheckCommand())
}

func (a *app) crlShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show CRL", Short: "Show what a revocation list says",
		Example: "  waxwing crl show ca.crl", Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error { return a.crlShow(args[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

// crlJSON is a revocation list in words.
type crlJSON struct {
	Issuer     string         `json:"issuer"`
	Number     string         `json:"number,omitempty"`
	ThisUpdate time.Time      `json:"thisUpdate"`
	NextUpdate *time.Time     `json:"nextUpdate,omitempty"`
	Delta      bool           `json:"delta"`
	Signature  string         `json:"signature"`
	Count      int            `json:"count"`
	Revoked    []revokedEntry `json:"revoked,omitempty"`
	Faults     []string       `json:"faults,omitempty"`
}

type revokedEntry struct {
	Serial  string    `json:"serial"`
	Revoked time.Time `json:"revoked"`
	Reason  string    `json:"reason,omitempty"`
}

func (a *app) crlShow(path string, asJSON bool) error {
	lists, err := readCRLs(path)
	if err != nil {
		return err
	}
	for _, l := range lists {
		d := describeCRL(l)
		if asJSON {
			if err := a.printJSON(d); err != nil {
				return err
			}
			continue
		}
		p := &painter{colour: isTerminal(a.out)}
		p.line("%s", p.paint("1", oneLine(d.Issuer)))
		p.fact("Number", d.Number)
		p.fact("Made", d.ThisUpdate.UTC().Format(time.RFC3339))
		p.fact("Next", day("", d.NextUpdate))
		p.fact("Signed", d.Signature)
		p.fact("Revoked", fmt.Sprint(d.Count))
		const most = 20
		for _, e := range d.Revoked[:min(len(d.Revoked), most)] {
			p.line("    %s  %s  %s", e.Revoked.UTC().Format(time.DateOnly), e.Serial, e.Reason)
		}
		if len(d.Revoked) > most {
			p.line("    and %d more; --json shows all", len(d.Revoked)-most)
		}
		a.printf("%s", p.text.String())
	}
	return nil
}

func describeCRL(l *pki.CRL) crlJSON {
	d := crlJSON{Issuer: l.Issuer.String(), ThisUpdate: l.ThisUpdate, NextUpdate: moments(l.NextUpdate), Delta: l.IsDelta(),
		Signature: l.SignatureAlgorithm.String(), Count: l.Len()}
	if l.Number != nil {
		d.Number = l.Number.String()
	}
	for e := range l.Entries {
		one := revokedEntry{Serial: fmt.Sprintf("%x", e.SerialRaw), Revoked: e.Revoked}
		if e.HasReason {
			one.Reason = e.Reason.String()
		}
		d.Revoked = append(d.Revoked, one)
	}
	for _, f := range l.Faults {
		d.Faults = append(d.Faults, f.String())
	}
	return d
}

func (a *app) crlCheckCommand() *cobra.Command {
	var f evidenceFlags
	var delta string
	c := &cobra.Command{
		Use: "check --issuer FILE [--cert FILE] CRL", Short: "Check a revocation list: is it the authority's, is it fresh, is a certificate on it",
		Long:    "Check judges a list by RFC 5280 §6.3. It ends with 0 when the list is good and the certificate, if one is named, is not on it,\nand with 4 otherwise.",
		Example: "  waxwing crl check --issuer ca.pem ca.crl\n  waxwing crl check --issuer ca.pem --cert alice.crt --json ca.crl",
		Args:    oneFile,
		RunE:    func(c *cobra.Command, args []string) error { return a.crlCheck(c, f, delta, args[0]) },
	}
	f.add(c)
	c.Flags().StringVar(&delta, "delta", "", "file with a delta CRL to join")
	return c
}

func (a *app) crlCheck(c *cobra.Command, f evidenceFlags, delta, path string) error {
	q, err := a.crlQuestion(c, f, delta, path)
	if err != nil {
		return err
	}
	return a.printCheck(chain.CheckCRL(c.Context(), q), f.json)
}

func (a *app) crlQuestion(c *cobra.Command, f evidenceFlags, delta, path string) (q chain.CRLCheck, err error) {
	if f.issuer == "" {
		return q, usage(c, "name the authority: --issuer FILE")
	}
	lists, err := readCRLs(path)
	if err != nil {
		return q, err
	}
	q.CRL = lists[0]
	if delta != "" {
		if lists, err = readCRLs(delta); err != nil {
			return q, err
		}
		q.Delta = lists[0]
	}
	q.Issuer, q.Certificate, q.Pool, err = a.evidenceCertificates(f)
	if err != nil {
		return q, err
	}
	q.Time, err = moment(c, "time", f.time, a.now())
	q.Now, q.Allow.SHA1, q.Allow.Legacy = q.Time, f.allowSHA1, f.allowLegacy
	return q, err
}

// evidenceCertificates reads the issuer, the certificate asked about (nil for none) and others.
func (a *app) evidenceCertificates(f evidenceFlags) (issuer, cert *pki.Certificate, pool []*pki.Certificate, err error) {
	list, err := a.certificates([]string{f.issuer})
	if err != nil {
		return nil, nil, nil, err
	}
	issuer, pool = list[0], list[1:]
	if f.cert != "" {
		if list, err = a.certificates([]string{f.cert}); err != nil {
			return nil, nil, nil, err
		}
		cert, pool = list[0], append(pool, list[1:]...)
	}
	if list, err = a.certificates(f.untrusted); err != nil {
		return nil, nil, nil, err
	}
	return issuer, cert, append(pool, list...), nil
}

// checkJSON is what crl check --json and ocsp check --json print.
type checkJSON struct {
	Version  int               `json:"version"`
	Exit     int               `json:"exit"`
	OK       bool              `json:"ok"`
	Status   statusJSON        `json:"status"`
	Findings []finding.Finding `json:"findings,omitempty"`
}

func (a *app) printCheck(k *chain.Check, asJSON bool) error {
	if k.Limit != nil {
		return k.Limit
	}
	out := checkJSON{Version: jsonVersion, OK: k.OK, Status: describeStatus(k.Status), Findings: k.Findings}
	asked := k.Status.Certificate != nil
	if !k.OK || asked && k.Status.State != chain.Good {
		out.Exit = exitNotAcceptable
	}
	if asJSON {
		if err := a.printJSON(out); err != nil {
			return err
		}
		return done(out.Exit)
	}
	p := &painter{colour: isTerminal(a.out)}
	if k.OK {
		p.line("%s", p.bold("32", "✔ GOOD EVIDENCE"))
	} else {
		p.line("%s", p.bold("31", "✘ NOT USABLE"))
	}
	if asked {
		p.fact("Status", out.Status.words())
	}
	for _, f := range k.Findings {
		p.fact("Found", f.Title()+" "+f.Detail)
	}
	a.printf("%s", p.text.String())
	return done(out.Exit)
}
