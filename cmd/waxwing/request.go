package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
)

// requestCommand is the desk as applicants see it.
func (a *app) requestCommand() *cobra.Command {
	var verbs []*cobra.Command
	for _, v := range append(a.requestVerbs(), a.ownVerbs()...) {
		v.self = true
		verbs = append(verbs, a.deskCommand(v))
	}
	verbs = append(verbs, a.requestUploadCommand(), a.requestProofCommand())
	return noun("request", "Apply for a certificate, and see where the application stands",
		"  waxwing request new --profile mailbox-strict --address ada@acme.example --accept-terms\n  waxwing request status 01KB0000000000000000000000", verbs...)
}

// acceptFlag is the acceptance of the subscriber agreement.
func acceptFlag(c *cobra.Command, terms *string) {
	c.Flags().BoolFunc("accept-terms", "accept the subscriber agreement, version "+ra.Terms, func(string) error { *terms = ra.Terms; return nil })
}

// newFlags are what is applied for.
type newFlags struct {
	ra.NewApplication
	csr, subject []string
	draft        bool
}

func (f *newFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.Profile, "profile", "mailbox-strict", "name of a profile, or of a pair: sponsor-strict is sponsor-strict-signing and -encryption")
	fl.StringArrayVar(&f.Addresses, "address", nil, "mailbox; may be repeated")
	fl.StringArrayVar(&f.subject, "subject", nil, "attribute, as surname=Lovelace; may be repeated")
	fl.StringVar(&f.Organisation, "organisation", "", "to which you belong")
	fl.StringArrayVar(&f.csr, "csr", nil, "file with a certification request, one for each certificate; without it the vault makes the keys")
	fl.StringVar(&f.Algorithm, "key", "", "kind of the keys that the vault makes (default: P-256)")
	fl.BoolVar(&f.Other, "for-other", false, "it is about somebody else: for a clerk or an Enterprise RA")
	fl.StringVar(&f.Reference, "reference", "", "with --for-other: of the person at the organisation, as the number of an employee")
	fl.StringVar(&f.Once, "once", "", "name of this request: the same name again is the same application")
	fl.BoolVar(&f.draft, "draft", false, "only write it down; hand it in later with request submit")
	acceptFlag(c, &f.Terms)
}

// fill reads the files and attributes.
func (f *newFlags) fill(c *cobra.Command) error {
	if err := fillSubject(c, &f.Subject, f.subject); err != nil {
		return err
	}
	var err error
	f.Requests, err = readRequests(f.csr)
	return err
}

func readRequests(paths []string) (list [][]byte, err error) {
	for _, path := range paths {
		raw, err := readRequest(path)
		if err != nil {
			return nil, err
		}
		list = append(list, raw)
	}
	return list, nil
}

// requestVerbs are what an applicant does.
func (a *app) requestVerbs() []deskVerb {
	var f newFlags
	var amend ra.Amendment
	var csr, subject []string
	var text string
	const id = "01KB0000000000000000000000"
	ref := func(d *desk) ra.Ref { return ra.Ref{ID: d.args[0]} }
	return []deskVerb{
		{use: "new --address ADDRESS", short: "Apply for a certificate, or a pair of them", flags: f.add,
			long:    "New writes an application and hands it in. What cannot be accepted is listed with the rule and what to do; the application can then be\nchanged with request amend.",
			example: "  waxwing request new --profile mailbox-strict --address ada@acme.example --accept-terms\n  waxwing request new --profile sponsor-strict --organisation 'ACME GmbH' --subject givenName=Ada --subject surname=Lovelace --address ada@acme.example --accept-terms",
			do: func(d *desk) (any, error) {
				if err := f.fill(d.c); err != nil {
					return nil, err
				}
				p, err := d.RA.Apply(d.tx, d.who, f.NewApplication)
				if err != nil || f.draft || p.State != ra.Draft {
					return p, err
				}
				return d.RA.Submit(d.tx, d.who, p.Ref())
			}},
		{use: "list", short: "List your applications", example: "  waxwing request list",
			do: func(d *desk) (any, error) { return d.RA.Mine(d.tx, d.who) }},
		{use: "status APPLICATION", short: "Show where an application stands, and what is missing", example: "  waxwing request status " + id, least: 1, most: 1,
			do: func(d *desk) (any, error) { return d.file(d.args[0]) }},
		{use: "submit APPLICATION", short: "Hand in a draft, or what you were asked to change", example: "  waxwing request submit " + id, least: 1, most: 1,
			do: func(d *desk) (any, error) { return d.RA.Submit(d.tx, d.who, ref(d)) }},
		{use: "amend APPLICATION", short: "Change an application; approvals become void", example: "  waxwing request amend " + id + " --subject givenName=Ada --subject surname=King", least: 1, most: 1,
			flags: func(c *cobra.Command) {
				c.Flags().StringArrayVar(&subject, "subject", nil, "attribute, as surname=King: all of them anew; may be repeated")
				c.Flags().StringArrayVar(&amend.Addresses, "address", nil, "mailboxes, all of them anew; may be repeated")
				c.Flags().StringArrayVar(&csr, "csr", nil, "file with a certification request, one for each certificate")
				acceptFlag(c, &amend.Terms)
			},
			do: func(d *desk) (any, error) {
				var s ca.Subject
				if err := fillSubject(d.c, &s, subject); err != nil {
					return nil, err
				}
				if len(subject) > 0 {
					amend.Subject = &s
				}
				var err error
				if amend.Requests, err = readRequests(csr); err != nil {
					return nil, err
				}
				return d.RA.Amend(d.tx, d.who, ref(d), amend)
			}},
		{use: "withdraw APPLICATION", short: "Withdraw an application", example: "  waxwing request withdraw " + id, least: 1, most: 1,
			do: func(d *desk) (any, error) { return d.RA.Withdraw(d.tx, d.who, ref(d)) }},
		{use: "confirm APPLICATION", short: "Confirm that you have the certificate and that it is right", example: "  waxwing request confirm " + id, least: 1, most: 1,
			do: func(d *desk) (any, error) { return d.RA.Confirm(d.tx, d.who, ref(d)) }},
		{use: "decline APPLICATION --note TEXT", short: "Say that you do not want what was issued", example: "  waxwing request decline " + id + " --note 'my name is misspelt'", least: 1, most: 1, flags: noteFlag(&text),
			do: func(d *desk) (any, error) { return d.RA.Decline(d.tx, d.who, ref(d), text) }},
	}
}

func (a *app) requestUploadCommand() *cobra.Command {
	var f deskFlags
	var requirement string
	c := &cobra.Command{
		Use: "upload APPLICATION FILE", Short: "Upload a document; if it was interrupted, the same command goes on",
		Long:    "Upload takes pdf, jpg, png, heic, txt and eml up to 40 MB that do nothing but show something. The document is encrypted under a key of its\nown, which is destroyed when it is no longer needed.",
		Example: "  waxwing request upload 01KB0000000000000000000000 passport.pdf --for individual",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(c, "name the application and the file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				w, err := f.who(c, h, true)
				if err != nil {
					return a.deskError(err, f.json)
				}
				doc, err := upload(c, h, w, args[0], args[1], requirement)
				if err != nil {
					return a.deskError(err, f.json)
				}
				return a.deskAnswer(doc, f.json)
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&requirement, "for", "", "the requirement that it answers: individual, organization, affiliation, authority")
	return c
}

func upload(c *cobra.Command, h *server.House, w ra.Actor, application, path, requirement string) (ra.Document, error) {
	file, err := os.Open(path)
	if err != nil {
		return ra.Document{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return ra.Document{}, err
	}
	doc, err := h.RA.Upload(c.Context(), h.DB, w, ra.NewDocument{Application: application, Name: filepath.Base(path), Size: info.Size()}, file)
	if err != nil || requirement == "" {
		return doc, err
	}
	return doc, h.RA.Do(c.Context(), h.DB, supply(c, h, w, application, requirement, doc.ID))
}
