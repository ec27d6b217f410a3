package finding

// What package cms says about an object as a whole.
const (
	CMSVersion         Code = "cms.version"
	CMSDigestList      Code = "cms.digest-list"
	CMSTrailing        Code = "cms.trailing-data"
	CMSCertificate     Code = "cms.certificate-unreadable"
	CMSRevocation      Code = "cms.revocation-unreadable"
	CMSForeignContent  Code = "cms.content-not-octets"
	CMSWrongContainer  Code = "cms.wrong-container"
	CMSAuthAttributes  Code = "cms.authenticated-attributes"
	CMSOpenAttributes  Code = "cms.open-attributes"
	CMSDigestUnpaired  Code = "cms.digest-without-attributes"
	CMSCertificateKind Code = "cms.certificate-of-other-kind"
)

var _ = define(
	Page{Code: CMSVersion, Severity: Info,
		Title:    "A version number inside the message is not the one that the standard prescribes.",
		Meaning:  "The version follows from what the message holds. The number given is another one. Nothing depends on it.",
		Innocent: "Many programs write a fixed number.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5652 §5.1, §6.1, §9.1"},
	Page{Code: CMSDigestList, Severity: Info,
		Title:    "The message does not announce the digest that its signer used.",
		Meaning:  "A signed message lists the digests of its signers before its content. The list is empty or lacks one, so the content had to be read once more.",
		Innocent: "Some programs leave the list empty or fill in a fixed one.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5652 §5.1; STANDARDS item 16"},
	Page{Code: CMSTrailing, Severity: Warn,
		Title:    "Bytes stand behind the end of the cryptographic object.",
		Meaning:  "The object is complete, and something follows it that no signature or encryption covers. It was not read.",
		Innocent: "A program padded the file or added a line end.",
		Attack:   "A second object is hidden behind the first, for a program that reads the last one.",
		Advice:   "Only the first object was judged. Ask for a clean copy if you need to be sure that there is nothing else.",
		Source:   "RFC 5652 §3"},
	Page{Code: CMSCertificate, Severity: Warn,
		Title:    "The message carries a certificate that cannot be read.",
		Meaning:  "One entry of the certificate set is malformed. It was left out.",
		Innocent: "A program wrote a broken certificate, or the message was damaged.",
		Advice:   "If the signer's certificate is missing, get it by another way.",
		Source:   "RFC 5652 §10.2.3"},
	Page{Code: CMSCertificateKind, Severity: Info,
		Title:    "The message carries a certificate of a kind that is not used for mail.",
		Meaning:  "Beside X.509 certificates a message may carry attribute certificates and others. They are kept and not judged.",
		Innocent: "Some authorities add attribute certificates.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5652 §10.2.2"},
	Page{Code: CMSRevocation, Severity: Warn,
		Title:    "The message carries revocation information that cannot be read.",
		Meaning:  "A CRL or an OCSP answer in the message is malformed. It was left out.",
		Innocent: "A program wrote it wrong, or the message was damaged.",
		Attack:   "A revoked signer spoils the list that names him.",
		Advice:   "Let revocation be checked with fresh information from the authority.",
		Source:   "RFC 5652 §10.2.1; RFC 5940"},
	Page{Code: CMSForeignContent, Severity: Info,
		Title:    "The signed content is not a string of octets.",
		Meaning:  "The content is another ASN.1 value, as PKCS #7 allowed. The signature covers its octets without the header.",
		Innocent: "Signed programs and some old systems do this.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5652 §5.2.1"},
	Page{Code: CMSWrongContainer, Severity: Bad,
		Title:    "The cipher does not belong in this kind of message.",
		Meaning:  "A cipher that authenticates was put where its check value has no place, or one that does not was put where a check is promised. The message is refused.",
		Innocent: "Some libraries write AES-GCM into the old kind of message.",
		Attack:   "An attacker moves ciphertext into the kind of message that is not checked, to change it unnoticed.",
		Advice:   "Ask the sender to update the program that encrypts.",
		Source:   "RFC 5083 §2; RFC 5652 §6.1; STANDARDS item 2"},
	Page{Code: CMSAuthAttributes, Severity: Bad,
		Title:    "The authenticated attributes of the encrypted message are not as they must be.",
		Meaning:  "A content other than plain data has to be named by an authenticated attribute, once, and the names have to agree.",
		Innocent: "The program that encrypted has a fault.",
		Attack:   "An attacker passes off one kind of content as another.",
		Advice:   "Ask the sender to send it again with another program.",
		Source:   "RFC 5083 §2.1; RFC 5652 §9.2; STANDARDS item 3"},
	Page{Code: CMSOpenAttributes, Severity: Info,
		Title:    "The encrypted message carries attributes that nothing protects.",
		Meaning:  "They stand outside the encryption, and anybody on the way may have written them. They are not used.",
		Innocent: "Some programs name the encrypting product there.",
		Attack:   "A relay adds what it likes.",
		Advice:   "Do not believe what they say.",
		Source:   "RFC 5652 §6.1; RFC 5083 §2.1"},
	Page{Code: CMSDigestUnpaired, Severity: Bad,
		Title:    "The authenticated message names a digest and has no attributes, or the other way round.",
		Meaning:  "Digest and authenticated attributes belong together: with both, the check value covers the attributes, with neither, the content. One alone leaves open what is covered.",
		Innocent: "The program that wrote it has a fault.",
		Attack:   "An attacker removes the attributes so that the check value is taken over something else.",
		Advice:   "Do not rely on the content.",
		Source:   "RFC 5652 §9.1; STANDARDS item 4"},
)
