package ca

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// extensionList gathers extensions and the first error.
type extensionList struct {
	list []pki.Extension
	err  error
}

func (l *extensionList) add(e pki.Extension, err error) {
	if l.err == nil {
		l.err = err
	}
	l.list = append(l.list, e)
}

// blueprint is all that a certificate is made of.
type blueprint struct {
	profile   *Profile
	order     *Order
	authority *Authority       // under which it is issued; of a root: itself
	issuer    *pki.Certificate // its certificate; nil: self-signed
	key       subjectKey
	template  pki.Template
	addresses []string // as the certificate carries them
	shard     int
	public    bool // reserved policies are asserted
}

// extensions writes those of S/MIME BR §7.1.2.
func (b *blueprint) extensions(names pki.GeneralNames) ([]pki.Extension, error) {
	var l extensionList
	p := b.profile
	keyID := (&pki.Certificate{KeyInfo: b.key.info}).KeyHash() // RFC 5280 §4.2.1.2 (1)
	if b.issuer != nil {
		l.add(pki.AuthorityKeyIDExtension(b.issuer.SubjectKeyID)) // §7.1.2.3h: the keyIdentifier alone
	}
	l.add(pki.SubjectKeyIDExtension(keyID))
	if p.Type.authority() {
		depth := -1
		if p.PathLen != nil {
			depth = *p.PathLen
		}
		l.add(pki.BasicConstraintsExtension(true, depth))
	}
	l.add(pki.KeyUsageExtension(usageOf(p, b.key.info)))
	if len(p.Purposes) > 0 {
		l.add(b.purposes())
	}
	if list, err := b.policies(b.public); err != nil || len(list) > 0 {
		if err != nil {
			return nil, err
		}
		l.add(pki.PoliciesExtension(list...))
	}
	if len(names) > 0 {
		l.add(pki.SubjectAltNameExtension(b.template.Subject.Empty(), names...)) // RFC 5280 §4.2.1.6: critical if it is the only name
	}
	b.places(&l)
	if p.Type == Responder {
		l.list = append(l.list, pki.Extension{ID: alg.OIDOCSPNoCheck, Value: []byte{0x05, 0x00}}) // RFC 6960 §4.2.2.2.1
	}
	if p.Capabilities {
		l.add(pki.CapabilitiesExtension(capabilities()...))
	}
	return l.list, l.err
}

// places writes where the CRL, the responder and the issuer's certificate are (§7.1.2.3b and c).
func (b *blueprint) places(l *extensionList) {
	if b.issuer == nil || b.profile.Type == Responder {
		return // RFC 6960 §4.2.2.2.1: a responder with nocheck is not looked up
	}
	if url := b.authority.ShardURL(b.shard); url != "" {
		l.add(pki.CRLPointsExtension(pki.PointAt(url)))
	}
	var access []pki.AccessDescription
	if b.authority.OCSPURL != "" {
		access = append(access, pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI(b.authority.expand(b.authority.OCSPURL, b.shard))})
	}
	if b.authority.IssuerURL != "" {
		access = append(access, pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI(b.authority.expand(b.authority.IssuerURL, b.shard))})
	}
	if len(access) > 0 {
		l.add(pki.AccessExtension(access...))
	}
}

func (b *blueprint) purposes() (pki.Extension, error) {
	var list []der.OID
	for _, name := range b.profile.Purposes {
		id, err := purposeNamed(name)
		if err != nil {
			return pki.Extension{}, err
		}
		list = append(list, id)
	}
	return pki.ExtKeyUsageExtension(list...)
}

// policies are the certificate policies: the reserved one where the S/MIME BR bind, and those of the house's own.
func (b *blueprint) policies(reserved bool) (list []pki.PolicyInformation, err error) {
	p := b.profile
	if p.Type == RootCA || p.Type == Responder {
		return nil, nil // §7.1.2.1: a root states none
	}
	if id := reservedPolicy(p.Type, p.Generation); reserved && id != "" {
		list = append(list, pki.PolicyInformation{ID: id})
	}
	for _, rule := range p.Policies {
		id, err := der.ParseOID(rule.ID)
		if err != nil {
			return nil, err
		}
		info := pki.PolicyInformation{ID: id}
		if rule.CPS != "" {
			info.Qualifiers = append(info.Qualifiers, pki.PolicyQualifier{ID: alg.OIDQualifierCPS, CPS: rule.CPS})
		}
		if rule.Notice != "" {
			info.Qualifiers = append(info.Qualifiers, pki.PolicyQualifier{ID: alg.OIDQualifierUserNotice, ExplicitText: rule.Notice})
		}
		list = append(list, info)
	}
	switch {
	case p.Type == IssuingCA && len(list) == 0:
		return []pki.PolicyInformation{{ID: alg.OIDAnyPolicy}}, nil // §7.1.2.2a: an affiliate's may
	case p.Type.subscriber() && b.authority.PolicyArc != "":
		id, err := der.ParseOID(b.authority.PolicyArc + "." + ownPolicy(p.Type, p.Generation))
		if err != nil {
			return nil, fmt.Errorf("the policy arc of authority %s: %w", b.authority.Name, err)
		}
		list = append(list, pki.PolicyInformation{ID: id})
	}
	return list, nil
}

// ownPolicy is the end of an own policy: numbered as the reserved ones are, with 9 for private profiles.
func ownPolicy(t Type, g Generation) string {
	return map[Type]string{Mailbox: "1", Organization: "2", Sponsor: "3", Individual: "4"}[t] + "." + map[Generation]string{Multipurpose: "2", Strict: "3", Private: "9"}[g]
}

// reservedPolicy is the identifier of S/MIME BR §7.1.6.1; empty if there is none.
func reservedPolicy(t Type, g Generation) der.OID {
	return map[string]der.OID{
		"mailbox strict": alg.OIDPolicyMailboxStrict, "mailbox multipurpose": alg.OIDPolicyMailboxMultipurpose,
		"organization strict": alg.OIDPolicyOrganizationStrict, "organization multipurpose": alg.OIDPolicyOrganizationMultipurpose,
		"sponsor strict": alg.OIDPolicySponsorStrict, "sponsor multipurpose": alg.OIDPolicySponsorMultipurpose,
		"individual strict": alg.OIDPolicyIndividualStrict, "individual multipurpose": alg.OIDPolicyIndividualMultipurpose,
	}[string(t)+" "+string(g)]
}

// capabilities say what the holder's programs can read (RFC 4262), the best first. RFC 8551 §2.5.2 and RFC 5084 §3.2: an AEAD's
// parameters are left out.
func capabilities() []alg.Identifier {
	return []alg.Identifier{{OID: alg.OIDAES256GCM}, {OID: alg.OIDAES128GCM}, {OID: alg.OIDAES256CBC}, {OID: alg.OIDAES128CBC}}
}

// altNames are the names of the subject (S/MIME BR §7.1.4.2.1).
func (b *blueprint) altNames() (pki.GeneralNames, error) {
	var list pki.GeneralNames
	for _, a := range b.addresses {
		local, _, _ := strings.Cut(a, "@")
		if isASCII(local) {
			list = append(list, pki.RFC822(a))
		} else {
			list = append(list, pki.SmtpUTF8(a)) // RFC 9598 §3
		}
	}
	if upn := b.order.UPN; upn != "" {
		var v der.Builder
		v.Element(der.UTF8String, false, func(b *der.Builder) { b.AppendBytes([]byte(upn)) })
		value, err := v.Bytes()
		if err != nil {
			return nil, err
		}
		list = append(list, pki.Other(alg.OIDOtherNameUPN, value))
	}
	return list, nil
}
