package finding

// What package smime says about an RFC 3161 timestamp. In the report of a mail these stand with the timestamp; what
// they mean for the signer, signer.timestamp and signer.timestamp-unproven say.
const (
	TimestampMalformed Code = "timestamp.malformed"
	TimestampImprint   Code = "timestamp.imprint"
	TimestampSignature Code = "timestamp.signature"
	TimestampAuthority Code = "timestamp.authority"
	TimestampTime      Code = "timestamp.time"
)

var _ = define(
	Page{Code: TimestampMalformed, Severity: Bad,
		Title:    "The timestamp cannot be read.",
		Meaning:  "It is not the signed statement of one authority that a timestamp has to be, or it holds something that is marked as critical and not known here.",
		Innocent: "The file was cut off, or it is the request instead of the answer.",
		Attack:   "A forger passes something else off as a timestamp.",
		Advice:   "Get the timestamp again.",
		Source:   "RFC 3161 §2.4.2"},
	Page{Code: TimestampImprint, Severity: Bad,
		Title:    "The timestamp is about other data.",
		Meaning:  "A timestamp names the digest of what existed at its time. The digest of the data at hand is another one, or it is of a kind that is no longer safe.",
		Innocent: "The data was changed afterwards, or the two files do not belong together.",
		Attack:   "A forger takes a genuine timestamp of something else.",
		Advice:   "Look for the data that the timestamp was made of.",
		Source:   "RFC 3161 §2.4.2"},
	Page{Code: TimestampSignature, Severity: Bad,
		Title:    "The timestamp was not made by the authority that it names.",
		Meaning:  "The signature over the timestamp does not verify, or it does not confirm which certificate it was made with.",
		Innocent: "The file was damaged.",
		Attack:   "A forger wrote the time himself.",
		Advice:   "Do not rely on the time.",
		Source:   "RFC 3161 §2.4.2; RFC 5816 §2.2"},
	Page{Code: TimestampAuthority, Severity: Bad,
		Title:    "The authority of the timestamp is not trusted for timestamps.",
		Meaning:  "Its certificate is missing, does not lead to a trusted authority, is not made for timestamps alone, or was revoked for a reason that makes older timestamps worthless too.",
		Innocent: "The authority is not among the trusted ones.",
		Attack:   "A forger runs an authority of his own, or stole the key of one.",
		Advice:   "If you trust that authority, add it with waxwing trust add for the purpose of timestamps.",
		Source:   "RFC 3161 §2.3, §4"},
	Page{Code: TimestampTime, Severity: Bad,
		Title:    "The timestamp lies in the future.",
		Meaning:  "Its time is later than the moment at which it is judged.",
		Innocent: "Your clock is slow.",
		Attack:   "A forger wrote the time himself.",
		Advice:   "Check the clock of this computer.",
		Source:   "RFC 3161 §2.4.2"},
)
