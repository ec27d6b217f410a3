package finding

// What package pki/chain says about revocation, and about the evidence for it.
const (
	RevocationRevoked Code = "revocation.revoked"
	RevocationHold    Code = "revocation.on-hold"
	RevocationUnknown Code = "revocation.unknown"
	RevocationLater   Code = "revocation.later"

	EvidenceMalformed Code = "evidence.malformed"
	EvidenceForeign   Code = "evidence.of-another-authority"
	EvidenceSignature Code = "evidence.signature"
	EvidenceSigner    Code = "evidence.signer-not-entitled"
	EvidenceStale     Code = "evidence.out-of-date"
	EvidenceFuture    Code = "evidence.from-the-future"
	EvidenceScope     Code = "evidence.does-not-cover"
	EvidenceCritical  Code = "evidence.unknown-critical-extension"
	EvidenceNone      Code = "evidence.says-nothing"
	EvidenceNonce     Code = "evidence.nonce"
)

var _ = define(
	Page{Code: RevocationRevoked, Severity: Bad,
		Title:    "The authority took the certificate back.",
		Meaning:  "At the moment that counts the certificate was revoked.",
		Innocent: "The person left or got a new certificate and signed with the old one.",
		Attack:   "Somebody has the stolen key.",
		Advice:   "Do not rely on the mail; ask the sender by another way.",
		Source:   "RFC 5280 §6.3; RFC 6960 §2.2"},
	Page{Code: RevocationHold, Severity: Bad,
		Title:    "The authority has put the certificate on hold.",
		Meaning:  "The certificate does not count for the time being. The authority may lift the hold or revoke it.",
		Innocent: "A card was mislaid.",
		Attack:   "Somebody found the card.",
		Advice:   "Wait until the authority has decided.",
		Source:   "RFC 5280 §5.3.1"},
	Page{Code: RevocationUnknown, Severity: Warn,
		Title:    "It is not known whether the certificate was revoked.",
		Meaning:  "No list and no answer of the authority that can be used was at hand.",
		Innocent: "The authority's servers were not asked, or could not be reached.",
		Attack:   "Somebody with a stolen key keeps the news from you.",
		Advice:   "Ask the authority: waxwing ocsp query, or give its list with --crl.",
		Source:   "RFC 8550 §2.1"},
	Page{Code: RevocationLater, Severity: Info,
		Title:    "The certificate was revoked later.",
		Meaning:  "It was good at the moment that counts, and has been revoked since, for a reason that does not reach back.",
		Innocent: "The person left, or got a new certificate.",
		Advice:   "The mail is as good as it was. Do not encrypt to this certificate any more.",
		Source:   "RFC 5280 §5.3.2"},
	Page{Code: EvidenceMalformed, Severity: Bad,
		Title:    "The revocation evidence is malformed.",
		Meaning:  "The list or answer breaks a rule of its encoding and cannot be used.",
		Innocent: "It was damaged on the way, or the authority's program has a fault.",
		Attack:   "A list is spoilt so that a revocation is not seen.",
		Advice:   "Fetch it again.",
		Source:   "RFC 5280 §5.1; RFC 6960 §4.2"},
	Page{Code: EvidenceForeign, Severity: Bad,
		Title:    "The revocation evidence is of another authority.",
		Meaning:  "The list is issued by another authority than the certificate, or the answer is about another certificate.",
		Innocent: "The wrong file was given.",
		Attack:   "A list on which the certificate cannot stand is passed off as the right one.",
		Advice:   "Get the list of the authority that issued the certificate.",
		Source:   "RFC 5280 §6.3.3 (b)(1); RFC 6960 §3.2"},
	Page{Code: EvidenceSignature, Severity: Bad,
		Title:    "The signature on the revocation evidence does not verify.",
		Meaning:  "Whoever is named as its signer did not sign this.",
		Innocent: "It was damaged, or the authority changed its key and the certificate of the new one is missing.",
		Attack:   "A list or answer was forged.",
		Advice:   "Fetch it again.",
		Source:   "RFC 5280 §6.3.3 (g); RFC 6960 §3.2"},
	Page{Code: EvidenceSigner, Severity: Bad,
		Title:    "Whoever signed the revocation evidence may not do so.",
		Meaning:  "The signer is neither the authority nor somebody to whom it gave the right.",
		Innocent: "The responder's certificate has expired or lacks the purpose for it.",
		Attack:   "Somebody with any certificate of the authority answers in its place.",
		Advice:   "Tell the authority.",
		Source:   "RFC 5280 §6.3.3 (f); RFC 6960 §4.2.2.2"},
	Page{Code: EvidenceStale, Severity: Bad,
		Title:    "The revocation evidence is out of date.",
		Meaning:  "A newer one should have been published by the moment that counts.",
		Innocent: "An old file was given, or the authority is late.",
		Attack:   "An old answer from before the revocation is played again.",
		Advice:   "Fetch it again.",
		Source:   "RFC 5280 §6.3.3; RFC 6960 §3.2"},
	Page{Code: EvidenceFuture, Severity: Bad,
		Title:    "The revocation evidence is from the future.",
		Meaning:  "It was made after the moment of judgement.",
		Innocent: "A clock is wrong.",
		Advice:   "Check your clock.",
		Source:   "RFC 5280 §5.1.2.4; RFC 6960 §3.2"},
	Page{Code: EvidenceScope, Severity: Bad,
		Title:    "The list does not cover the certificate.",
		Meaning:  "It is limited to other certificates: to authorities or to people, to another place of publication, or to some reasons.",
		Innocent: "The authority publishes several lists, and this is another one.",
		Attack:   "A list on which the certificate cannot stand is passed off as the right one.",
		Advice:   "Get the list that the certificate names.",
		Source:   "RFC 5280 §6.3.3 (b)(2)"},
	Page{Code: EvidenceCritical, Severity: Bad,
		Title:    "The revocation evidence has a condition that is not understood.",
		Meaning:  "An extension is marked critical: who does not understand it must not use the evidence.",
		Innocent: "The authority uses something new.",
		Advice:   "Ask the authority for plain evidence.",
		Source:   "RFC 5280 §5.2, §5.3; RFC 6960 §4.4"},
	Page{Code: EvidenceNone, Severity: Bad,
		Title:    "The answer says nothing about the certificate.",
		Meaning:  "The responder reports an error, or does not know the certificate.",
		Innocent: "The responder is busy, or the certificate is too new for it.",
		Attack:   "A certificate that the authority never issued is unknown to it.",
		Advice:   "Ask again later.",
		Source:   "RFC 6960 §2.2, §2.3"},
	Page{Code: EvidenceNonce, Severity: Bad,
		Title:    "The answer is not to the question that was asked.",
		Meaning:  "The question held a number that the answer has to repeat, and it does not.",
		Innocent: "The responder gives prepared answers.",
		Attack:   "An old answer is played again.",
		Advice:   "Ask without a nonce, or ask another responder.",
		Source:   "RFC 9654 §2.1"},
)
