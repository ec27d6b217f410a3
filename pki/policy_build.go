package pki

import (
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// PoliciesExtension makes certificatePolicies, not critical. Of a qualifier, ID and either CPS or
// ExplicitText are used.
func PoliciesExtension(policies ...PolicyInformation) (Extension, error) {
	return makeExtension(alg.OIDExtCertificatePolicies, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, p := range policies {
				b.Sequence(func(b *der.Builder) { p.build(b) })
			}
		})
	})
}

func (p PolicyInformation) build(b *der.Builder) {
	b.OID(p.ID)
	if len(p.Qualifiers) == 0 {
		return
	}
	b.Sequence(func(b *der.Builder) {
		for _, q := range p.Qualifiers {
			b.Sequence(func(b *der.Builder) {
				b.OID(q.ID)
				if q.CPS != "" {
					b.IA5String(q.CPS)
					return
				}
				// RFC 5280 §4.2.1.4: conforming CAs SHOULD use UTF8String for explicitText.
				b.Sequence(func(b *der.Builder) { b.UTF8String(q.ExplicitText) })
			})
		}
	})
}

// PolicyMappingsExtension makes policyMappings, critical as RFC 5280 §4.2.1.5 recommends.
func PolicyMappingsExtension(mappings ...PolicyMapping) (Extension, error) {
	return makeExtension(alg.OIDExtPolicyMappings, true, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, m := range mappings {
				b.Sequence(func(b *der.Builder) {
					b.OID(m.Issuer)
					b.OID(m.Subject)
				})
			}
		})
	})
}

// PolicyConstraintsExtension makes policyConstraints, critical (RFC 5280 §4.2.1.11). A number below
// zero is left out.
func PolicyConstraintsExtension(limits PolicyConstraints) (Extension, error) {
	return makeExtension(alg.OIDExtPolicyConstraints, true, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for i, n := range []int{limits.RequireExplicit, limits.InhibitMapping} {
				if n >= 0 {
					b.Implicit(der.Context(uint32(i)), false, func(b *der.Builder) { b.AppendBytes(integerBytes(big.NewInt(int64(n)))) })
				}
			}
		})
	})
}

// InhibitAnyPolicyExtension makes inhibitAnyPolicy, critical (RFC 5280 §4.2.1.14).
func InhibitAnyPolicyExtension(skipCerts int) (Extension, error) {
	return makeExtension(alg.OIDExtInhibitAnyPolicy, true, func(b *der.Builder) { b.Int(int64(skipCerts)) })
}
