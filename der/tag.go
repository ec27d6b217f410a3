package der

import "fmt"

// Tag is the class and number of an element (X.690 §8.1.2): the class in the two high bits,
// the number in the rest. Whether an element is constructed is not part of its tag.
type Tag uint32

// The universal tags (X.680 §8.6). The tag of a BIT STRING is called TagBitString and that of an
// OBJECT IDENTIFIER ObjectIdentifier, because BitString and OID are the types of their values.
const (
	EndOfContents    Tag = 0
	Boolean          Tag = 1
	Integer          Tag = 2
	TagBitString     Tag = 3
	OctetString      Tag = 4
	Null             Tag = 5
	ObjectIdentifier Tag = 6
	Enumerated       Tag = 10
	UTF8String       Tag = 12
	Sequence         Tag = 16
	Set              Tag = 17
	NumericString    Tag = 18
	PrintableString  Tag = 19
	T61String        Tag = 20 // also called TeletexString
	IA5String        Tag = 22
	UTCTime          Tag = 23
	GeneralizedTime  Tag = 24
	VisibleString    Tag = 26
	GeneralString    Tag = 27
	UniversalString  Tag = 28
	BMPString        Tag = 30
)

// maxTagNumber is the largest tag number that a Tag holds.
const maxTagNumber = 1<<30 - 1

// Application returns the tag [APPLICATION n].
func Application(n uint32) Tag { return 1<<30 | Tag(n&maxTagNumber) }

// Context returns the context-specific tag [n].
func Context(n uint32) Tag { return 2<<30 | Tag(n&maxTagNumber) }

// Private returns the tag [PRIVATE n].
func Private(n uint32) Tag { return 3<<30 | Tag(n&maxTagNumber) }

// Class returns 0 for universal, 1 for application, 2 for context-specific, 3 for private.
func (t Tag) Class() int { return int(t >> 30) }

// Number returns the tag's number within its class.
func (t Tag) Number() uint32 { return uint32(t & maxTagNumber) }

// String returns the tag as ASN.1 writes it: "SEQUENCE", "[0]", "[APPLICATION 3]".
func (t Tag) String() string {
	switch t.Class() {
	case 1:
		return fmt.Sprintf("[APPLICATION %d]", t.Number())
	case 2:
		return fmt.Sprintf("[%d]", t.Number())
	case 3:
		return fmt.Sprintf("[PRIVATE %d]", t.Number())
	}
	if name := universalName(t); name != "" {
		return name
	}
	return fmt.Sprintf("[UNIVERSAL %d]", t.Number())
}

// universalName returns the ASN.1 name of a universal tag, or "" for those never met here.
func universalName(t Tag) string {
	names := [...]string{
		EndOfContents: "end-of-contents", Boolean: "BOOLEAN", Integer: "INTEGER", TagBitString: "BIT STRING",
		OctetString: "OCTET STRING", Null: "NULL", ObjectIdentifier: "OBJECT IDENTIFIER", Enumerated: "ENUMERATED",
		UTF8String: "UTF8String", Sequence: "SEQUENCE", Set: "SET", NumericString: "NumericString",
		PrintableString: "PrintableString", T61String: "T61String", IA5String: "IA5String", UTCTime: "UTCTime",
		GeneralizedTime: "GeneralizedTime", VisibleString: "VisibleString", GeneralString: "GeneralString",
		UniversalString: "UniversalString", BMPString: "BMPString",
	}
	if int(t) < len(names) {
		return names[t]
	}
	return ""
}

// isString reports whether values of a universal tag may be constructed from segments
// (X.690 §8.6.4, §8.7.3, §8.23.6). Times are VisibleStrings underneath and count as such (§8.25).
func isString(t Tag) bool {
	switch t {
	case TagBitString, OctetString, UTF8String, NumericString, PrintableString, T61String, IA5String,
		UTCTime, GeneralizedTime, VisibleString, GeneralString, UniversalString, BMPString, 21, 25:
		return true // 21 and 25 are VideotexString and GraphicString
	}
	return false
}
