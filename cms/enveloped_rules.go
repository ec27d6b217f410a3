package cms

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// rightVersion returns the version that the contents ask for (RFC 5652 §6.1, RFC 5083 §2.1; STANDARDS item 32).
func (e *Enveloped) rightVersion() int {
	if e.Authenticated {
		return 0
	}
	return envelopeVersion(e.Recipients, e.originator, len(e.Attributes) > 0)
}

// envelopeVersion is the version of an EnvelopedData (RFC 5652 §6.1). originator is nil when there is no originatorInfo.
func envelopeVersion(recipients []*Recipient, originator *CertificateSet, attributes bool) int {
	if originator != nil && originator.other {
		return 4
	}
	v := 0
	if originator != nil || attributes {
		v = 2
	}
	if originator != nil && originator.v2Attribute {
		v = 3
	}
	for _, r := range recipients {
		switch {
		case r.Kind == Password || r.Kind == Other:
			return 3
		case r.Version != 0:
			v = max(v, 2)
		}
	}
	return v
}

var errContentType = errors.New("the authenticated attributes do not name the type of the content")

// checkAuthAttributes applies RFC 5083 §2.1: a content that is not id-data is named by an authenticated attribute, and a name that is
// there is the right one.
func checkAuthAttributes(list []Attribute, contentType der.OID) error {
	a, ok := find(list, alg.OIDContentType)
	if !ok {
		if contentType == alg.OIDData {
			return nil
		}
		return errContentType
	}
	seen := 0
	for _, o := range list {
		if o.Type == alg.OIDContentType {
			seen++
		}
	}
	if seen != 1 || len(a.Values) != 1 {
		return errContentType
	}
	c := der.NewCursor(a.Values[0])
	if named := c.OID(); c.Done() != nil || named != contentType {
		return errContentType
	}
	return nil
}
