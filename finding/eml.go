package finding

// What package eml says about the structure of a message.
const (
	MIMEBoundaryLookalike Code = "mime.boundary-lookalike"
)

var _ = define(
	Page{Code: MIMEBoundaryLookalike, Severity: Info,
		Title:    "A line begins like a boundary and is none.",
		Meaning:  "The line starts with the boundary of the surrounding structure and goes on. It was read as text. The standard lets programs take it for a boundary.",
		Innocent: "A structure inside another one has a boundary that begins with the outer one's.",
		Attack:   "Two programs cut the message at different places, so that one checks what the other does not show.",
		Advice:   "Nothing needs to be done if everything else is well.",
		Source:   "RFC 2046 §5.1.1"},
)
