package finding

// What is known from earlier mail, or was configured, about a sender.
const (
	CorrespondentUnsigned  Code = "correspondent.unsigned"
	CorrespondentAuthority Code = "correspondent.authority-changed"
	CorrespondentKeyType   Code = "correspondent.key-type-changed"
	CorrespondentNew       Code = "correspondent.new"
	CorrespondentKnown     Code = "correspondent.known"
)

var _ = define(
	Page{Code: CorrespondentUnsigned, Severity: Bad,
		Title:    "This sender always signs, and this message carries no good signature of theirs.",
		Meaning:  "Every mail of this address or domain is signed: it was so in the past, or an administrator says so. This one is unsigned, or signed by another.",
		Innocent: "The sender wrote from a device without a certificate, or a system on the way removed the signature.",
		Attack:   "A forger cannot sign, so he leaves the signature away and hopes that nobody misses it.",
		Advice:   "Do not act on it. Ask the sender on another way, such as a phone number that you know.",
		Source:   "own rule; compare RFC 8550 §3"},
	Page{Code: CorrespondentAuthority, Severity: Bad,
		Title:    "Another authority than before vouches for this sender.",
		Meaning:  "Until now one authority vouched for this address. This certificate is from another one, and the old certificate is neither expired nor revoked.",
		Innocent: "The sender's organisation changed its authority and did not revoke the old certificates.",
		Attack:   "A forger obtained a certificate for the address from an authority that checks badly.",
		Advice:   "Ask the sender on another way. If the change is right, accept it with `waxwing correspondents accept ADDRESS`.",
		Source:   "own rule (key continuity)"},
	Page{Code: CorrespondentKeyType, Severity: Bad,
		Title:    "The sender's key is of another type than before.",
		Meaning:  "Until now this address signed with one type of key. This one is of another type, and the old certificate is neither expired nor revoked.",
		Innocent: "The sender's organisation moved to new keys before the old ones ran out.",
		Attack:   "A forger obtained a certificate for the address with a key of his own.",
		Advice:   "Ask the sender on another way. If the change is right, accept it with `waxwing correspondents accept ADDRESS`.",
		Source:   "own rule (key continuity)"},
	Page{Code: CorrespondentNew, Severity: Info,
		Title:    "This is the first signed message from this sender.",
		Meaning:  "Nothing is remembered about the address, so there is nothing to compare with.",
		Innocent: "Everybody writes for the first time once.",
		Advice:   "Nothing to do.",
		Source:   "own rule (key continuity)"},
	Page{Code: CorrespondentKnown, Severity: Info,
		Title:    "The sender signed before, under the same authority.",
		Meaning:  "The address, the authority and the type of key are as remembered.",
		Innocent: "The normal case.",
		Advice:   "Nothing to do.",
		Source:   "own rule (key continuity)"},
)
