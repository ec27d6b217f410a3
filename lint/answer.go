package lint

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// answer is an OCSP answer with what rules ask again and again.
type answer struct {
	*pki.OCSPResponse
	issuer    *pki.Certificate // nil when not known
	responder *pki.Certificate // who signed: the issuer, or a certificate that came along; nil when not known
	delegated bool             // the responder is not the issuer
	draft     bool             // the signature is a dummy
}

// OCSP applies every rule for OCSP answers. Options.Issuer is the authority whose certificates the answer is about; a
// delegated responder's certificate is taken from the answer.
func OCSP(r *pki.OCSPResponse, o Options) []Result {
	at := o.At
	if at.IsZero() {
		at = r.ProducedAt
	}
	a := &answer{OCSPResponse: r, issuer: o.Issuer, draft: o.Draft}
	for _, c := range append([]*pki.Certificate{o.Issuer}, r.Certificates...) {
		if c != nil && a.responder == nil && r.NamesResponder(c) {
			a.responder, a.delegated = c, !c.Equal(o.Issuer)
		}
	}
	return judge(answerTable, a, o.binds(), at)
}

// OCSPRules returns every rule for OCSP answers, in the order in which they are applied.
func OCSPRules() []Rule { return metadata(answerTable) }

var answerTable = slices.Concat(answerOutlineRules(), answerSingleRules(), answerResponderRules(), answerSMIMERules())

func whenBasic(a *answer) bool { return len(a.RawBasic) > 0 }

func answerFault(where string, wordings ...string) func(*answer) string {
	return func(a *answer) string { return faults(a.Faults).at(where, wordings...) }
}

// answerOutlineRules are about an answer as a whole (RFC 6960 §4.2).
func answerOutlineRules() []ruleOf[*answer] {
	return []ruleOf[*answer]{
		{Rule: Rule{Name: "answer.successful", Section: "RFC 6960 §4.2.1", Severity: Notice, Title: "the answer is one", Advice: "ask again, or ask another responder", Same: []string{"pkix.ocsp_response_status_is_not_successful"}},
			check: func(a *answer) string { return unless(a.Status == pki.OCSPSuccessful, a.Status.String()) }},
		{Rule: Rule{Name: "answer.basic", Section: "RFC 6960 §4.2.1", Severity: Error, Title: "a successful answer is a BasicOCSPResponse", Advice: "answer so: every responder must", Same: []string{"pkix.ocsp_response_type_is_not_basic"}},
			when: func(a *answer) bool { return a.Status == pki.OCSPSuccessful }, check: func(a *answer) string { return unless(a.Type == alg.OIDOCSPBasic, a.Type.String()) }},
		{Rule: Rule{Name: "answer.version", Section: "RFC 6960 §4.2.1, X.690 §11.5", Severity: Error, Title: "the version is 1, and not written out", Advice: "leave the version out"}, when: whenBasic, check: answerFault("version")},
		{Rule: Rule{Name: "answer.nonempty", Section: "RFC 6960 §4.2.2.3", Severity: Error, Title: "the answer is about a certificate", Advice: "answer what was asked"}, when: whenBasic, check: func(a *answer) string { return unless(len(a.Responses) > 0, "about none") }},
		{Rule: Rule{Name: "answer.producedat", Section: "RFC 6960 §4.2.2.1", Severity: Error, Title: "times are GeneralizedTime with seconds, without fraction, and end with Z", Advice: "write YYYYMMDDhhmmssZ", Same: []string{"pkix.generalizedtime_incorect_syntax"}}, when: whenBasic,
			check: func(a *answer) string {
				return firstOf(answerFault("producedAt")(a), answerFault("thisUpdate")(a), answerFault("nextUpdate")(a), answerFault("revocationTime")(a))
			}},
		{Rule: Rule{Name: "answer.certs-nonempty", Section: "RFC 6960 §4.2.1", Severity: Warning, Title: "certs is not empty when it is there", Advice: "leave the field out", Same: []string{"pkix.ocsp_certs_sequence_is_empty"}}, when: whenBasic, check: checkEmptyCertificates},
		{Rule: Rule{Name: "answer.certs-readable", Section: "RFC 6960 §4.2.1", Severity: Error, Title: "the certificates that came along can be read", Advice: "send the responder's certificate as it was issued"}, when: whenBasic, check: answerFault("certs")},
		{Rule: Rule{Name: "answer.responder-key", Section: "RFC 6960 §4.2.1", Severity: Error, Title: "byKey is a SHA-1: 20 octets", Advice: "hash the public key with SHA-1, which names it and protects nothing", Same: []string{"pkix.ocsp_responderid_keyhash_is_not_sha1"}},
			when: func(a *answer) bool { return whenBasic(a) && a.ResponderName == nil }, check: func(a *answer) string {
				return unless(len(a.ResponderKey) == 20, fmt.Sprintf("%d octets", len(a.ResponderKey)))
			}},
		{Rule: Rule{Name: "answer.extensions.once", Section: "RFC 6960 §4.4", Severity: Error, Title: "no extension appears twice", Advice: "write each extension once", Same: []string{"pkix.unique_extension"}}, when: whenBasic, check: answerFault("extension ", "more than once")},
		{Rule: Rule{Name: "answer.extensions.unknown-critical", Section: "RFC 6960 §4.4", Severity: Warning, Title: "no critical extension is an unknown one", Advice: "do not mark it critical"}, when: whenBasic,
			check: func(a *answer) string {
				if len(a.UnhandledCritical) > 0 {
					return a.UnhandledCritical[0].String()
				}
				return ""
			}},
		{Rule: Rule{Name: "answer.nonce", Section: "RFC 9654 §2.1", Severity: Error, Title: "a nonce has between 1 and 128 octets", Advice: "copy the nonce of the request, or leave it out"},
			when: func(a *answer) bool { return a.Nonce != nil }, check: func(a *answer) string {
				return unless(len(a.Nonce) >= 1 && len(a.Nonce) <= 128, fmt.Sprintf("%d octets", len(a.Nonce)))
			}},
		{Rule: Rule{Name: "answer.signature.parameters", Section: "RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3", Severity: Error, Title: "parameters are NULL for RSA with PKCS #1 v1.5 and absent for ECDSA and EdDSA", Advice: "encode the algorithm identifier as its RFC says"}, when: whenBasic,
			check: func(a *answer) string { return checkParametersOf(a.SignatureAlgorithm) }},
		{Rule: Rule{Name: "answer.signature.hash", Section: "RFC 8550 §4.3, RFC 6194", Severity: Warning, From: day(2017, 1, 1), Title: "no signature is made over SHA-1 or weaker", Advice: "sign with SHA-256 or better"}, when: whenBasic,
			check: func(a *answer) string { return checkOldHash(a.SignatureAlgorithm) }},
		{Rule: Rule{Name: "answer.signature.verifies", Section: "RFC 6960 §3.2", Severity: Error, Title: "the responder's key verifies the signature", Advice: "sign with the key of the responder that the answer names"},
			when: func(a *answer) bool { return whenBasic(a) && a.responder != nil && !a.draft }, check: func(a *answer) string {
				return verdictOf(a.CheckSignatureBy(a.responder.PublicKey, alg.Allow{SHA1: true, Legacy: true}), a.responder)
			}},
	}
}

// checkEmptyCertificates looks for the field, which the reader does not tell from its absence.
func checkEmptyCertificates(a *answer) string {
	c := der.NewCursor(a.RawBasic).Sequence()
	c.Next()
	c.Next()
	c.Next()
	wrapped, ok := c.Explicit(0)
	return unless(!ok || wrapped.Sequence().More(), "it is empty")
}

// answerResponderRules are about a delegated responder (RFC 6960 §4.2.2.2).
func answerResponderRules() []ruleOf[*answer] {
	delegated := func(a *answer) bool { return a.responder != nil && a.issuer != nil && a.delegated }
	return []ruleOf[*answer]{
		{Rule: Rule{Name: "answer.responder.known", Section: "RFC 6960 §4.2.2.2", Severity: Warning, Title: "the responder is the issuer, or its certificate came along", Advice: "send the responder's certificate along"},
			when: func(a *answer) bool { return whenBasic(a) && a.issuer != nil }, check: func(a *answer) string { return unless(a.responder != nil, "neither of them") }},
		{Rule: Rule{Name: "answer.responder.issued", Section: "RFC 6960 §4.2.2.2", Severity: Error, Title: "a delegated responder's certificate is the issuer's own", Advice: "have it issued by the authority whose certificates it answers for"}, when: delegated,
			check: func(a *answer) string {
				return unless(a.draft || bytes.Equal(a.responder.RawIssuer, a.issuer.RawSubject) && verify(a.responder, a.issuer) == nil, "it is another's")
			}},
		{Rule: Rule{Name: "answer.responder.purpose", Section: "RFC 6960 §4.2.2.2", Severity: Error, Title: "a delegated responder is for OCSPSigning", Advice: "issue it a certificate with that purpose"}, when: delegated,
			check: func(a *answer) string { return unless(a.responder.HasUsage(alg.OIDUsageOCSPSigning), "it is not") }},
		{Rule: Rule{Name: "answer.responder.nocheck", Section: "S/MIME BR §4.9.9, RFC 6960 §4.2.2.2.1", Severity: Warning, Title: "a delegated responder has id-pkix-ocsp-nocheck", Advice: "add the extension, and renew often"}, when: delegated,
			check: func(a *answer) string { return unless(a.responder.OCSPNoCheck, "it has not") }},
		{Rule: Rule{Name: "answer.responder.valid", Section: "RFC 6960 §4.2.2.2", Severity: Error, Title: "the responder's certificate was valid when it answered", Advice: "renew the responder's certificate in time"},
			when: func(a *answer) bool { return whenBasic(a) && a.responder != nil }, check: func(a *answer) string {
				return unless(!a.ProducedAt.Before(a.responder.NotBefore) && !a.ProducedAt.After(a.responder.NotAfter), a.ProducedAt.UTC().Format(time.RFC3339))
			}},
	}
}
