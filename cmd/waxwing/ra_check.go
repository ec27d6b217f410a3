package main

import (
	"bytes"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ra"
)

// checkFlags are what a specialist found.
type checkFlags struct {
	evidence, source, issuer, file, numberFile, expires, issued, reject, note string
	step                                                                      bool
	lei                                                                       ra.LEIRecord
}

func (f *checkFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.evidence, "evidence", "", "what was seen: passport, register, lei, reliable-contact, attestation, ...")
	fl.StringVar(&f.source, "source", "", "where it was seen: address of the register, number that was called and its source")
	fl.StringVar(&f.issuer, "issuer", "", "who made the document")
	fl.StringVar(&f.file, "document", "", "id of the document that was uploaded")
	fl.StringVar(&f.numberFile, "number-file", "", "file with the number of the document; it goes into the sealed half of the log")
	fl.StringVar(&f.expires, "expires", "", "last day on which the document is valid")
	fl.StringVar(&f.issued, "issued", "", "day of the document")
	fl.StringVar(&f.reject, "reject", "", "it does not do: the reason, for the applicant to read")
	fl.StringVar(&f.note, "note", "", "what else was seen")
	fl.BoolVar(&f.step, "step", false, "only one step of several: nothing is decided yet")
	fl.StringVar(&f.lei.LEI, "lei", "", "with --evidence lei: the LEI")
	fl.StringVar(&f.lei.Registration, "lei-registration", "", "its RegistrationStatus")
	fl.StringVar(&f.lei.Entity, "lei-entity", "", "its EntityStatus")
	fl.StringVar(&f.lei.Validation, "lei-validation", "", "its ValidationSources")
}

// record makes the record of a check.
func (f *checkFlags) record(c *cobra.Command) (ra.CheckRecord, error) {
	r := ra.CheckRecord{Result: ra.Passed, Note: f.note, Evidence: ra.Evidence{Kind: f.evidence, Source: f.source, Issuer: f.issuer, File: f.file, LEI: f.lei}}
	switch {
	case f.reject != "" && f.step:
		return r, usage(c, "--reject decides, and --step does not: take one")
	case f.reject != "":
		r.Result, r.Note = ra.Refuses, f.reject
	case f.step:
		r.Result = ra.Noted
	}
	var err error
	if r.Evidence.Expires, err = moment(c, "expires", f.expires, time.Time{}); err != nil {
		return r, err
	}
	if f.expires != "" && len(f.expires) == len(time.DateOnly) { // the whole last day counts
		r.Evidence.Expires = r.Evidence.Expires.Add(24*time.Hour - time.Second)
	}
	if r.Evidence.Issued, err = moment(c, "issued", f.issued, time.Time{}); err != nil {
		return r, err
	}
	if f.numberFile != "" {
		var data []byte
		if data, err = readAll(f.numberFile, 1<<10); err != nil {
			return r, err
		}
		r.Evidence.Number = string(bytes.TrimSpace(data))
	}
	return r, nil
}

// requirement finds the requirement of an application by its kind, or by its id.
func (d *desk) requirement(application, kind string) (string, error) {
	list, err := d.RA.Requirements(d.tx, d.who, application)
	if err != nil {
		return "", err
	}
	for _, r := range list {
		if r.Kind == kind || r.ID == kind {
			return r.ID, nil
		}
	}
	return "", usage(d.c, "the application asks for no %q; see: waxwing ra show %s", kind, application)
}

// checkVerbs are what is done with one requirement.
func (a *app) checkVerbs() []deskVerb {
	var f checkFlags
	var reference, text, source, document string
	const id = "01KB0000000000000000000000"
	on := func(do func(d *desk, requirement string) (any, error)) func(d *desk) (any, error) {
		return func(d *desk) (any, error) {
			r, err := d.requirement(d.args[0], d.args[1])
			if err != nil {
				return nil, err
			}
			return do(d, r)
		}
	}
	return []deskVerb{
		{use: "check APPLICATION REQUIREMENT --evidence KIND --source TEXT", short: "Record what a check found", least: 2, most: 2,
			long:    "Check satisfies a requirement, or rejects it with --reject. A document that is not valid any more rejects it, whatever you say.\nWho checked a file cannot approve it.",
			example: "  waxwing ra check " + id + " individual --evidence passport --issuer DE --expires 2030-01-31 --source 'shown at the desk'\n  waxwing ra check " + id + " organization --evidence register --source https://www.unternehmensregister.de",
			flags:   f.add,
			do: on(func(d *desk, r string) (any, error) {
				record, err := f.record(d.c)
				if err != nil {
					return nil, err
				}
				return d.RA.Check(d.tx, d.who, r, record)
			})},
		{use: "checks APPLICATION REQUIREMENT", short: "List the steps of a check", example: "  waxwing ra checks " + id + " individual", least: 2, most: 2,
			do: on(func(d *desk, r string) (any, error) { return d.RA.Checks(d.tx, d.who, r) })},
		{use: "attest APPLICATION REQUIREMENT --reference TEXT", short: "Attest who somebody is, as Enterprise RA, by a record of your own", example: "  waxwing ra attest " + id + " individual --reference 'HR 4711'", least: 2, most: 2,
			flags: func(c *cobra.Command) {
				c.Flags().StringVar(&reference, "reference", "", "of the record, so that it is found again")
			},
			do: on(func(d *desk, r string) (any, error) { return d.RA.Attest(d.tx, d.who, r, reference) })},
		{use: "vouch APPLICATION", short: "Vouch that somebody belongs to the organisation, as sponsor", example: "  waxwing ra vouch " + id, least: 1, most: 1, flags: noteFlag(&text),
			do: func(d *desk) (any, error) {
				r, err := d.requirement(d.args[0], "affiliation")
				if err != nil {
					return nil, err
				}
				return d.RA.Vouch(d.tx, d.who, r, text)
			}},
		{use: "supply APPLICATION REQUIREMENT (--source TEXT | --document ID)", short: "Say that there is something to check", example: "  waxwing ra supply " + id + " organization --source 'HRB 12345, Essen'", least: 2, most: 2,
			flags: func(c *cobra.Command) {
				c.Flags().StringVar(&source, "source", "", "where it can be looked up")
				c.Flags().StringVar(&document, "document", "", "id of a document that was uploaded")
			},
			do: on(func(d *desk, r string) (any, error) { return d.RA.Supply(d.tx, d.who, r, document, source) })},
		{use: "document ID", short: "Write a document to standard output", long: "Document writes what was uploaded as it is. Send it into a file, and open that with a program of your own: it is not looked into here.", example: "  waxwing ra document " + id + " >passport.pdf", least: 1, most: 1,
			do: func(d *desk) (any, error) {
				var b bytes.Buffer
				_, err := d.RA.ReadDocument(d.tx, d.who, d.args[0], &b)
				if err != nil {
					return nil, err
				}
				_, err = a.out.Write(b.Bytes())
				return nil, err
			}},
	}
}
