package finding

// What package eml says about header fields and their values.
const (
	MIMEHeaderJunk      Code = "mime.header-junk"
	MIMEHeaderControl   Code = "mime.header-control"
	MIMELongLine        Code = "mime.long-line"
	MIMEType            Code = "mime.type"
	MIMEParameter       Code = "mime.parameter"
	MIMEParameterTwice  Code = "mime.parameter-twice"
	MIMEUnknownEncoding Code = "mime.unknown-encoding"
	AddressSyntax       Code = "address.syntax"
	AddressTooMany      Code = "address.too-many"
)

var _ = define(
	Page{Code: MIMEHeaderJunk, Severity: Warn,
		Title:    "A header contains a line that is no field.",
		Meaning:  "The line has no name and colon. It was passed over. Some programs take it for the end of the header.",
		Innocent: "A field was broken into lines in the wrong way.",
		Attack:   "Two programs see different header fields, or a different text.",
		Advice:   "Compare what your mail client shows with the report.",
		Source:   "RFC 5322 §2.2"},
	Page{Code: MIMEHeaderControl, Severity: Warn,
		Title:    "A header field contains a control character.",
		Meaning:  "The field holds a NUL, or a carriage return that is no line end. Some programs cut the value there or begin a new field.",
		Innocent: "Faulty software.",
		Attack:   "Two programs read different values from the same field.",
		Advice:   "Compare what your mail client shows with the report.",
		Source:   "RFC 5322 §2.2, §4.1"},
	Page{Code: MIMELongLine, Severity: Info,
		Title:    "A header line is longer than the standard allows.",
		Meaning:  "Lines have at most 998 characters. Systems on the way may break longer ones, which breaks signatures over them.",
		Innocent: "Lists of references or recipients that were never folded.",
		Advice:   "Nothing needs to be done.",
		Source:   "RFC 5322 §2.1.1"},
	Page{Code: MIMEType, Severity: Info,
		Title:    "The type of a part is malformed.",
		Meaning:  "Content-Type does not have the form type/subtype. The part was read as plain text, or as what of its type could be made out.",
		Innocent: "Faulty software.",
		Attack:   "Two programs show the same part differently.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2045 §5.1, §5.2"},
	Page{Code: MIMEParameter, Severity: Info,
		Title:    "A parameter of a type is malformed.",
		Meaning:  "Quotes, separators or the encoding of a parameter are not as they should be. The most likely value was taken.",
		Innocent: "Very common in names of attachments.",
		Attack:   "Two programs see different names or boundaries.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2045 §5.1; RFC 2231"},
	Page{Code: MIMEParameterTwice, Severity: Warn,
		Title:    "A parameter occurs twice with different values.",
		Meaning:  "One program takes the first value, another the last. The first one was taken.",
		Innocent: "A gateway added a parameter that was there already.",
		Attack:   "With two boundaries, two programs see different parts in the same message.",
		Advice:   "Compare what your mail client shows with the report.",
		Source:   "RFC 2045 §5"},
	Page{Code: MIMEUnknownEncoding, Severity: Info,
		Title:    "A part is encoded in an unknown way.",
		Meaning:  "The transfer encoding is none of the five of the standard. The bytes were taken as they are.",
		Innocent: "Very old software, or a misspelt name.",
		Attack:   "A program that knows the encoding shows what others could not check.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2045 §6"},
	Page{Code: AddressSyntax, Severity: Warn,
		Title:    "An address field does not follow the rules.",
		Meaning:  "The field can be read in more than one way.",
		Innocent: "Names with commas or brackets that were not put in quotes.",
		Attack:   "Two programs see different addresses.",
		Advice:   "Compare the addresses in the report with those you see.",
		Source:   "RFC 5322 §3.4, §4.4"},
	Page{Code: AddressTooMany, Severity: Warn,
		Title:    "An address field is longer than anybody reads.",
		Meaning:  "The field is longer, or holds more addresses, than is looked at. The rest was left aside.",
		Innocent: "A mail to very many people.",
		Attack:   "An address is put where no program looks.",
		Advice:   "Compare the addresses in the report with those you see.",
		Source:   "own rule"},
)
