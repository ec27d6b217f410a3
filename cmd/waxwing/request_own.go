package main

import (
	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ra"
)

// ownVerbs are what somebody does with what he has.
func (a *app) ownVerbs() []deskVerb {
	var renew ra.Renewal
	var csr []string
	var kind, text, cause string
	const id = "01KB0000000000000000000000"
	return []deskVerb{
		{use: "renew CREDENTIAL", short: "Renew a credential: only what has lapsed is asked for", example: "  waxwing request renew " + id, least: 1, most: 1,
			flags: func(c *cobra.Command) {
				c.Flags().StringVar(&kind, "kind", "renew", "renew; rekey before its last third; replace what was revoked")
				c.Flags().StringArrayVar(&csr, "csr", nil, "file with a certification request, one for each certificate")
				acceptFlag(c, &renew.Terms)
			},
			do: func(d *desk) (any, error) {
				renew.Kind = ra.Kind(kind)
				var err error
				if renew.Requests, err = readRequests(csr); err != nil {
					return nil, err
				}
				return d.RA.Renew(d.tx, d.who, d.args[0], renew)
			}},
		{use: "revoke CREDENTIAL", short: "Revoke what is yours", example: "  waxwing request revoke " + id + " --cause key-compromise", least: 1, most: 1,
			flags: func(c *cobra.Command) {
				c.Flags().StringVar(&cause, "cause", "", "key-compromise if somebody else may have the key (default: you ask for it)")
				noteFlag(&text)(c)
			},
			do: func(d *desk) (any, error) { return d.RA.Revoke(d.tx, d.who, d.args[0], cause, text) }},
		{use: "revocation-code CREDENTIAL", short: "Make the code by which you can revoke without logging in; it is shown once", example: "  waxwing request revocation-code " + id, least: 1, most: 1,
			do: func(d *desk) (any, error) {
				code, err := d.RA.RevocationCode(d.tx, d.who, d.args[0])
				return say(map[string]string{"code": code}, "%s", code), err
			}},
	}
}
