package finding

// What the reading side of package smime says about a signer, beyond what cms and chain say.
const (
	SignerUnknown         Code = "signer.unknown"
	SignerOutside         Code = "signer.outside-encryption"
	SignerTimeStrange     Code = "signer.time-strange"
	SignerTimestamp       Code = "signer.timestamp"
	SignerTimestampBad    Code = "signer.timestamp-unproven"
	SignerCountersigned   Code = "signer.countersigned"
	SignerNotJudged       Code = "signer.not-judged"
	SignerUncheckedSender Code = "signer.sender-not-checked"
)

var _ = define(
	Page{Code: SignerUnknown, Severity: Bad,
		Title:    "The signer's certificate is not at hand.",
		Meaning:  "The signature names a certificate that the message does not carry and that was not given. Without it the signature cannot be checked.",
		Innocent: "Some programs leave the certificate out to save space, for people who already have it.",
		Attack:   "A forger names a certificate that he does not have.",
		Advice:   "Get the sender's certificate by a way you trust, and give it with --untrusted FILE.",
		Source:   "RFC 8551 §2.6; RFC 5652 §5.1"},
	Page{Code: SignerOutside, Severity: Warn,
		Title:    "The signer signed ciphertext and may not know what it says.",
		Meaning:  "The signature stands outside the encryption. It proves that the encrypted block was not changed on the way, not that the signer wrote or could read what is in it.",
		Innocent: "Some gateways sign after they encrypt.",
		Attack:   "A thief of a message takes off the author's signature, signs the ciphertext himself and passes for its author.",
		Advice:   "Look whether the text inside is signed as well, and by whom.",
		Source:   "RFC 8551 §3.7"},
	Page{Code: SignerTimeStrange, Severity: Warn,
		Title:    "The signer's clock says something impossible.",
		Meaning:  "The claimed time of signing lies in the future, or outside the time in which the certificate is valid. The claim is not used for any decision.",
		Innocent: "The signer's clock is wrong.",
		Attack:   "With a stolen key of an expired or revoked certificate, a forger claims an earlier time.",
		Advice:   "Rely on the time at which the message arrived.",
		Source:   "RFC 8551 §2.5.1"},
	Page{Code: SignerTimestamp, Severity: Info,
		Title:    "A trusted authority proves when the signature existed.",
		Meaning:  "The signature carries a timestamp that verifies, from an authority that is trusted for it. The signer was judged as of that time.",
		Innocent: "Long-lived documents carry such timestamps.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 3161; RFC 5816"},
	Page{Code: SignerTimestampBad, Severity: Warn,
		Title:    "The signature carries a timestamp that proves nothing.",
		Meaning:  "The timestamp does not belong to this signature, does not verify, or comes from an authority that is not trusted. It was not used.",
		Innocent: "The timestamp authority is not among the trusted ones.",
		Attack:   "A forger attaches a timestamp of another signature, or one that he made himself, to hide that the certificate was no longer valid.",
		Advice:   "If you trust that authority, add it with waxwing trust add for the purpose of timestamps.",
		Source:   "RFC 3161 §2.3, appendix A"},
	Page{Code: SignerCountersigned, Severity: Info,
		Title:    "Somebody countersigned this signature.",
		Meaning:  "A further signature confirms the signer's signature, not the message. It is reported and has no weight in the judgement.",
		Innocent: "Used by notaries and archives.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5652 §11.4"},
	Page{Code: SignerNotJudged, Severity: Bad,
		Title:    "The signer could not be judged in full.",
		Meaning:  "A step of the check could not be done, so the signer counts as not checked.",
		Innocent: "Something that the check needs was missing.",
		Advice:   "The details say which step. Give what was missing and verify again.",
		Source:   "RFC 8550 §4"},
	Page{Code: SignerUncheckedSender, Severity: Warn,
		Title:    "The signer was not compared with the sender.",
		Meaning:  "The comparison of the certificate with the From address was switched off, or there is no mail header to compare with.",
		Innocent: "The signature of a file has no sender.",
		Attack:   "Without the comparison anybody with any certificate can sign in any name.",
		Advice:   "Read the names in the certificate yourself.",
		Source:   "RFC 8550 §3"},
)
