package cms_test

import (
	"bytes"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

var (
	letter = []byte("Content-Type: text/plain\r\n\r\nProof.\r\n")
	utc    = tlv(23, []byte("261125120000Z"))
)

// ess returns a SigningCertificate of either version.
func ess(hash []byte, more ...[]byte) []byte {
	return sequence(sequence(sequence(append([][]byte{octets(hash)}, more...)...)))
}

// essSerial returns an IssuerSerial (RFC 5035 §3).
func essSerial(issuer, serial []byte) []byte {
	return sequence(sequence(tlv(0xa4, issuer)), tlv(2, serial))
}

// protect returns a CMSAlgorithmProtection (RFC 6211 §2).
func protect(digest, signature []byte) []byte {
	return sequence(digest, append([]byte{0xa1}, signature[1:]...))
}

// null returns an AlgorithmIdentifier with NULL.
func null(o der.OID) []byte { return sequence(oid(o), []byte{5, 0}) }

// STANDARDS 10: each of the signed attributes stands once, with one value of its type, and says what is so.
func TestEachSignedAttributeIsJudged(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	cert := alice.Certificate
	digest := octets(alg.SHA256.Sum(letter))
	ecdsa := null(alg.OIDECDSAWithSHA256)
	const bad = finding.SignatureAttribute
	for _, c := range []struct {
		name   string
		change func(*craftedSigner)
		want   []finding.Code
	}{
		{"nothing is changed", func(g *craftedSigner) {}, nil},
		{"content-type is missing", func(g *craftedSigner) { g.set(alg.OIDContentType) }, []finding.Code{finding.SignatureContentType}},
		{"content-type twice", func(g *craftedSigner) {
			g.attributes = append(g.attributes, attribute(alg.OIDContentType, oid(alg.OIDData)))
		}, []finding.Code{finding.SignatureContentType}},
		{"content-type with two values", func(g *craftedSigner) { g.set(alg.OIDContentType, oid(alg.OIDData), oid(alg.OIDTSTInfo)) },
			[]finding.Code{finding.SignatureContentType}},
		{"content-type without a value", func(g *craftedSigner) { g.set(alg.OIDContentType, [][]byte{}...) }, []finding.Code{finding.SignatureContentType}},
		{"content-type is no identifier", func(g *craftedSigner) { g.set(alg.OIDContentType, octets([]byte(alg.OIDData))) },
			[]finding.Code{finding.SignatureContentType}},
		{"content-type names another type", func(g *craftedSigner) { g.set(alg.OIDContentType, oid(alg.OIDTSTInfo)) },
			[]finding.Code{finding.SignatureContentType}},
		{"message-digest is missing", func(g *craftedSigner) { g.set(alg.OIDMessageDigest) }, []finding.Code{finding.SignatureMessageDigest}},
		{"message-digest twice", func(g *craftedSigner) {
			g.attributes = append(g.attributes, attribute(alg.OIDMessageDigest, digest))
		}, []finding.Code{finding.SignatureMessageDigest}},
		{"message-digest with two values", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, digest, octets(make([]byte, 32))) },
			[]finding.Code{finding.SignatureMessageDigest}},
		{"message-digest is no string", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, tlv(2, []byte{1})) },
			[]finding.Code{finding.SignatureMessageDigest}},
		{"message-digest of another content", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, octets(make([]byte, 32))) },
			[]finding.Code{finding.SignatureDigest}},
		{"message-digest is a part of the digest", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, octets(alg.SHA256.Sum(letter)[:31])) },
			[]finding.Code{finding.SignatureDigest}},
		{"message-digest is empty", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, octets(nil)) }, []finding.Code{finding.SignatureDigest}},
		{"message-digest in segments", func(g *craftedSigner) {
			g.set(alg.OIDMessageDigest, tlv(0x24, octets(alg.SHA256.Sum(letter)[:9]), octets(alg.SHA256.Sum(letter)[9:])))
		}, []finding.Code{finding.SignatureMessageDigest}},
		{"signing-time", func(g *craftedSigner) { g.set(alg.OIDSigningTime, utc) }, nil},
		{"signing-time twice", func(g *craftedSigner) {
			g.attributes = append(g.attributes, attribute(alg.OIDSigningTime, utc), attribute(alg.OIDSigningTime, utc))
		}, []finding.Code{finding.SignatureSigningTime}},
		{"signing-time with two values", func(g *craftedSigner) { g.set(alg.OIDSigningTime, utc, utc) }, []finding.Code{finding.SignatureSigningTime}},
		{"signing-time is no time", func(g *craftedSigner) { g.set(alg.OIDSigningTime, tlv(23, []byte("soon"))) },
			[]finding.Code{finding.SignatureSigningTime}},
		{"the right certificate", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, ess(alg.SHA256.Sum(cert.Raw), essSerial(cert.RawIssuer, cert.SerialRaw)))
			g.set(alg.OIDSigningCertificate, ess(alg.SHA1.Sum(cert.Raw)))
		}, nil},
		{"the right certificate by SHA-512", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, sequence(sequence(sequence(identifier(alg.SHA512), octets(alg.SHA512.Sum(cert.Raw))))))
		}, nil},
		{"the right certificate, with policies", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, sequence(sequence(sequence(octets(alg.SHA256.Sum(cert.Raw)))), sequence(sequence(oid(alg.OIDData)))))
		}, nil},
		{"another certificate", func(g *craftedSigner) { g.set(alg.OIDSigningCertificateV2, ess(alg.SHA256.Sum(root.Certificate.Raw))) },
			[]finding.Code{finding.SignatureCertificate}},
		{"another certificate, version 1", func(g *craftedSigner) { g.set(alg.OIDSigningCertificate, ess(alg.SHA1.Sum(root.Certificate.Raw))) },
			[]finding.Code{finding.SignatureCertificate}},
		{"another serial number of the certificate", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, ess(alg.SHA256.Sum(cert.Raw), essSerial(cert.RawIssuer, []byte{1})))
		}, []finding.Code{finding.SignatureCertificate}},
		{"the certificate is not the first that is named", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, sequence(sequence(sequence(octets(make([]byte, 32))), sequence(octets(alg.SHA256.Sum(cert.Raw))))))
		}, []finding.Code{finding.SignatureCertificate}},
		{"the certificate by an unknown hash", func(g *craftedSigner) {
			g.set(alg.OIDSigningCertificateV2, sequence(sequence(sequence(null("\x2a\x03"), octets(alg.SHA256.Sum(cert.Raw))))))
		}, []finding.Code{finding.SignatureCertificate}},
		{"the certificate, malformed", func(g *craftedSigner) { g.set(alg.OIDSigningCertificateV2, sequence(octets(nil))) }, []finding.Code{bad}},
		{"the certificate, twice", func(g *craftedSigner) {
			a := attribute(alg.OIDSigningCertificateV2, ess(alg.SHA256.Sum(cert.Raw)))
			g.attributes = append(g.attributes, a, a)
		}, []finding.Code{bad}},
		{"algorithm protection", func(g *craftedSigner) { g.set(alg.OIDAlgorithmProtection, protect(g.digest, g.algorithm)) }, nil},
		{"algorithm protection with NULL", func(g *craftedSigner) { g.set(alg.OIDAlgorithmProtection, protect(null(alg.OIDSHA256), ecdsa)) }, nil},
		{"STANDARDS 12: another digest protected", func(g *craftedSigner) {
			g.set(alg.OIDAlgorithmProtection, protect(identifier(alg.SHA512), g.algorithm))
		}, []finding.Code{finding.SignatureProtection}},
		{"STANDARDS 12: another signature protected", func(g *craftedSigner) {
			g.set(alg.OIDAlgorithmProtection, protect(g.digest, null(alg.OIDECDSAWithSHA512)))
		}, []finding.Code{finding.SignatureProtection}},
		{"algorithm protection without a signature", func(g *craftedSigner) { g.set(alg.OIDAlgorithmProtection, sequence(g.digest)) },
			[]finding.Code{finding.SignatureProtection}},
		{"algorithm protection, malformed", func(g *craftedSigner) { g.set(alg.OIDAlgorithmProtection, octets(nil)) }, []finding.Code{bad}},
		{"algorithm protection, twice", func(g *craftedSigner) {
			a := attribute(alg.OIDAlgorithmProtection, protect(g.digest, g.algorithm))
			g.attributes = append(g.attributes, a, a)
		}, []finding.Code{bad}},
		{"capabilities", func(g *craftedSigner) { g.set(alg.OIDSMIMECapabilities, sequence(sequence(oid(alg.OIDAES256GCM)))) }, nil},
		{"capabilities, malformed", func(g *craftedSigner) { g.set(alg.OIDSMIMECapabilities, oid(alg.OIDAES256GCM)) },
			[]finding.Code{finding.SignatureUnread}},
		{"key preference, malformed", func(g *craftedSigner) { g.set(alg.OIDEncryptionKeyPreference, octets(nil)) },
			[]finding.Code{finding.SignatureUnread}},
		{"an attribute nobody knows, twice", func(g *craftedSigner) {
			g.attributes = append(g.attributes, attribute("\x2a\x03\x04"), attribute("\x2a\x03\x04", octets(nil), utc))
		}, nil},
		{"a countersignature under the signature", func(g *craftedSigner) { g.set(alg.OIDCountersignature, sequence()) },
			[]finding.Code{finding.SignatureMisplaced}},
		{"a timestamp under the signature", func(g *craftedSigner) { g.set(alg.OIDSignatureTimeStamp, sequence()) },
			[]finding.Code{finding.SignatureMisplaced}},
		{"capabilities outside the signature", func(g *craftedSigner) { g.unsigned = [][]byte{attribute(alg.OIDSMIMECapabilities, sequence())} },
			[]finding.Code{finding.SignatureMisplaced}},
		{"a digest outside the signature", func(g *craftedSigner) { g.unsigned = [][]byte{attribute(alg.OIDMessageDigest, digest)} },
			[]finding.Code{finding.SignatureMisplaced}},
		{"attributes are not sorted", func(g *craftedSigner) {
			g.unsorted, g.attributes = true, [][]byte{g.attributes[1], g.attributes[0]}
		}, []finding.Code{finding.SignatureNotDER}},
		{"no attribute at all", func(g *craftedSigner) { g.attributes = [][]byte{} },
			[]finding.Code{finding.SignatureContentType, finding.SignatureMessageDigest}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := craft(t, alice, letter)
			c.change(m.signers[0])
			_, k := m.check(t, alg.Allow{})
			wantCodes(t, k.Findings, c.want...)
			good := true
			for _, f := range k.Findings {
				good = good && f.Severity != finding.Bad
			}
			if k.OK() != good || !k.SignatureOK {
				t.Errorf("good %v, signature %v", k.OK(), k.SignatureOK)
			}
			if k.Certificate == nil || !bytes.Equal(k.Certificate.Raw, cert.Raw) {
				t.Error("another certificate")
			}
		})
	}
}
