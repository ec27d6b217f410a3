package finding

// What the reading side of package smime says about the MIME structure.
const (
	MIMEFault      Code = "mime.fault"
	MIMEDuplicate  Code = "mime.duplicate-field"
	MIMEExtraParts Code = "mime.extra-parts"
	MIMEEpilogue   Code = "mime.text-after-end"
	MIMEFragment   Code = "mime.html-fragment"
	MIMEProtocol   Code = "mime.signature-type"
)

var _ = define(
	Page{Code: MIMEFault, Severity: Info,
		Title:    "The structure of the message deviates from the standard.",
		Meaning:  "A boundary, a header field or an encoding is not as it should be. The message could be read all the same.",
		Innocent: "Faulty software is common.",
		Attack:   "Two programs may read a faulty structure differently, so that one checks what the other does not show.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2045; RFC 2046"},
	Page{Code: MIMEDuplicate, Severity: Bad,
		Title:    "A part has two header fields that contradict each other.",
		Meaning:  "Content-Type or Content-Transfer-Encoding occurs twice with different values. One program believes the first, another the last, and they show different things.",
		Innocent: "Very rare; a faulty gateway added a second field.",
		Attack:   "A forger makes the checking program and the displaying program see different messages.",
		Advice:   "Do not trust the message.",
		Source:   "RFC 2045 §3, §5"},
	Page{Code: MIMEExtraParts, Severity: Bad,
		Title:    "A clear-signed mail has more parts than the text and its signature.",
		Meaning:  "multipart/signed has exactly two parts. A third one is not covered by the signature and may still be shown.",
		Innocent: "A gateway appended a disclaimer as a part of its own.",
		Attack:   "A forger appends a part to a genuine signed mail.",
		Advice:   "Believe only the first part.",
		Source:   "RFC 1847 §2.1"},
	Page{Code: MIMEEpilogue, Severity: Warn,
		Title:    "There is text after the end of the signed structure.",
		Meaning:  "Text follows the last boundary. Mail clients do not show it, and the signature does not cover it.",
		Innocent: "A mailing list or a gateway appended its footer to the raw text.",
		Attack:   "Text is placed where some programs show it and others do not.",
		Advice:   "Ignore that text if your mail client shows it.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMEFragment, Severity: Warn,
		Title:    "A decrypted HTML part is not a complete document.",
		Meaning:  "HTML that came out of an encrypted layer must stand by itself. This part begins or ends in the middle.",
		Innocent: "Some programs write HTML without its outer elements.",
		Attack:   "In the EFAIL attack an open image tag before the ciphertext sends the decrypted text to the attacker.",
		Advice:   "Do not load remote content of this message.",
		Source:   "RFC 8551 §6; EFAIL, USENIX Security 2018"},
	Page{Code: MIMEProtocol, Severity: Bad,
		Title:    "The second part of a signed mail is not a signature.",
		Meaning:  "The mail says it is clear-signed, but the place of the signature holds something else.",
		Innocent: "A scanner removed or replaced the signature.",
		Attack:   "A forger imitates the look of a signed mail.",
		Advice:   "Take the message as unsigned.",
		Source:   "RFC 1847 §2.1; RFC 8551 §3.5.3"},
)
