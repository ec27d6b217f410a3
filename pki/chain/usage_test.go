package chain_test

import (
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// STANDARDS 19: digitalSignature or nonRepudiation; an absent extension allows everything; encryption by the kind of key.
func TestAPurposeNeedsItsKeyUsage(t *testing.T) {
	root := testca.Root(t, "Root")
	mail := []der.OID{alg.OIDUsageEmailProtection}
	for name, c := range map[string]struct {
		purpose chain.Purpose
		key     testca.KeyKind
		usage   pki.KeyUsage
		want    string
	}{
		"signing with digitalSignature":           {chain.SMIMESign, testca.P256, pki.DigitalSignature, ""},
		"signing with nonRepudiation":             {chain.SMIMESign, testca.P256, pki.NonRepudiation, ""},
		"signing without the extension":           {chain.SMIMESign, testca.P256, 0, ""},
		"signing with keyAgreement":               {chain.SMIMESign, testca.P256, pki.KeyAgreement, "path.key-usage"},
		"signing with keyCertSign":                {chain.SMIMESign, testca.P256, pki.KeyCertSign | pki.CRLSign, "path.key-usage"},
		"signing with a key that cannot":          {chain.SMIMESign, testca.X25519, 0, "path.key-usage"},
		"the zero purpose is signing":             {"", testca.P256, pki.KeyAgreement, "path.key-usage"},
		"any purpose with any usage":              {chain.Any, testca.P256, pki.EncipherOnly, ""},
		"encrypting to RSA":                       {chain.SMIMEEncrypt, testca.RSA, pki.KeyEncipherment, ""},
		"encrypting to RSA with keyAgreement":     {chain.SMIMEEncrypt, testca.RSA, pki.KeyAgreement, "path.key-usage"},
		"encrypting to RSA with dataEncipherment": {chain.SMIMEEncrypt, testca.RSA, pki.DataEncipherment, "path.key-usage"},
		"encrypting to a curve":                   {chain.SMIMEEncrypt, testca.P256, pki.KeyAgreement, ""},
		"encrypting to a curve by encipherment":   {chain.SMIMEEncrypt, testca.P256, pki.KeyEncipherment, "path.key-usage"},
		"encrypting to X25519":                    {chain.SMIMEEncrypt, testca.X25519, pki.KeyAgreement, ""},
		"encrypting without the extension":        {chain.SMIMEEncrypt, testca.RSA, 0, ""},
		"encrypting to a key that only signs":     {chain.SMIMEEncrypt, testca.Ed25519, 0, "path.key-usage"},
		"encrypting with digitalSignature":        {chain.SMIMEEncrypt, testca.RSA, pki.DigitalSignature, "path.key-usage"},
		"a list with cRLSign":                     {chain.CRLSigning, testca.P256, pki.CRLSign, ""},
		"a list without cRLSign":                  {chain.CRLSigning, testca.P256, pki.DigitalSignature, "path.key-usage"},
		"issuing by a person":                     {chain.CA, testca.P256, pki.KeyCertSign, "path.not-an-authority path.key-usage"},
	} {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(c.key), testca.Usage(c.usage), testca.ExtUsage(mail...)))
		r := ask(alice)
		r.Purpose = c.purpose
		expect(t, name, chain.Verify(t.Context(), r), c.want)
	}
}

// RFC 8550 §4.4.4, RFC 3161 §2.3, RFC 6960 §4.2.2.2.
func TestAPurposeNeedsItsExtendedKeyUsage(t *testing.T) {
	root := testca.Root(t, "Root")
	for name, c := range map[string]struct {
		purpose chain.Purpose
		usages  []der.OID
		want    string
	}{
		"mail":                       {chain.SMIMESign, []der.OID{alg.OIDUsageEmailProtection}, ""},
		"mail among others":          {chain.SMIMESign, []der.OID{alg.OIDUsageClientAuth, alg.OIDUsageEmailProtection}, ""},
		"mail by any":                {chain.SMIMESign, []der.OID{alg.OIDUsageAny}, ""},
		"mail without the extension": {chain.SMIMESign, nil, ""},
		"mail by a server's":         {chain.SMIMESign, []der.OID{alg.OIDUsageServerAuth}, "path.purpose"},
		"encryption by a server's":   {chain.SMIMEEncrypt, []der.OID{alg.OIDUsageServerAuth, alg.OIDUsageClientAuth}, "path.purpose"},
		"anything by a server's":     {chain.Any, []der.OID{alg.OIDUsageServerAuth}, ""},
		"timestamps":                 {chain.TimeStamping, []der.OID{alg.OIDUsageTimeStamping}, ""},
		"timestamps and more":        {chain.TimeStamping, []der.OID{alg.OIDUsageTimeStamping, alg.OIDUsageEmailProtection}, "path.purpose"},
		"timestamps by any":          {chain.TimeStamping, []der.OID{alg.OIDUsageAny}, "path.purpose"},
		"timestamps without it":      {chain.TimeStamping, nil, "path.purpose"},
		"answers":                    {chain.OCSPSigning, []der.OID{alg.OIDUsageOCSPSigning}, ""},
		"answers and more":           {chain.OCSPSigning, []der.OID{alg.OIDUsageOCSPSigning, alg.OIDUsageTimeStamping}, ""},
		"answers by any":             {chain.OCSPSigning, []der.OID{alg.OIDUsageAny}, "path.purpose"},
		"answers without it":         {chain.OCSPSigning, nil, "path.purpose"},
	} {
		usage := pki.DigitalSignature | pki.KeyAgreement
		r := ask(root.Issue(testca.Person("alice@example.org").With(testca.Usage(usage), testca.ExtUsage(c.usages...))))
		r.Purpose = c.purpose
		expect(t, name, chain.Verify(t.Context(), r), c.want)
	}
	lax := root.Issue(testca.Timestamper("Lax").With(testca.Template(func(p *pki.Template) {
		for i := range p.Extensions {
			p.Extensions[i].Critical = p.Extensions[i].Critical && p.Extensions[i].ID != alg.OIDExtExtKeyUsage
		}
	})))
	r := ask(lax)
	r.Purpose = chain.TimeStamping
	expect(t, "timestamps that are not critical", chain.Verify(t.Context(), r), "path.purpose")
}

func TestThePurposesOfAnAuthorityHoldBelowIt(t *testing.T) {
	for name, c := range map[string]struct {
		root, authority []der.OID
		leaf            testca.Spec
		purpose         chain.Purpose
		want            string
	}{
		"mail below mail":                  {nil, []der.OID{alg.OIDUsageEmailProtection}, testca.Person("a@example.org"), chain.SMIMESign, ""},
		"mail below any":                   {nil, []der.OID{alg.OIDUsageAny}, testca.Person("a@example.org"), chain.SMIMESign, ""},
		"mail below servers":               {nil, []der.OID{alg.OIDUsageServerAuth}, testca.Person("a@example.org"), chain.SMIMESign, "path.purpose"},
		"mail below a root for servers":    {[]der.OID{alg.OIDUsageServerAuth}, nil, testca.Person("a@example.org"), chain.SMIMESign, "path.purpose"},
		"encryption below servers":         {nil, []der.OID{alg.OIDUsageServerAuth}, testca.Person("a@example.org"), chain.SMIMEEncrypt, "path.purpose"},
		"timestamps below mail":            {nil, []der.OID{alg.OIDUsageEmailProtection}, testca.Timestamper("T"), chain.TimeStamping, "path.purpose"},
		"answers below mail":               {nil, []der.OID{alg.OIDUsageEmailProtection}, testca.Responder("R"), chain.OCSPSigning, ""},
		"anything below servers":           {nil, []der.OID{alg.OIDUsageServerAuth}, testca.Person("a@example.org"), chain.Any, ""},
		"the leaf's any does not widen it": {nil, []der.OID{alg.OIDUsageServerAuth}, testca.Person("a@example.org").With(testca.ExtUsage(alg.OIDUsageAny)), chain.SMIMESign, "path.purpose"},
	} {
		root := testca.Root(t, "Root", testca.ExtUsage(c.root...))
		r := ask(root.Issue(testca.Authority("Issuing").With(testca.ExtUsage(c.authority...))).Issue(c.leaf))
		r.Purpose = c.purpose
		expect(t, name, chain.Verify(t.Context(), r), c.want)
	}
}

func TestAnAuthorityDoesNotSignMail(t *testing.T) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	expect(t, "an intermediate as leaf", chain.Verify(t.Context(), ask(issuing)), "path.purpose")
	r := ask(issuing)
	r.Purpose = chain.CA
	expect(t, "an intermediate as authority", chain.Verify(t.Context(), r), "")
	bare := root.Issue(testca.Authority("Bare").With(testca.Usage(pki.KeyCertSign | pki.CRLSign)))
	expect(t, "an intermediate that may only issue", chain.Verify(t.Context(), ask(bare)), "path.purpose path.key-usage")
}
