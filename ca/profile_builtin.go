package ca

import "fmt"

// Builtin returns the profiles that every house begins with: for each type and generation one to sign, one to encrypt and one for both, and those of
// authorities and responders.
func Builtin() []Profile {
	var list []Profile
	for _, t := range []Type{Mailbox, Organization, Sponsor, Individual} {
		for _, g := range []Generation{Strict, Multipurpose, Private} {
			for _, u := range []Usage{Signing, Encryption, Dual} {
				list = append(list, subscriberProfile(t, g, u))
			}
		}
	}
	return append(list, authorityProfiles()...)
}

// signingKeys are the keys of S/MIME BR §6.1.5 that sign.
func signingKeys() []string {
	return []string{"P-256", "P-384", "P-521", "RSA 2048", "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}
}

func encryptionKeys() []string {
	return []string{"P-256", "P-384", "P-521", "RSA 2048", "ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"}
}

func subscriberProfile(t Type, g Generation, u Usage) Profile {
	p := Profile{
		Name: fmt.Sprintf("%s-%s-%s", t, g, u), Version: 1, Type: t, Generation: g, Usage: u,
		Title:   fmt.Sprintf("%s validated, %s, %s", t, g, map[Usage]string{Signing: "to sign", Encryption: "to encrypt", Dual: "to sign and encrypt"}[u]),
		Subject: subjectRules(t, g), Names: NameRules{Least: 1, Most: 10}, Purposes: []string{"emailProtection"},
		Days: 365, MostDays: mostSubscriberDays - 1, Backdate: 60, Ahead: 30, Capabilities: u != Signing,
		Requirements: requirementsOf(t), Escrow: NoEscrow, Approvals: 1,
	}
	switch u {
	case Signing:
		p.Keys = signingKeys()
	case Encryption:
		p.Keys, p.Escrow = encryptionKeys(), EscrowOptional
	case Dual:
		p.Keys = []string{"P-256", "P-384", "P-521", "RSA 2048"} // S/MIME BR §7.1.2.3e: no other key does both
	}
	switch g {
	case Multipurpose:
		p.Purposes, p.Names.UPN = []string{"emailProtection", "clientAuth"}, u != Encryption
	case Private:
		p.Days, p.MostDays, p.Names.UPN = 397, 3*365, true
		if u == Encryption {
			p.Keys = append(p.Keys, "X25519", "X448")
		}
	}
	return p
}

// subjectRules are the attributes of S/MIME BR §7.1.4.2.3 to §7.1.4.2.6.
func subjectRules(t Type, g Generation) []AttributeRule {
	may := func(names ...string) (list []AttributeRule) {
		for _, n := range names {
			list = append(list, AttributeRule{Attribute: n})
		}
		return list
	}
	must := func(name string) AttributeRule { return AttributeRule{Attribute: name, Required: g != Private} }
	place := may("countryName", "stateOrProvinceName", "localityName")
	if g != Strict { // §7.1.4.2.4: streetAddress and postalCode are not for Strict
		place = append(place, may("postalCode", "streetAddress")...)
	}
	person := "{givenName} {surname}|{surname}|{givenName}|{pseudonym}"
	list := []AttributeRule{}
	switch t {
	case Mailbox:
		return append(list, AttributeRule{Attribute: "serialNumber"}, AttributeRule{Attribute: "commonName", Value: "{address}"})
	case Organization:
		list = append(place, must("organizationName"), must("organizationIdentifier"), AttributeRule{Attribute: "organizationalUnitName"},
			AttributeRule{Attribute: "serialNumber"}, AttributeRule{Attribute: "commonName", Value: "{organizationName}"})
	case Sponsor:
		list = append(place, must("organizationName"), must("organizationIdentifier"))
		list = append(list, may("organizationalUnitName", "title", "givenName", "surname", "pseudonym", "serialNumber")...)
		list = append(list, AttributeRule{Attribute: "commonName", Value: person})
	case Individual:
		list = append(place, may("title", "givenName", "surname", "pseudonym", "serialNumber")...)
		list = append(list, AttributeRule{Attribute: "commonName", Value: person})
	}
	return list
}

func requirementsOf(t Type) []string {
	switch t {
	case Organization:
		return []string{"mailbox", "organization", "authority", "agreement", "request"}
	case Sponsor:
		return []string{"mailbox", "organization", "authority", "individual", "affiliation", "agreement", "request"}
	case Individual:
		return []string{"mailbox", "individual", "agreement", "request"}
	}
	return []string{"mailbox", "agreement"}
}

// authorityProfiles are the roots, the issuing authorities and the responders (S/MIME BR §7.1.2.1 and §7.1.2.2, RFC 6960 §4.2.2.2).
func authorityProfiles() []Profile {
	none, keys := 0, []string{"P-256", "P-384", "P-521", "RSA 4096", "Ed25519"} // §6.1.5: RSA of authorities has 4096 bits
	name := []AttributeRule{{Attribute: "countryName", Required: true}, {Attribute: "organizationName", Required: true}, {Attribute: "commonName", Required: true}}
	return []Profile{
		{Name: "root", Version: 1, Title: "root authority", Type: RootCA, Generation: Strict, Keys: keys, Subject: name, Days: 20 * 365, MostDays: 25 * 365, Backdate: 60, Approvals: 1},
		{Name: "issuing", Version: 1, Title: "issuing authority for mail", Type: IssuingCA, Generation: Strict, Keys: keys, Subject: name,
			Purposes: []string{"emailProtection", "clientAuth"}, Days: 10 * 365, MostDays: 15 * 365, Backdate: 60, PathLen: &none, Approvals: 1},
		{Name: "responder", Version: 1, Title: "responder for an authority", Type: Responder, Generation: Private, Keys: keys, Subject: name,
			Purposes: []string{"OCSPSigning"}, Days: 30, MostDays: 90, Backdate: 60},
	}
}
