package finding

// What package eml says about the structure of a message.
const (
	MIMENoBoundary        Code = "mime.no-boundary"
	MIMENoParts           Code = "mime.no-parts"
	MIMEUnclosed          Code = "mime.unclosed"
	MIMEBoundaryLookalike Code = "mime.boundary-lookalike"
	MIMEBoundaryReused    Code = "mime.boundary-reused"
	MIMEAfterClose        Code = "mime.delimiter-after-end"
	MIMEEncodedComposite  Code = "mime.encoded-composite"
)

var _ = define(
	Page{Code: MIMENoBoundary, Severity: Warn,
		Title:    "A multipart does not say how its parts are separated.",
		Meaning:  "The type is a multipart, and it names no boundary, or one that cannot stand in a line. The part was read as one piece.",
		Innocent: "A gateway damaged the header field.",
		Attack:   "Two programs guess differently where the parts are, so that one checks what the other does not show.",
		Advice:   "Look at the part as text before you trust it.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMENoParts, Severity: Warn,
		Title:    "A multipart has no parts.",
		Meaning:  "The boundary that the header names does not occur in the body.",
		Innocent: "The message was cut off, or a gateway changed the boundary in one place only.",
		Attack:   "Some programs show such a body as text, others show nothing.",
		Advice:   "Ask the sender to send it again.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMEUnclosed, Severity: Info,
		Title:    "A multipart has no end line.",
		Meaning:  "The line that ends the list of parts is missing; the last part reaches to the end of what is around it.",
		Innocent: "The message was cut off on the way, or written by simple software.",
		Attack:   "Text appended to the message becomes part of its last part.",
		Advice:   "Check whether the last attachment is complete.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMEBoundaryLookalike, Severity: Info,
		Title:    "A line begins like a boundary and is none.",
		Meaning:  "The line starts with the boundary of the surrounding structure and goes on. It was read as text. The standard lets programs take it for a boundary.",
		Innocent: "A structure inside another one has a boundary that begins with the outer one's.",
		Attack:   "Two programs cut the message at different places, so that one checks what the other does not show.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMEBoundaryReused, Severity: Warn,
		Title:    "A structure uses the boundary of the one around it.",
		Meaning:  "Inner and outer structure have the same boundary, so a boundary line may belong to either. It was given to the inner one until that was closed.",
		Innocent: "Software that derives boundaries from the time or from nothing at all.",
		Attack:   "Two programs build different trees from the same message.",
		Advice:   "Do not rely on which part is signed if your mail client shows another structure than the report.",
		Source:   "RFC 2046 §5.1.2"},
	Page{Code: MIMEAfterClose, Severity: Warn,
		Title:    "A boundary line stands behind the end of its structure.",
		Meaning:  "After the line that ends the list of parts there is another boundary line of the same structure. What follows it was not read as a part.",
		Innocent: "Two messages were joined by simple software.",
		Attack:   "Some programs go on and show the part that others ignore, and that no signature covers.",
		Advice:   "Ignore what your mail client shows beyond the parts of the report.",
		Source:   "RFC 2046 §5.1.1"},
	Page{Code: MIMEEncodedComposite, Severity: Info,
		Title:    "A structure or an attached message is marked as encoded.",
		Meaning:  "Multiparts and messages may not be encoded as a whole. The multipart was read as if it were not; the message was not looked into.",
		Innocent: "Faulty software marks multiparts; some servers encode attached messages.",
		Attack:   "A message is hidden from programs that do not decode it.",
		Advice:   "Open the attached message to see what is in it.",
		Source:   "RFC 2045 §6.4; RFC 2046 §5.2.1"},
)
