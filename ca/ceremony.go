package ca

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Script is the order of a key ceremony, written, read and approved beforehand, and then run offline step by step. Each step's input
// and output is hashed into a transcript, which officers sign. VerifyCeremony makes the whole anew out of the script and the
// transcript: every byte but those that only the keys can make, the public keys and the signatures, which it checks.
//
//	name: ACME root 2026
//	date: 2026-11-25T12:00:00Z
//	officers: {ann: 5f1c..., ben: 83ab...}     # SHA-256 of their certificates
//	steps:
//	  - {do: key, name: root, algorithm: P-384}
//	  - {do: root, key: root, profile: root, subject: {countryName: DE, organizationName: ACME GmbH, commonName: ACME Root CA}, file: root.pem}
//	  - {do: key, name: issuing, algorithm: P-256}
//	  - {do: issuing, key: issuing, issuer: root, profile: issuing, url: "http://pki.acme.example", subject: {...}, file: issuing.pem}
//	  - {do: crl, issuer: root, number: 1, days: 365, file: root.crl}
type Script struct {
	Name     string            `yaml:"name"`
	Date     time.Time         `yaml:"date"`     // the moment of every certificate and list
	Officers map[string]string `yaml:"officers"` // name: SHA-256 of the certificate, hexadecimal
	Public   bool              `yaml:"public"`   // the authorities are bound by the S/MIME Baseline Requirements
	Steps    []Step            `yaml:"steps"`

	raw []byte
}

// Step is one act of a ceremony.
type Step struct {
	Do string `yaml:"do"` // key, root, issuing, crl

	Name      string `yaml:"name"`      // key: what later steps call it
	Algorithm string `yaml:"algorithm"` // key: "P-384", "RSA 4096", ...
	Token     string `yaml:"token"`     // key: URI of a token (RFC 7512) that makes and keeps it; empty: the vault

	Key     string            `yaml:"key"`     // root, issuing: whose certificate it is, of a step before
	Request string            `yaml:"request"` // issuing: file with a PKCS#10 in PEM or DER in place of a key: the key is elsewhere
	Issuer  string            `yaml:"issuer"`  // issuing, crl: the key of a root of a step before
	Profile string            `yaml:"profile"` // root, issuing: one of Builtin; empty: as the step is called
	Subject map[string]string `yaml:"subject"` // attributes by the names of Subject
	Days    int               `yaml:"days"`    // of validity, or until nextUpdate; zero: as the profile says
	URL     string            `yaml:"url"`     // issuing: below which the issuer's CRL and certificate are found
	Shards  int               `yaml:"shards"`  // issuing: of its own CRL; zero: 1

	Number int64  `yaml:"number"` // crl: CRL number, from 1
	File   string `yaml:"file"`   // where the result is written: a name without a folder; .pem or .crl
}

var plainFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,60}\.(pem|crl)$`)

// ReadScript reads and checks a script. It fails on a field that it does not know.
func ReadScript(data []byte) (*Script, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	s := &Script{raw: data}
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	var list []error
	if s.Name == "" || s.Date.IsZero() || len(s.Steps) == 0 {
		list = append(list, errors.New("the script needs name, date and steps"))
	}
	if len(s.Officers) < 2 { // S/MIME BR §4.3.1.1 and §6.1.1.1
		list = append(list, fmt.Errorf("the script names %d officers; two are needed at least (S/MIME BR §4.3.1.1)", len(s.Officers)))
	}
	seen := map[string]bool{}
	for name, print := range s.Officers {
		if len(plainHex(print)) != 64 || seen[plainHex(print)] {
			list = append(list, fmt.Errorf("the officer %s: give the SHA-256 of a certificate of their own, 64 hexadecimal digits", name))
		}
		seen[plainHex(print)] = true
	}
	files := map[string]bool{}
	for i, step := range s.Steps {
		if err := step.check(); err != nil {
			list = append(list, fmt.Errorf("step %d: %w", i+1, err))
		}
		if step.File != "" && files[step.File] {
			list = append(list, fmt.Errorf("step %d: the file %s is written twice", i+1, step.File))
		}
		files[step.File] = true
	}
	return s, errors.Join(list...)
}

func (s Step) check() error {
	need := map[string][]string{"key": {s.Name, s.Algorithm}, "root": {s.Key, s.File}, "issuing": {s.Issuer, s.File, s.Key + s.Request}, "crl": {s.Issuer, s.File}}
	fields, known := need[s.Do]
	if !known {
		return fmt.Errorf("there is no step %q; use key, root, issuing or crl", s.Do)
	}
	for _, f := range fields {
		if f == "" {
			return fmt.Errorf("%s: a field is missing: key needs name and algorithm; root needs key and file; issuing needs issuer, file, and key or request; crl needs issuer and file", s.Do)
		}
	}
	switch {
	case s.File != "" && !plainFile.MatchString(s.File):
		return fmt.Errorf("the file %q is no plain name that ends with .pem or .crl", s.File)
	case strings.ContainsAny(s.Request, "/\\"):
		return fmt.Errorf("the request %q lies beside the script: name it without a folder", s.Request)
	case s.Key != "" && s.Request != "":
		return errors.New("name a key or a request, not both")
	case s.Do == "crl" && (s.Number < 1 || s.Days < 0 || s.Days > 366): // S/MIME BR §4.9.7: yearly
		return errors.New("a list needs a number from 1 on, and lasts at most 366 days (S/MIME BR §4.9.7)")
	}
	return nil
}
