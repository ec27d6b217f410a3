package main

import (
	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ra"
)

// endVerbs are revocation, leaving, forgetting, and what time demands.
func (a *app) endVerbs() []deskVerb {
	var cause, text, decision string
	revoking := func(c *cobra.Command) {
		c.Flags().StringVar(&cause, "cause", "", "key-compromise, affiliation-ended, misuse, ... (S/MIME BR §4.9.1.1)")
		noteFlag(&text)(c)
	}
	const id = "01KB0000000000000000000000"
	return []deskVerb{
		{use: "revoke CREDENTIAL --cause NAME", short: "Revoke a credential: all its certificates, as one", example: "  waxwing ra revoke " + id + " --cause affiliation-ended", least: 1, most: 1, flags: revoking,
			do: func(d *desk) (any, error) { return d.RA.Revoke(d.tx, d.who, d.args[0], cause, text) }},
		{use: "leave ORGANISATION REFERENCE", short: "Somebody left his organisation: what he has from it is revoked", example: "  waxwing ra leave 'ACME GmbH' 4711", least: 2, most: 2,
			do: func(d *desk) (any, error) {
				list, err := d.RA.Leave(d.tx, d.who, d.args[0], d.args[1])
				return say(list, "%d credentials are revoked", len(list)), err
			}},
		{use: "reports", short: "List the open reports of problems, with their clocks", example: "  waxwing ra reports --json",
			do: func(d *desk) (any, error) { return d.RA.Reports(d.tx, d.who) }},
		{use: "report CERTIFICATE --cause NAME --note TEXT", short: "Report a problem with a certificate; everybody may", example: "  waxwing ra report " + id + " --cause misuse --note 'it signs spam; reach me at eve@example.org'", least: 1, most: 1, self: true, flags: revoking,
			do: func(d *desk) (any, error) {
				return d.RA.Report(d.tx, d.who, ra.NewReport{Certificate: d.args[0], Cause: cause, Text: text})
			}},
		{use: "triage REPORT --note TEXT", short: "Record the first findings, within 24 hours", example: "  waxwing ra triage " + id + " --note 'the mail was signed with it indeed'", least: 1, most: 1, flags: noteFlag(&text),
			do: func(d *desk) (any, error) { return d.RA.Triage(d.tx, d.who, d.args[0], text) }},
		{use: "decide REPORT --decision revoke|keep --note TEXT", short: "End a report: revoke, or keep", example: "  waxwing ra decide " + id + " --decision revoke --note 'confirmed'", least: 1, most: 1,
			flags: func(c *cobra.Command) {
				revoking(c)
				c.Flags().StringVar(&decision, "decision", "", "revoke or keep")
			},
			do: func(d *desk) (any, error) {
				if decision != "revoke" && decision != "keep" {
					return nil, usage(d.c, "--decision is revoke or keep")
				}
				return d.RA.Decide(d.tx, d.who, d.args[0], decision == "revoke", cause, text)
			}},
		{use: "erase PERSON --note TEXT", short: "Forget a person, when the time of keeping is over", example: "  waxwing ra erase " + id + " --note 'asked for it'", least: 1, most: 1, flags: noteFlag(&text),
			long: "The keys of all documents are destroyed, the names leave the applications, and what the log sealed about the person cannot be opened any\nmore. The log still verifies, and the record of the certificates stays.",
			do: func(d *desk) (any, error) {
				return say(map[string]string{"erased": d.args[0]}, "%s is forgotten", d.args[0]), d.RA.Erase(d.tx, d.who, d.args[0], text)
			}},
		{use: "notices", short: "List the reminders that are due", example: "  waxwing ra notices --json",
			do: func(d *desk) (any, error) { return d.RA.Notices(d.tx) }},
		{use: "tend", short: "Do what time demands: applications that lay too long expire, answers that ended are asked for again", example: "  waxwing ra tend",
			do: func(d *desk) (any, error) {
				n, err := d.RA.Tend(d.tx)
				return say(map[string]int{"touched": n}, "%d applications were touched", n), err
			}},
	}
}
