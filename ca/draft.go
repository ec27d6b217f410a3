package ca

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// draft makes the blueprint of an order as of a moment. All that can be found wrong with it is in the *Refusal.
func (c *CA) draft(tx *db.Tx, o *Order, at time.Time) (*blueprint, error) {
	no := &Refusal{}
	s, problem, err := usableProfile(tx, o.Profile, at)
	if err != nil {
		return nil, err
	}
	if problem != nil {
		no.add(*problem)
		return nil, no
	}
	b := &blueprint{profile: &s.Profile, order: o, public: c.PublicTrust}
	o.check(b.profile, b.public, no)
	if err := b.findAuthority(tx, no); err != nil {
		return nil, err
	}
	key, readable := c.readKey(o, no)
	if readable {
		b.key = key
		if err := c.checkKey(tx, b.profile, o, key, at, no); err != nil {
			return nil, err
		}
	}
	b.checkNames(no)
	b.template.Subject = buildSubject(b.profile, &o.Subject, first(b.addresses), no)
	if b.authority != nil {
		b.setValidity(at, no)
	}
	if err := no.err(); err != nil {
		return nil, err
	}
	b.template.RawSPKI = b.key.spki
	return b, b.number()
}

// number draws the serial number and writes the extensions, of which the place of the CRL depends on it.
func (b *blueprint) number() error {
	serial, err := newSerial()
	if err != nil {
		return err
	}
	b.template.Serial, b.shard = serial, shardOf(serial, b.authority.Shards)
	names, err := b.altNames()
	if err != nil {
		return err
	}
	b.template.Extensions, err = b.extensions(names)
	return err
}

// check looks at what an order says of itself.
func (o *Order) check(p *Profile, public bool, no *Refusal) {
	missing := func(value, field, what string) {
		if value == "" {
			no.add(Problem{Code: "order.incomplete", Field: field, What: "it is empty", Advice: "name " + what})
		}
	}
	missing(o.Reference, "reference", "the order, such as application:01J.../signing")
	missing(o.By, "by", "who orders")
	missing(o.Holder, "holder", "whose key it is, such as person:01J...")
	approvers := slices.Compact(slices.Sorted(slices.Values(o.Approvers)))
	need, section := p.Approvals, ""
	if public && p.Type.authority() {
		need, section = max(need, 2), "S/MIME BR §4.3.1.1"
	}
	if n := len(approvers) - count(approvers, ""); n < need {
		no.add(Problem{Code: "order.approvals", Section: section, Field: "approvers", What: fmt.Sprintf("%d different people approved, and %s asks for %d", n, p.Ref(), need), Advice: "have it approved"})
	}
}

func count(list []string, s string) (n int) {
	for _, one := range list {
		if one == s {
			n++
		}
	}
	return n
}

// findAuthority finds who is to issue: the one that is named, or the newest that does. A root issues its own certificate.
func (b *blueprint) findAuthority(tx *db.Tx, no *Refusal) (err error) {
	if b.order.Authority != "" {
		b.authority, err = GetAuthority(tx, b.order.Authority)
	} else {
		b.authority, err = newestIssuing(tx)
	}
	if errors.Is(err, db.ErrNone) {
		no.add(Problem{Code: "authority.none", Field: "authority", What: fmt.Sprintf("there is no authority %q that issues", b.order.Authority), Advice: "see: waxwing ca show"})
		return nil
	}
	if err != nil {
		return err
	}
	root := b.profile.Type == RootCA
	switch want := map[bool]AuthorityState{true: AuthorityPlanned, false: AuthorityActive}[root]; {
	case b.authority.State != want:
		no.add(Problem{Code: "authority.state", Field: "authority", What: fmt.Sprintf("the authority %s is %s", b.authority.Name, b.authority.State), Advice: "order from one that is " + string(want)})
	case b.authority.KeyID == "":
		no.add(Problem{Code: "authority.offline", Field: "authority", What: "the key of the authority " + b.authority.Name + " is not here", Advice: "sign by a ceremony: waxwing ca ceremony"})
	case b.profile.Type.subscriber() && b.authority.Type != IssuingCA:
		no.add(Problem{Code: "authority.root", Section: "S/MIME BR §7.1.2.1", Field: "authority", What: "a root issues no certificates to subscribers", Advice: "order from an issuing authority"})
	}
	if !root && b.authority.Certificate != nil {
		b.issuer, err = b.authority.Parsed()
	}
	return err
}

// checkNames brings the addresses into the form of certificates, and refuses what is not allowed there.
func (b *blueprint) checkNames(no *Refusal) {
	rules := b.profile.Names
	if n := len(b.order.Addresses); n < rules.Least || n > rules.Most {
		no.add(Problem{Code: "address.count", Section: "S/MIME BR §7.1.4.2.1", Field: "addresses", What: fmt.Sprintf("there are %d, and the profile allows %d to %d", n, rules.Least, rules.Most), Advice: "order one certificate for each group of mailboxes"})
	}
	seen := map[string]bool{}
	for i, a := range b.order.Addresses[:min(len(b.order.Addresses), rules.Most)] {
		field := fmt.Sprintf("addresses[%d]", i)
		form, err := addressForm(a)
		if err != nil {
			no.add(Problem{Code: "address.form", Section: "RFC 9598 §3, RFC 5280 §4.2.1.6", Field: field, What: err.Error(), Advice: "write the address as the mailbox has it"})
			continue
		}
		if key := addressKey(form); seen[key] {
			no.add(Problem{Code: "address.repeated", Field: field, What: fmt.Sprintf("%q stands twice", a), Advice: "write it once"})
		} else {
			seen[key] = true
		}
		if !within(form, rules.Domains) {
			no.add(Problem{Code: "address.domain", Field: field, What: fmt.Sprintf("%q is not in %s", a, strings.Join(rules.Domains, ", ")), Advice: "order by a profile that is for this domain"})
		}
		b.addresses = append(b.addresses, form)
	}
	if b.order.UPN != "" && !rules.UPN {
		no.add(Problem{Code: "upn.not-allowed", Section: "S/MIME BR §7.1.4.2.1", Field: "upn", What: "the profile " + b.profile.Ref() + " has no user principal name", Advice: "leave it out, or order by a multipurpose profile"})
	}
}

func within(address string, domains []string) bool {
	_, domain, _ := strings.Cut(addressKey(address), "@")
	return len(domains) == 0 || slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
