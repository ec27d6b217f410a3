package testca

import (
	"crypto/sha1"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// extensions makes the extensions of a Spec in the usual order.
func (e *Entity) extensions(s Spec) []pki.Extension {
	e.t.Helper()
	var list []pki.Extension
	add := func(x pki.Extension, err error) {
		e.t.Helper()
		e.must(err)
		list = append(list, x)
	}
	if s.CA {
		add(pki.BasicConstraintsExtension(true, s.PathLen))
	}
	if s.Usage != 0 {
		add(pki.KeyUsageExtension(s.Usage))
	}
	if len(s.ExtUsage) > 0 {
		x, err := pki.ExtKeyUsageExtension(s.ExtUsage...)
		x.Critical = slices.Contains(s.ExtUsage, alg.OIDUsageTimeStamping) // RFC 3161 §2.3
		add(x, err)
	}
	if names := s.altNames(); len(names) > 0 {
		add(pki.SubjectAltNameExtension(false, names...))
	}
	if len(s.Policies) > 0 {
		var policies []pki.PolicyInformation
		for _, p := range s.Policies {
			policies = append(policies, pki.PolicyInformation{ID: p})
		}
		add(pki.PoliciesExtension(policies...))
	}
	if !s.NoKeyID {
		id := e.keyID()
		add(pki.SubjectKeyIDExtension(id))
		if e.Issuer != nil && e.Issuer.Certificate.SubjectKeyID != nil {
			add(pki.AuthorityKeyIDExtension(e.Issuer.Certificate.SubjectKeyID))
		}
	}
	for _, url := range s.CRLPoints {
		add(pki.CRLPointsExtension(pki.PointAt(url)))
	}
	if s.OCSP != "" {
		add(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI(s.OCSP)}))
	}
	return append(list, s.More...)
}

func (s Spec) altNames() []pki.GeneralName {
	var names []pki.GeneralName
	for _, m := range s.Emails {
		names = append(names, pki.Mailbox(m))
	}
	return append(names, s.AltNames...)
}

// keyID makes a key identifier by the first method of RFC 5280 §4.2.1.2.
func (e *Entity) keyID() []byte {
	e.t.Helper()
	spki, err := alg.MarshalPublicKey(publicOf(e.Key))
	e.must(err)
	_, info, err := alg.ParsePublicKey(spki)
	e.must(err)
	sum := sha1.Sum(info.Raw)
	return sum[:]
}
