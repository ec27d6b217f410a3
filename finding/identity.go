package finding

// What package smime says about the sender's address and its match with the signer.
const (
	FromMissing    Code = "from.missing"
	FromSenderOnly Code = "from.sender-field-used"
	FromFields     Code = "from.several-fields"
	FromSeveral    Code = "from.several-addresses"
	FromGroup      Code = "from.group"
	FromMalformed  Code = "from.malformed"

	FromMismatch   Code = "from.mismatch"
	FromLookalike  Code = "from.lookalike"
	FromNoAddress  Code = "from.certificate-without-address"
	FromCase       Code = "from.case-differs"
	FromSignerName Code = "from.second-author-unsigned"

	FromDisplay   Code = "from.display-address"
	FromComment   Code = "from.comment-address"
	FromEncoded   Code = "from.encoded-address"
	FromInvisible Code = "from.invisible-characters"
	FromBidi      Code = "from.direction-override"

	FromMixedScript Code = "from.mixed-script"
	FromConfusable  Code = "from.confusable-domain"
	FromIDN         Code = "from.international-domain"

	FromReplyElsewhere Code = "from.reply-elsewhere"
	FromReplyLookalike Code = "from.reply-lookalike"
	FromOnBehalf       Code = "from.on-behalf"
)

var _ = define(
	Page{Code: FromMissing, Severity: Bad,
		Title:    "The message names no sender.",
		Meaning:  "There is no From field with an address in it, and no Sender field. A signature cannot be compared with anything.",
		Innocent: "Some machines send such mail.",
		Attack:   "A forger leaves the address away so that no comparison can fail.",
		Advice:   "Do not act on the message in the name of somebody you think of.",
		Source:   "RFC 5322 §3.6.2; RFC 8550 §3"},
	Page{Code: FromSenderOnly, Severity: Warn,
		Title:    "The message has no From field; the Sender field was used instead.",
		Meaning:  "Every mail must have a From field. This one has only a Sender field, and the signer was compared with that.",
		Innocent: "Faulty software.",
		Attack:   "Mail clients show different things when From is missing.",
		Advice:   "Look at the signer's certificate rather than at the name shown.",
		Source:   "RFC 8550 §3"},
	Page{Code: FromFields, Severity: Bad,
		Title:    "The message has more than one From field.",
		Meaning:  "Only one From field is allowed. With two, the program that checks may look at one and the mail client may show the other.",
		Innocent: "Practically never.",
		Attack:   "A forger signs under his own address and shows another one.",
		Advice:   "Do not trust the sender's name.",
		Source:   "RFC 5322 §3.6; Müller et al. 2019"},
	Page{Code: FromSeveral, Severity: Warn,
		Title:    "The From field holds several addresses.",
		Meaning:  "The message claims several authors. Many mail clients show only the first.",
		Innocent: "Allowed, and rare.",
		Attack:   "A forger puts the name he wants to show first and his own address second.",
		Advice:   "Look which of the addresses the signer's certificate holds.",
		Source:   "RFC 5322 §3.6.2; Müller et al. 2019"},
	Page{Code: FromGroup, Severity: Warn,
		Title:    "The From field holds a group instead of an address.",
		Meaning:  "The name shown is that of a group, which can be any text; its members, if any, are the addresses.",
		Innocent: "Very rare, from automatic systems.",
		Attack:   "A forger chooses a group name that looks like a person or an address.",
		Advice:   "Look at the signer's certificate rather than at the name shown.",
		Source:   "RFC 6854"},
	Page{Code: FromMalformed, Severity: Warn,
		Title:    "The From field does not follow the rules.",
		Meaning:  "The field can be read in more than one way, so different programs may show different senders.",
		Innocent: "Faulty software.",
		Attack:   "A forger writes the field so that the checker and the mail client disagree.",
		Advice:   "Compare the address in the report with the one you see.",
		Source:   "RFC 5322 §3.4"},

	Page{Code: FromMismatch, Severity: Bad,
		Title:    "The signer is not the sender.",
		Meaning:  "The certificate that made the signature does not hold the address in the From field.",
		Innocent: "An assistant or a system signed for somebody else, the sender has a new address, or a mailing list replaced the From address.",
		Attack:   "A forger signs with a certificate of his own under another person's address.",
		Advice:   "Ask the person by another way. The report shows the addresses that the certificate holds.",
		Source:   "RFC 8550 §3"},
	Page{Code: FromLookalike, Severity: Bad,
		Title:    "The sender's address imitates another one.",
		Meaning:  "Two addresses differ so little that a reader takes one for the other: a letter that looks alike, a swapped letter, another ending.",
		Innocent: "An organisation may own both domains.",
		Attack:   "A forger registers a domain that looks like a known one, and may even get a valid certificate for it.",
		Advice:   "Compare the two addresses letter by letter, and ask the person by another way.",
		Source:   "Unicode UTS #39 §4"},
	Page{Code: FromNoAddress, Severity: Bad,
		Title:    "The signer's certificate holds no mail address.",
		Meaning:  "The certificate names a person or a machine, but no address, so it cannot prove that this sender signed.",
		Innocent: "Certificates for documents, and those of some national identity cards, hold no address.",
		Attack:   "A certificate for another purpose is used to sign mail in any name.",
		Advice:   "Read the name in the certificate, and decide whether that person is the sender.",
		Source:   "RFC 8550 §3"},
	Page{Code: FromCase, Severity: Info,
		Title:    "The addresses differ in upper and lower case only.",
		Meaning:  "The part before the @ is written differently in the certificate. Practically all mail systems treat both as the same mailbox.",
		Innocent: "Normal.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 8550 §3"},
	Page{Code: FromSignerName, Severity: Bad,
		Title:    "One of the authors named in From did not sign.",
		Meaning:  "The From field holds several addresses and the signer's certificate does not hold all of them. The signature speaks only for the addresses that it holds.",
		Innocent: "Two people wrote a mail and one of them signed it.",
		Attack:   "A forger names a second author who knows nothing of the mail.",
		Advice:   "Take the mail as written by the signer alone.",
		Source:   "RFC 8550 §3; RFC 5322 §3.6.2"},
)
