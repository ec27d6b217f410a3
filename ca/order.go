package ca

import "time"

// Subject is who a certificate is about, as verified by who orders. Empty fields are left out.
type Subject struct {
	Country                string `json:"countryName,omitempty"`
	State                  string `json:"stateOrProvinceName,omitempty"`
	Locality               string `json:"localityName,omitempty"`
	PostalCode             string `json:"postalCode,omitempty"`
	Street                 string `json:"streetAddress,omitempty"`
	Organization           string `json:"organizationName,omitempty"`
	OrganizationIdentifier string `json:"organizationIdentifier,omitempty"` // S/MIME BR §7.1.4.2.2d
	OrganizationalUnit     string `json:"organizationalUnitName,omitempty"`
	Title                  string `json:"title,omitempty"`
	GivenName              string `json:"givenName,omitempty"`
	Surname                string `json:"surname,omitempty"`
	Pseudonym              string `json:"pseudonym,omitempty"`
	SerialNumber           string `json:"serialNumber,omitempty"`
	CommonName             string `json:"commonName,omitempty"`
	Email                  string `json:"emailAddress,omitempty"`
}

// Order asks for one certificate. Who orders has checked that all of it is true and approved.
type Order struct {
	Profile   string // "name" for the version that holds now, or "name@version"
	Authority string // id or name of the issuing authority; empty: the newest that issues

	Subject   Subject
	Addresses []string // mailboxes; international domains may be in either form
	UPN       string   // user principal name, where the profile allows one; empty: none

	SPKI    []byte // the public key, SubjectPublicKeyInfo in DER; nil: that of Request
	Request []byte // PKCS#10 in DER that proves possession of the key; of it nothing but the key is used
	Own     bool   // the key was made by the house's vault, so that possession needs no proof

	Holder     string // whose key it is: "person:01J..."; the same key for another holder is refused
	Credential string // what the certificate belongs to; empty: none
	Reference  string // names the order for ever, such as "application:01J.../signing": asked again, it gets the same certificate. Required

	By        string   // who orders, for the log: "ra", "user:ada", "cli:root". Required
	Approvers []string // who approved; the profile says how many

	NotBefore time.Time // zero: now, less what the profile lets it lie back
	Days      int       // of validity; zero: as the profile says
}
