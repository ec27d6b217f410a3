package finding

// What package cms says about signed and unsigned attributes.
const (
	SignatureNoAttributes    Code = "signature.no-attributes"
	SignatureNeedsAttributes Code = "signature.attributes-required"
	SignatureStripped        Code = "signature.attributes-stripped"
	SignatureContentType     Code = "signature.content-type"
	SignatureMessageDigest   Code = "signature.message-digest"
	SignatureSigningTime     Code = "signature.signing-time"
	SignatureAttribute       Code = "signature.attribute"
	SignatureUnread          Code = "signature.attribute-unread"
	SignatureMisplaced       Code = "signature.attribute-misplaced"
	SignatureNotDER          Code = "signature.attributes-not-der"
)

var _ = define(
	Page{Code: SignatureNoAttributes, Severity: Warn,
		Title:    "The signature has no signed attributes.",
		Meaning:  "The signer signed the content itself, without saying what kind it is, when it was signed and with which algorithms. It is allowed for plain data, and not usual in mail.",
		Innocent: "Some simple programs sign like this.",
		Attack:   "It is the form in which signatures are moved from one content to another.",
		Advice:   "Ask the sender to sign with attributes, as mail programs do.",
		Source:   "RFC 5652 §5.3; RFC 8551 §2.5; STANDARDS item 11"},
	Page{Code: SignatureNeedsAttributes, Severity: Bad,
		Title:    "The signature lacks the attributes that this kind of content needs.",
		Meaning:  "Without signed attributes only plain data may be signed. This content says it is something else, which the signature does not confirm.",
		Innocent: "The program that signed has a fault.",
		Attack:   "A signature over plain data is passed off as one over another kind of content.",
		Advice:   "Do not rely on the message.",
		Source:   "RFC 5652 §5.3; STANDARDS item 11"},
	Page{Code: SignatureStripped, Severity: Bad,
		Title:    "The content is the list of attributes of another signature.",
		Meaning:  "The signature has no signed attributes, and the content looks exactly like signed attributes. Somebody took a signed message apart and passes off its attributes as what the signer wrote.",
		Innocent: "There is no innocent way.",
		Attack:   "A signature over attributes and one over a content cannot be told apart, so a genuine signature is reused for a content that nobody wrote.",
		Advice:   "Do not rely on the message. The signer did not send it.",
		Source:   "draft-ietf-lamps-cms-euf-cma-signeddata; STANDARDS item 11"},
	Page{Code: SignatureContentType, Severity: Bad,
		Title:    "The signer did not confirm this kind of content.",
		Meaning:  "Signed attributes must say once what kind of content is signed, and it must be the kind that the message holds. The attribute is missing, stands there more than once, or names another kind.",
		Innocent: "The program that signed has a fault.",
		Attack:   "A content of one kind is passed off as another.",
		Advice:   "Do not rely on the message.",
		Source:   "RFC 5652 §5.3, §11.1; STANDARDS item 10"},
	Page{Code: SignatureMessageDigest, Severity: Bad,
		Title:    "The signature does not say once what content it is for.",
		Meaning:  "Signed attributes must hold the digest of the content exactly once. It is missing, malformed, or stands there more than once.",
		Innocent: "The program that signed has a fault.",
		Attack:   "With two digests, two programs see two different contents as signed.",
		Advice:   "Do not rely on the message.",
		Source:   "RFC 5652 §5.3, §11.2; STANDARDS item 10"},
	Page{Code: SignatureSigningTime, Severity: Bad,
		Title:    "The claimed time of signing is malformed or given more than once.",
		Meaning:  "A signature may say once when it was made. What stands there cannot be read as one time.",
		Innocent: "The program that signed has a fault.",
		Attack:   "With two times, two programs judge the signature at two different moments.",
		Advice:   "Ask the sender to send it again with another program.",
		Source:   "RFC 5652 §11.3; STANDARDS item 10"},
	Page{Code: SignatureAttribute, Severity: Bad,
		Title:    "A signed attribute is malformed.",
		Meaning:  "An attribute that bears on the check stands there twice, has no value or several where one belongs, or cannot be read.",
		Innocent: "The program that signed has a fault.",
		Attack:   "What can be read in two ways is read differently by two programs.",
		Advice:   "Ask the sender to send it again with another program.",
		Source:   "RFC 5652 §5.3, §11; RFC 6211 §2; RFC 5035 §5; STANDARDS item 10"},
	Page{Code: SignatureUnread, Severity: Warn,
		Title:    "A signed attribute could not be read and was ignored.",
		Meaning:  "What the signer says about the ciphers or the certificate for answers is malformed or stands there twice. The check of the signature does not depend on it.",
		Innocent: "The program that signed has a fault.",
		Advice:   "Nothing needs to be done. Answers may be encrypted with less than the best cipher.",
		Source:   "RFC 8551 §2.5.2, §2.5.3"},
	Page{Code: SignatureMisplaced, Severity: Warn,
		Title:    "An attribute stands where it must not.",
		Meaning:  "Some attributes mean something only under the signature, others only outside. This one is on the wrong side and was ignored. Outside the signature, a content type, a digest or a time of signing also make the signature bad.",
		Innocent: "The program that signed has a fault.",
		Attack:   "Unsigned attributes can be added by anybody.",
		Advice:   "Nothing needs to be done: it was ignored.",
		Source:   "RFC 5652 §11; RFC 6211 §2"},
	Page{Code: SignatureNotDER, Severity: Info,
		Title:    "The signed attributes are not in the prescribed encoding.",
		Meaning:  "Signed attributes are to be sorted and written in DER. These are not, and the signature verifies over the bytes as they came.",
		Innocent: "Some programs sign what they write without sorting it.",
		Advice:   "Nothing needs to be done. Other programs may refuse the message.",
		Source:   "RFC 5652 §5.4; STANDARDS item 10"},
)
