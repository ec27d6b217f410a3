package main

import (
	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ra"
)

// scope finds the organisation of a scope by its name.
func (d *desk) scope(organisation, domain, profile string) (ra.Scope, error) {
	s := ra.Scope{Domain: domain, Profile: profile}
	if organisation == "" {
		return s, nil
	}
	o, err := d.RA.FindOrganisation(d.tx, organisation)
	s.Organisation = o.ID
	return s, err
}

// peopleVerbs are users and roles.
func (a *app) peopleVerbs() []deskVerb {
	var title, organisation, domain, profile string
	scoped := func(c *cobra.Command) {
		c.Flags().StringVar(&organisation, "organisation", "", "only for this organisation")
		c.Flags().StringVar(&domain, "domain", "", "only for mailboxes of this domain")
		c.Flags().StringVar(&profile, "profile", "", "only for this profile")
	}
	return []deskVerb{
		{use: "add-user LOGIN", short: "Make somebody known by the name with which he logs in", example: "  waxwing ra add-user anna --title 'Anna Approver'", least: 1, most: 1,
			flags: func(c *cobra.Command) { c.Flags().StringVar(&title, "title", "", "his name, for people") },
			do: func(d *desk) (any, error) {
				w, err := d.RA.AddUser(d.tx, d.who, d.args[0], title)
				return say(w, "%s is %s", w.Name, w.ID), err
			}},
		{use: "users", short: "List who can act here, and what was granted to them", example: "  waxwing ra users --json",
			do: func(d *desk) (any, error) { return d.RA.Users(d.tx, d.who) }},
		{use: "grant LOGIN ROLE", short: "Give somebody a role, in a scope", example: "  waxwing ra grant anna approver\n  waxwing ra grant erna enterprise-ra --organisation 'ACME GmbH'", least: 2, most: 2, flags: scoped,
			long: "The first security officer is made by whoever has the machine; from then on security officers grant. Nobody grants himself a role, and some\nroles exclude each other. Who may do what: docs/authority-matrix.md.",
			do: func(d *desk) (any, error) {
				s, err := d.scope(organisation, domain, profile)
				if err != nil {
					return nil, err
				}
				g := ra.Grant{Role: ra.Role(d.args[1]), Scope: s}
				return say(g, "%s is %s now", d.args[0], g.Role), d.RA.Grant(d.tx, d.who, d.args[0], g)
			}},
		{use: "take LOGIN ROLE", short: "Take a role back", example: "  waxwing ra take anna approver", least: 2, most: 2, flags: scoped,
			do: func(d *desk) (any, error) {
				s, err := d.scope(organisation, domain, profile)
				if err != nil {
					return nil, err
				}
				g := ra.Grant{Role: ra.Role(d.args[1]), Scope: s}
				return say(g, "%s is no longer %s", d.args[0], g.Role), d.RA.Take(d.tx, d.who, d.args[0], g)
			}},
	}
}

// organisationVerbs are organisations and their domains.
func (a *app) organisationVerbs() []deskVerb {
	var o ra.Organisation
	var control ra.DomainControl
	return []deskVerb{
		{use: "add-organisation NAME", short: "Make an organisation known; nothing is verified by that", example: "  waxwing ra add-organisation 'ACME GmbH' --identifier NTRDE-DER3306.HRB12345 --country DE", least: 1, most: 1,
			flags: func(c *cobra.Command) {
				fl := c.Flags()
				fl.StringVar(&o.Identifier, "identifier", "", "organizationIdentifier, as NTRDE-..., VATDE-..., LEIXG-...")
				fl.StringVar(&o.Country, "country", "", "of ISO 3166-1")
				fl.StringVar(&o.Locality, "locality", "", "town")
				fl.StringVar(&o.State, "state", "", "state or province")
				fl.StringVar(&o.Parent, "parent", "", "the organisation it is an affiliate of")
			},
			do: func(d *desk) (any, error) {
				o.Name = d.args[0]
				if o.Parent != "" {
					parent, err := d.RA.FindOrganisation(d.tx, o.Parent)
					if err != nil {
						return nil, err
					}
					o.Parent = parent.ID
				}
				made, err := d.RA.AddOrganisation(d.tx, d.who, o)
				return say(made, "%s is %s", made.Name, made.ID), err
			}},
		{use: "organisations", short: "List the organisations", example: "  waxwing ra organisations",
			do: func(d *desk) (any, error) { return d.RA.Organisations(d.tx) }},
		{use: "verify-domain ORGANISATION DOMAIN --method NAME --source TEXT", short: "Record that an organisation controls all mailboxes of a domain", example: "  waxwing ra verify-domain 'ACME GmbH' acme.example --method dns-change --source '_waxwing TXT seen from two networks'", least: 2, most: 2,
			flags: func(c *cobra.Command) {
				c.Flags().StringVar(&control.Method, "method", "", "dns-change, agreed-website-change, email-constructed, ...")
				c.Flags().StringVar(&control.Source, "source", "", "what was asked, and the answer")
			},
			do: func(d *desk) (any, error) {
				org, err := d.RA.FindOrganisation(d.tx, d.args[0])
				if err != nil {
					return nil, err
				}
				control.Organisation, control.Domain = org.ID, d.args[1]
				return d.RA.VerifyDomain(d.tx, d.who, control)
			}},
	}
}
