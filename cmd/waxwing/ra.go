package main

import (
	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ra"
)

// raCommand is the desk as its members see it.
func (a *app) raCommand() *cobra.Command {
	var verbs []*cobra.Command
	for _, list := range [][]deskVerb{a.reviewVerbs(), a.checkVerbs(), a.peopleVerbs(), a.organisationVerbs(), a.endVerbs()} {
		for _, v := range list {
			verbs = append(verbs, a.deskCommand(v))
		}
	}
	verbs = append(verbs, a.raOrderCommand(), a.raImportCommand())
	return noun("ra", "Review applications: queue, checks, approvals, people and their roles",
		"  waxwing ra queue --as anna\n  waxwing ra approve 01KB0000000000000000000000 --as anna", verbs...)
}

// noteFlag is the reason that the applicant reads.
func noteFlag(to *string) func(c *cobra.Command) {
	return func(c *cobra.Command) {
		c.Flags().StringVar(to, "note", "", "the reason, for the applicant to read")
	}
}

// reviewVerbs are what is done with a whole application.
func (a *app) reviewVerbs() []deskVerb {
	var text, hash string
	var version int64
	var state []string
	var profile string
	seen := func(c *cobra.Command) {
		c.Flags().Int64Var(&version, "version", 0, "the version that was looked at: refused if it changed since")
	}
	noted := func(c *cobra.Command) { noteFlag(&text)(c); seen(c) }
	ref := func(d *desk) ra.Ref { return ra.Ref{ID: d.args[0], Version: version} }
	example := func(verb string) string { return "  waxwing ra " + verb + " 01KB0000000000000000000000" }
	return []deskVerb{
		{use: "queue", short: "List the applications that wait for somebody", example: "  waxwing ra queue\n  waxwing ra queue --state validated --json",
			flags: func(c *cobra.Command) {
				c.Flags().StringArrayVar(&state, "state", nil, "only in this state; may be repeated")
				c.Flags().StringVar(&profile, "profile", "", "only for this profile")
			},
			do: func(d *desk) (any, error) {
				q := ra.Question{Profile: profile}
				for _, s := range state {
					q.States = append(q.States, ra.State(s))
				}
				list, err := d.RA.Queue(d.tx, d.who, q)
				if list == nil {
					list = []ra.Application{}
				}
				return list, err
			}},
		{use: "show APPLICATION", short: "Show an application with its requirements, documents and approvals", example: example("show"), least: 1, most: 1,
			do: func(d *desk) (any, error) { return d.file(d.args[0]) }},
		{use: "claim APPLICATION", short: "Take a file for a quarter of an hour", example: example("claim"), least: 1, most: 1,
			do: func(d *desk) (any, error) {
				holder, until, err := d.RA.Claim(d.tx, d.who, d.args[0])
				return say(map[string]any{"holder": holder, "until": until, "mine": holder == d.who.ID}, "%s has it until %s", holder, until.Format("15:04")), err
			}},
		{use: "request-changes APPLICATION --note TEXT", short: "Ask the applicant to change something", example: example("request-changes") + " --note 'the surname is misspelt'", least: 1, most: 1, flags: noted,
			do: func(d *desk) (any, error) { return d.RA.RequestChanges(d.tx, d.who, ref(d), text) }},
		{use: "hold APPLICATION --note TEXT", short: "Set an application aside", example: example("hold") + " --note 'waits for the register'", least: 1, most: 1, flags: noted,
			do: func(d *desk) (any, error) { return d.RA.Hold(d.tx, d.who, ref(d), text) }},
		{use: "release APPLICATION", short: "Go on with an application that was set aside", example: example("release"), least: 1, most: 1, flags: seen,
			do: func(d *desk) (any, error) { return d.RA.Release(d.tx, d.who, ref(d)) }},
		{use: "approve APPLICATION", short: "Approve what is validated; the last approval that the profile wants makes it ready to be ordered",
			long:    "Approve binds what you saw: with --hash, the hash that `ra show` prints. Whoever handed the application in, wrote in it, checked it, or is the\nperson in it cannot approve it. Any later change makes the approval void.",
			example: example("approve") + " --hash 6f0c...", least: 1, most: 1,
			flags: func(c *cobra.Command) {
				seen(c)
				c.Flags().StringVar(&hash, "hash", "", "of what you saw")
			},
			do: func(d *desk) (any, error) { return d.RA.Approve(d.tx, d.who, ref(d), hash) }},
		{use: "reject APPLICATION --note TEXT", short: "Reject an application, and say why", example: example("reject") + " --note 'no such person'", least: 1, most: 1, flags: noted,
			do: func(d *desk) (any, error) { return d.RA.Reject(d.tx, d.who, ref(d), text) }},
	}
}

// file reads an application with what the actor may see of it.
func (d *desk) file(id string) (any, error) {
	var f file
	var err error
	if f.Application, err = d.RA.Get(d.tx, d.who, id); err != nil {
		return nil, err
	}
	if f.Requirements, err = d.RA.Requirements(d.tx, d.who, id); err != nil {
		return nil, err
	}
	if docs, err := d.RA.Documents(d.tx, d.who, id); err == nil {
		f.Documents = docs
	}
	if given, err := d.RA.ApprovalsOf(d.tx, d.who, id); err == nil {
		f.Given = given
	}
	f.Credentials, err = d.RA.Credentials(d.tx, d.who, f.Person)
	return f, err
}
