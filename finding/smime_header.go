package finding

// What the reading side of package smime says about header fields and their protection.
const (
	HeaderUnprotected Code = "header.unprotected"
	HeaderFromDiffers Code = "header.from-differs"
	HeaderChanged     Code = "header.changed-outside"
	HeaderNotSecret   Code = "header.cipher-without-encryption"
	HeaderMisplaced   Code = "header.misplaced"
	HeaderWrapped     Code = "header.wrapped"
	HeaderBcc         Code = "header.bcc-inside"
	HeaderLegacy      Code = "header.legacy-display"
	HeaderDuplicate   Code = "header.duplicate"
)

var _ = define(
	Page{Code: HeaderUnprotected, Severity: Info,
		Title:    "Subject, date and recipients are not covered by the signature.",
		Meaning:  "The signature covers the body. The header fields outside can have been changed on the way without breaking it.",
		Innocent: "Most S/MIME software signs only the body.",
		Attack:   "A forger sends a genuine signed body again under another subject, on another day, to other people.",
		Advice:   "Do not rely on the subject or the date alone.",
		Source:   "RFC 9788 §1"},
	Page{Code: HeaderFromDiffers, Severity: Bad,
		Title:    "The sender shown outside is not the one inside the protected header.",
		Meaning:  "The message has two From addresses: one in the header that everybody sees, one inside the signature or encryption. Which one your mail client shows depends on its age.",
		Innocent: "A mailing list replaced the sender's address by its own.",
		Attack:   "A forger shows one name outside and signs inside with another that is really his.",
		Advice:   "Do not take the outer name for the signer. The report shows both.",
		Source:   "RFC 9788 §4.4, §10.1"},
	Page{Code: HeaderChanged, Severity: Warn,
		Title:    "A header field was changed after the author protected it.",
		Meaning:  "The message keeps a protected copy of its header. A field outside differs from what the author put there. The protected value counts.",
		Innocent: "A mailing list marked the subject, or a gateway tagged it as external.",
		Attack:   "Somebody changed the subject, the date or the recipients on the way.",
		Advice:   "Believe the values inside; the report lists them.",
		Source:   "RFC 9788 §4, §4.3"},
	Page{Code: HeaderNotSecret, Severity: Warn,
		Title:    "The author meant this message to be encrypted, and it is not.",
		Meaning:  "The protected header says hp=\"cipher\", but no layer of the message encrypts it.",
		Innocent: "A gateway decrypted the message and passed it on.",
		Attack:   "A recipient of the encrypted message passes it on as if it had been public.",
		Advice:   "Handle the content as confidential.",
		Source:   "RFC 9788 §2.1.1"},
	Page{Code: HeaderMisplaced, Severity: Info,
		Title:    "A mark of header protection stands where it has no meaning.",
		Meaning:  "HP-Outer fields or an hp parameter occur outside the root of the protected content. They were ignored.",
		Innocent: "The message was decrypted or forwarded by software that left the marks in place.",
		Attack:   "A forger imitates protection for header fields that have none.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 9788 §2.2, §4.1"},
	Page{Code: HeaderWrapped, Severity: Info,
		Title:    "The header is protected in the old way, as a message inside the message.",
		Meaning:  "S/MIME 3.1 protected header fields by wrapping the whole message. The fields inside were used.",
		Innocent: "Some older software writes this form.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 9788 §4.10"},
	Page{Code: HeaderBcc, Severity: Warn,
		Title:    "The protected header names hidden recipients.",
		Meaning:  "A Bcc field stands inside the protected content, where every recipient can read it.",
		Innocent: "The sender's software copied all header fields without thinking of Bcc.",
		Advice:   "Tell the sender: their hidden recipients are not hidden.",
		Source:   "RFC 9788 §5.1; RFC 5322 §3.6.3"},
	Page{Code: HeaderLegacy, Severity: Info,
		Title:    "The text begins with a copy of the hidden header fields.",
		Meaning:  "For older mail clients the author's software repeated the hidden fields at the top of the text. Newer ones leave that copy out.",
		Innocent: "Normal for mail with header protection.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 9788 §2.1.2, §4.5.3"},
	Page{Code: HeaderDuplicate, Severity: Warn,
		Title:    "A header field that may occur once occurs several times.",
		Meaning:  "Subject, Date, To or another such field is there more than once with different values. Programs disagree about which one to show.",
		Innocent: "A faulty gateway added a second field.",
		Attack:   "A forger shows one value to the scanner and another to the reader.",
		Advice:   "Do not rely on the field.",
		Source:   "RFC 5322 §3.6"},
)
