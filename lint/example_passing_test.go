package lint

import (
	"crypto"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// passing are certificates that have what the good ones lack.
func passing() []example {
	key := func(base func(testing.TB) *recipe, k crypto.PublicKey, u pki.KeyUsage) example {
		return example{"", base, func(r *recipe) { r.tpl.PublicKey = k; r.usage(u) }}
	}
	spki := func(id der.OID, u pki.KeyUsage) example {
		return example{"", mailbox, func(r *recipe) { r.spki(id, nil, make([]byte, 32)); r.usage(u) }}
	}
	rsa := func(base func(testing.TB) *recipe, u pki.KeyUsage) example {
		return example{"", base, func(r *recipe) { r.rsa(product(2048), 65537); r.usage(u) }}
	}
	with := func(base func(testing.TB) *recipe, e pki.Extension, err error) example {
		return example{"", base, func(r *recipe) { r.ext(e, err) }}
	}
	plain := func(id der.OID) example { return example{"", wideMailbox, spoilExtension(id, emptySequence)} }
	orgid := func(id string) example {
		return example{"", organization, func(r *recipe) {
			r.without(alg.OIDAttrOrganizationIdentifier)
			r.add(text(alg.OIDAttrOrganizationIdentifier, id))
		}}
	}
	list := []example{
		{"", root, func(r *recipe) { r.tpl.NotAfter = day(2051, 1, 1) }},
		{"", mailbox, spoilSubject(text(alg.OIDAttrDNQualifier, "1"), text(alg.OIDAttrDomainComponent, "org"))},
		{"", root, func(r *recipe) { r.rsa(product(4096), 65537); r.tpl.NotBefore = day(2026, 10, 1) }},
		{"", mailbox, func(r *recipe) { r.subject = nil }},
		{"", mailbox, spoilUsage(pki.KeyAgreement | pki.EncipherOnly)},
		{"", responder, func(r *recipe) { r.purposes(alg.OIDUsageAny) }},
		{"", responder, func(r *recipe) { r.purposes(alg.OIDUsageTimeStamping); r.critical(alg.OIDExtExtKeyUsage, true) }},
		{"", mailbox, func(r *recipe) { r.san = append(r.san, pki.Directory(mailbox(r.t).make().Subject)) }},
		{"", individual, func(r *recipe) {
			r.subject = []pki.Attribute{text(alg.OIDAttrPseudonym, "Raven"), text(alg.OIDAttrCommonName, "Raven")}
		}},
		{"", subCA, func(r *recipe) { r.at = day(2027, 8, 1) }},
		{"", mailbox, func(r *recipe) {
			r.at = day(2027, 10, 1)
			r.issuer.KeyInfo = alg.KeyInfo{Algorithm: alg.Identifier{OID: alg.OIDRSA}, Size: 4096, Name: "RSA 4096"}
		}},
		key(mailbox, ed25519Key(), pki.DigitalSignature), key(mailbox, x25519Key(), pki.KeyAgreement),
		spki(alg.OIDMLDSA65, pki.DigitalSignature), spki(alg.OIDMLKEM768, pki.KeyEncipherment),
		rsa(mailbox, pki.DigitalSignature|pki.KeyEncipherment), rsa(wideMailbox, pki.DigitalSignature|pki.KeyEncipherment|pki.DataEncipherment),
		orgid("LEIXG-529900T8BM49AURSDO55"), orgid("NTRDE-DER3306.HRB12345"),
		plain(alg.OIDExtQCStatements), plain(alg.OIDExtAdobeTimeStamp), plain(alg.OIDExtSubjectInfoAccess),
	}
	add := func(e pki.Extension, err error) { list = append(list, with(subCA, e, err)) }
	add(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: -1}))
	critical, err := pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: -1})
	critical.Critical = true
	add(critical, err)
	critical, err = pki.InhibitAnyPolicyExtension(0)
	critical.Critical = true
	add(critical, err)
	add(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: []pki.GeneralSubtree{{Base: pki.RFC822("example.org"), Maximum: -1}}}))
	add(pki.FreshestCRLExtension(pki.PointAt("http://a.org/delta.crl")))
	capabilities, err := pki.CapabilitiesExtension()
	return append(list, with(mailbox, capabilities, err))
}
