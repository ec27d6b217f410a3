package finding

// What the reading side of package smime says about whole messages and their layers.
const (
	MessageUnsigned      Code = "message.unsigned"
	MessagePartlySigned  Code = "message.partly-signed"
	MessageInsideForward Code = "message.signed-inside-forward"
	MessageSeveral       Code = "message.several-signers"
	MessageOpenPGP       Code = "message.openpgp"

	LayerMalformed   Code = "layer.malformed"
	LayerNoContent   Code = "layer.no-content"
	LayerTwice       Code = "layer.content-twice"
	LayerNoSigners   Code = "layer.no-signers"
	LayerCerts       Code = "layer.certificates-only"
	LayerLineEnds    Code = "layer.line-ends"
	LayerTypeDiffers Code = "layer.type-differs"
	LayerByName      Code = "layer.by-name"
	LayerMicalg      Code = "layer.micalg"
	LayerNoProof     Code = "layer.proves-no-sender"
	LayerInnerType   Code = "layer.content-type"
	LayerDetached    Code = "layer.detached-elsewhere"
)

var _ = define(
	Page{Code: MessageUnsigned, Severity: Info,
		Title:    "This message is not signed.",
		Meaning:  "No signature was found, so nothing proves who wrote the message or that it arrived unchanged.",
		Innocent: "Most mail in the world is not signed. A mailing list or a scanner may also have removed the signature.",
		Attack:   "A forger leaves the signature away and hopes that nobody misses it, above all for senders who otherwise always sign.",
		Advice:   "Treat the sender's name as unproven. If this sender usually signs, ask by another way before acting on the message.",
		Source:   "RFC 9787 §3.1"},
	Page{Code: MessagePartlySigned, Severity: Bad,
		Title:    "The signature covers only a part of what the message shows.",
		Meaning:  "A signed part stands beside text or attachments that nobody signed. A mail client shows them together, as if they were one.",
		Innocent: "A mailing list or a gateway added a footer, or somebody attached a signed document to an ordinary mail.",
		Attack:   "A forger takes a mail that was really signed, puts it into a new one, and writes other text above it or hides the signed part.",
		Advice:   "Believe only the part that the report lists as covered, and take everything else as unsigned.",
		Source:   "RFC 9787 §4.5; Müller et al., \"Johnny, you are fired!\", USENIX Security 2019"},
	Page{Code: MessageInsideForward, Severity: Warn,
		Title:    "The signature belongs to a forwarded message inside this one.",
		Meaning:  "A message inside this message is signed. That says something about the inner message and its author, and nothing about the sender of the outer one.",
		Innocent: "Somebody forwarded a signed mail as an attachment.",
		Attack:   "A forger wraps another person's signed mail so that its signature seems to belong to the forger's mail.",
		Advice:   "Judge the inner message by its own report, and the outer one as unsigned.",
		Source:   "RFC 9787 §4.5"},
	Page{Code: MessageSeveral, Severity: Info,
		Title:    "More than one person signed this message.",
		Meaning:  "The message carries several signatures. Each was judged by itself; one good signature does not make the others good.",
		Innocent: "Contracts are signed by several people, and a gateway may add its organisation's signature to the author's.",
		Attack:   "A forger adds a valid signature of his own beside a broken one of somebody else, for software that looks only at the last.",
		Advice:   "Look at each signer. Which of them must be good is a setting of the policy: each of them, or any.",
		Source:   "RFC 5652 §5.1; RFC 8551 §3.7"},
	Page{Code: MessageOpenPGP, Severity: Info,
		Title:    "A part is protected with OpenPGP, which Waxwing does not judge.",
		Meaning:  "OpenPGP is another system than S/MIME, with other keys and another kind of trust. Waxwing leaves such parts as they are.",
		Innocent: "The sender uses OpenPGP.",
		Advice:   "Open the message with software for OpenPGP.",
		Source:   "RFC 3156"},

	Page{Code: LayerMalformed, Severity: Bad,
		Title:    "A part says it is S/MIME and cannot be read.",
		Meaning:  "The bytes of the part are not a complete CMS object, so it cannot be checked or opened.",
		Innocent: "The part was cut off or re-encoded in transit, or the sender's software is faulty.",
		Attack:   "A forger breaks a signature on purpose, hoping that an unreadable one raises less suspicion than a missing one.",
		Advice:   "Take the part as unsigned, and ask the sender to send it again.",
		Source:   "RFC 5652 §3; RFC 8551 §3.2"},
	Page{Code: LayerNoContent, Severity: Bad,
		Title:    "A signature arrived without what it signs.",
		Meaning:  "The signature is of the detached kind: the signed text should stand beside it, and it does not.",
		Innocent: "A mailing list took a signed message apart, or the signature was saved as a file without its text.",
		Attack:   "A forger attaches a real signature of somebody else to a mail that it has nothing to do with.",
		Advice:   "It proves nothing here. With the signed file at hand it can be checked: waxwing verify --content FILE.",
		Source:   "RFC 5652 §5.2; RFC 8551 §3.5.3"},
	Page{Code: LayerTwice, Severity: Bad,
		Title:    "The signature brings another content than the one that is shown.",
		Meaning:  "In a clear-signed mail the signature must hold no content of its own. This one does, so two texts compete: the one shown and the one inside the signature.",
		Innocent: "A few old programs include the content twice. Even then the form is forbidden.",
		Attack:   "A forger shows his own text and encloses a genuine opaque signature over another, for software that checks the enclosed text and shows the outer one.",
		Advice:   "Do not trust the message. The enclosed text can be read with waxwing inspect.",
		Source:   "RFC 8551 §3.5.3.1; CVE-2018-18509"},
	Page{Code: LayerNoSigners, Severity: Bad,
		Title:    "What looks like a signature contains no signer.",
		Meaning:  "The structure of a signature is there, but nobody signed: there is no entry that could be checked.",
		Innocent: "A bundle of certificates was sent in the wrong place.",
		Attack:   "A forger counts on software that finds nothing wrong because there is nothing to check.",
		Advice:   "Take the message as unsigned.",
		Source:   "RFC 5652 §5.1; RFC 8551 §3.8"},
	Page{Code: LayerCerts, Severity: Info,
		Title:    "A part carries certificates and signs nothing.",
		Meaning:  "This is how certificates and revocation lists are sent from one to another. It is not a signature over anything.",
		Innocent: "The normal way to pass on certificates.",
		Attack:   "Passed off as a signature, it would make an unsigned mail look signed.",
		Advice:   "Do not trust a certificate only because it came by mail.",
		Source:   "RFC 8551 §3.8"},
	Page{Code: LayerLineEnds, Severity: Bad,
		Title:    "The signature was made over the wrong line ends.",
		Meaning:  "The signed text matches only with bare line feeds. S/MIME signs text with CR LF at the end of each line, so by the rules this signature does not fit.",
		Innocent: "A script signed a file as it lay on a Unix disk.",
		Advice:   "The sender's software should convert line ends before it signs. The message does not count as signed.",
		Source:   "RFC 8551 §3.1.1"},
	Page{Code: LayerTypeDiffers, Severity: Info,
		Title:    "A part is announced as another kind than it is.",
		Meaning:  "The smime-type parameter or the media type says one kind of protection, the content is another. The content was believed.",
		Innocent: "Many programs give a wrong or an old type.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 8551 §3.2.2"},
	Page{Code: LayerByName, Severity: Info,
		Title:    "A part was recognised as S/MIME by its file name.",
		Meaning:  "The media type says nothing, but the name ends in .p7m, .p7s, .p7c or .p7z and the content is what the name promises.",
		Innocent: "Gateways replace media types that they do not know.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 8551 §3.10"},
	Page{Code: LayerMicalg, Severity: Info,
		Title:    "The announced digest is not the one that was used.",
		Meaning:  "The micalg parameter is a hint for software that reads in one pass. The signature names its digest itself, and that one was used.",
		Innocent: "Several programs write a fixed or an outdated value.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 8551 §3.5.3.2"},
	Page{Code: LayerNoProof, Severity: Info,
		Title:    "A layer protects the content but does not say who wrote it.",
		Meaning:  "A checksum, or a key shared by several people, was used. Whoever knows the key, or nobody in particular, can have made it.",
		Innocent: "Rare in mail; used between machines.",
		Advice:   "Take the content as unsigned.",
		Source:   "RFC 5652 §7, §9"},
	Page{Code: LayerInnerType, Severity: Warn,
		Title:    "The protected content is not marked as mail content.",
		Meaning:  "S/MIME wraps mail content under the type id-data. This layer names another type, so it was made for another purpose than mail.",
		Innocent: "A document of another application, such as a timestamp or a signed list, was sent as a mail part.",
		Attack:   "A forger presents data that a machine signed for another purpose as if it were a signed mail.",
		Advice:   "Do not take the content as a message from the signer.",
		Source:   "RFC 8551 §2.4.1"},
	Page{Code: LayerDetached, Severity: Info,
		Title:    "The signature was checked against a file given beside it.",
		Meaning:  "The signature came without its content, and the content was supplied by the person who asked.",
		Innocent: "The normal way to check the signature of a file.",
		Advice:   "Make sure that the file is the one you mean.",
		Source:   "RFC 5652 §5.2"},
)
