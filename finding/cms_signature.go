package finding

// What package cms says about one signature.
const (
	SignatureWrong       Code = "signature.wrong"
	SignatureDigest      Code = "signature.digest"
	SignatureKey         Code = "signature.key"
	SignatureUnsupported Code = "signature.algorithm-unsupported"
	SignatureRefused     Code = "signature.algorithm-refused"
	SignatureWeak        Code = "signature.algorithm-weak"
	SignatureTwoDigests  Code = "signature.two-digests"
	SignatureProtection  Code = "signature.protection"
	SignatureCertificate Code = "signature.certificate"
	SignatureTooLong     Code = "signature.content-too-long"
)

var _ = define(
	Page{Code: SignatureWrong, Severity: Bad,
		Title:    "The signature was not made with the signer's key.",
		Meaning:  "The signature does not verify with the key in the certificate. Either what the signer confirmed was changed, or somebody else made it.",
		Innocent: "The message was damaged on the way.",
		Attack:   "A forger attaches somebody's certificate to a signature of his own.",
		Advice:   "Do not rely on the message. Ask the sender by another way.",
		Source:   "RFC 5652 §5.6"},
	Page{Code: SignatureDigest, Severity: Bad,
		Title:    "The content is not what was signed.",
		Meaning:  "The digest of the content as it arrived differs from the one that the signer confirmed: at least one byte was changed after signing.",
		Innocent: "A mailing list, scanner or gateway added a footer, re-encoded or rewrapped the text.",
		Attack:   "Somebody on the way changed the message.",
		Advice:   "Do not rely on the content. Ask the sender by another way.",
		Source:   "RFC 5652 §5.4, §5.6"},
	Page{Code: SignatureKey, Severity: Bad,
		Title:    "The signer's key cannot be used for this signature.",
		Meaning:  "The key in the certificate cannot be read, is of an unknown kind, or does not fit the algorithm that the signature names.",
		Innocent: "The certificate is of a kind that is not supported here.",
		Attack:   "A signature is made to be read by the rules of another algorithm.",
		Advice:   "Ask the sender to sign with an RSA, P-256 or Ed25519 key.",
		Source:   "RFC 5652 §5.3"},
	Page{Code: SignatureUnsupported, Severity: Bad,
		Title:    "The signature uses an algorithm that is not supported.",
		Meaning:  "The algorithm or its parameters are unknown, malformed or not implemented, so the signature could not be checked.",
		Innocent: "The sender uses something very new, very old or national.",
		Attack:   "Odd parameters lead careless programs to check less than they should.",
		Advice:   "Ask the sender to sign with RSA, P-256 or Ed25519 and SHA-256.",
		Source:   "RFC 8551 §2.1, §2.2; STANDARDS item 13"},
	Page{Code: SignatureRefused, Severity: Bad,
		Title:    "The signature uses an algorithm that is no longer safe.",
		Meaning:  "Signatures of this kind can be forged with enough effort, so it was not accepted.",
		Innocent: "The message is old, or the sender's program is.",
		Attack:   "An attacker makes two contents with one digest and exchanges them.",
		Advice:   "For old mail whose way you know, verify with --allow-sha1 or --allow-legacy. Ask present senders to update.",
		Source:   "RFC 8551 §2.1, §6"},
	Page{Code: SignatureWeak, Severity: Warn,
		Title:    "The signature was accepted although its algorithm is no longer safe.",
		Meaning:  "The signature verifies by an algorithm that is accepted only because you asked for it.",
		Innocent: "The message is old.",
		Attack:   "An attacker makes two contents with one digest and exchanges them.",
		Advice:   "Do not base anything new on it.",
		Source:   "RFC 8551 §2.1, §6"},
	Page{Code: SignatureTwoDigests, Severity: Bad,
		Title:    "The signer used one digest for the content and another for the signature.",
		Meaning:  "Both must be the same. With two of them the signature is as weak as the weaker, and which one counts is open.",
		Innocent: "Some old signing programs and time stamping services did this.",
		Attack:   "An attacker exchanges the digest of the content for a weaker one.",
		Advice:   "Ask the sender to update the program that signs.",
		Source:   "RFC 8933 §3; STANDARDS item 12"},
	Page{Code: SignatureProtection, Severity: Bad,
		Title:    "The signer confirmed other algorithms than the message names.",
		Meaning:  "Under the signature stands which algorithms were used. The message names others.",
		Innocent: "There is hardly an innocent way.",
		Attack:   "Somebody exchanged the algorithm, to have the signature checked by weaker rules.",
		Advice:   "Do not rely on the message.",
		Source:   "RFC 6211 §2; STANDARDS item 12"},
	Page{Code: SignatureCertificate, Severity: Bad,
		Title:    "The signer confirmed another certificate than the one that was used.",
		Meaning:  "Under the signature stands which certificate the signer meant. The certificate at hand has the same key or name and is another one.",
		Innocent: "The certificate was renewed with the same key, and the message carries the new one.",
		Attack:   "Somebody exchanged the certificate for one with other rights or another name.",
		Advice:   "Get the certificate that the sender used, and verify again.",
		Source:   "RFC 5035 §5; RFC 2634 §5.4"},
	Page{Code: SignatureTooLong, Severity: Bad,
		Title:    "The content is too long for this kind of signature.",
		Meaning:  "The signature has no signed attributes and its algorithm wants the whole content in memory at once. That is done up to 1 MiB.",
		Innocent: "The sender's program leaves out the signed attributes, which mail should have.",
		Advice:   "Ask the sender to sign with attributes, as mail programs do.",
		Source:   "RFC 8419 §3; RFC 8551 §2.5"},
)
