package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// PolicyInformation is one certificate policy (RFC 5280 §4.2.1.4).
type PolicyInformation struct {
	ID         der.OID
	Qualifiers []PolicyQualifier
}

// PolicyQualifier is one qualifier of a policy.
type PolicyQualifier struct {
	ID           der.OID
	CPS          string // id-qt-cps: where the practice statement is
	ExplicitText string // id-qt-unotice: the notice's text
	Organization string // id-qt-unotice: whose notice is referred to
	HasNoticeRef bool   // id-qt-unotice: there is a noticeRef
	Raw          []byte // the qualifier itself, with its header
}

// PolicyMapping says that two policies are the same (RFC 5280 §4.2.1.5).
type PolicyMapping struct{ Issuer, Subject der.OID }

// PolicyConstraints limits policies further down (RFC 5280 §4.2.1.11); -1 stands for absent.
type PolicyConstraints struct{ RequireExplicit, InhibitMapping int }

func parsePolicies(value []byte, f *faults) ([]PolicyInformation, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []PolicyInformation
	seen := map[der.OID]bool{}
	for seq.More() {
		one := seq.Sequence()
		p := PolicyInformation{ID: one.OID()}
		if v, ok := one.Optional(der.Sequence); ok {
			var err error
			if p.Qualifiers, err = readQualifiers(v.Body, f); err != nil {
				return nil, err
			}
		}
		if err := one.Done(); err != nil {
			return nil, err
		}
		if seen[p.ID] {
			// RFC 5280 §4.2.1.4: an identifier MUST NOT appear more than once.
			f.broken("certificatePolicies", "policy %s appears twice", p.ID)
		}
		seen[p.ID] = true
		list = append(list, p)
	}
	if len(list) == 0 {
		f.odd("certificatePolicies", "an empty list of policies")
	}
	return list, errors.Join(seq.Done(), c.Done())
}

func readQualifiers(body []byte, f *faults) ([]PolicyQualifier, error) {
	var list []PolicyQualifier
	c := der.NewCursor(body)
	for c.More() {
		seq := c.Sequence()
		q := PolicyQualifier{ID: seq.OID()}
		v := seq.Next()
		if err := seq.Done(); err != nil {
			return nil, fmt.Errorf("policy qualifier: %w", err)
		}
		q.Raw = v.Raw
		switch q.ID {
		case alg.OIDQualifierCPS:
			q.CPS, _, _ = decodeText(v)
		case alg.OIDQualifierUserNotice:
			q.readNotice(v, f)
		}
		list = append(list, q)
	}
	return list, c.Done()
}

// readNotice reads a UserNotice for display; RFC 5280 §4.2.1.4 gives it no part in validation.
func (q *PolicyQualifier) readNotice(v der.Value, f *faults) {
	c := der.NewCursor(v.Body)
	if ref, ok := c.Optional(der.Sequence); ok {
		q.HasNoticeRef = true
		q.Organization, _, _ = decodeText(der.NewCursor(ref.Body).Next())
	}
	if c.More() {
		q.ExplicitText, _, _ = decodeText(c.Next())
	}
	if err := c.Done(); err != nil || v.Tag != der.Sequence {
		f.odd("certificatePolicies", "unreadable user notice")
	}
}

func parsePolicyMappings(value []byte) ([]PolicyMapping, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []PolicyMapping
	for seq.More() {
		one := seq.Sequence()
		m := PolicyMapping{Issuer: one.OID(), Subject: one.OID()}
		if err := one.Done(); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, errors.Join(seq.Done(), c.Done())
}

func parsePolicyConstraints(value []byte, f *faults) (PolicyConstraints, error) {
	limits := PolicyConstraints{RequireExplicit: -1, InhibitMapping: -1}
	c := der.NewCursor(value)
	seq := c.Sequence()
	for i, field := range []*int{&limits.RequireExplicit, &limits.InhibitMapping} {
		v, ok := seq.Optional(der.Context(uint32(i)))
		if !ok {
			continue
		}
		n, err := skipCount(v.Body)
		if err != nil {
			return limits, err
		}
		*field = n
	}
	if limits.RequireExplicit < 0 && limits.InhibitMapping < 0 {
		f.odd("policyConstraints", "an empty sequence") // RFC 5280 §4.2.1.11: MUST NOT be
	}
	return limits, errors.Join(seq.Done(), c.Done())
}

func parseInhibitAny(value []byte) (int, error) {
	c := der.NewCursor(value)
	v := c.Expect(der.Integer)
	if err := c.Done(); err != nil {
		return -1, err
	}
	return skipCount(v.Body)
}
