package smime

// HeaderProtection is what RFC 9788 calls the protected header: the fields that stand inside
// the cryptographic envelope.
type HeaderProtection struct {
	Mode   HeaderMode       `json:"mode"`
	Fields []ProtectedField `json:"fields"`
}

// HeaderMode is the composer's intent.
type HeaderMode string

// The modes of header protection.
const (
	HeadersClear   HeaderMode = "clear"   // hp="clear": signed (RFC 9788 §2.1.1)
	HeadersCipher  HeaderMode = "cipher"  // hp="cipher": signed and encrypted
	HeadersWrapped HeaderMode = "wrapped" // a message/rfc822 inside the envelope (§4.10); accepted, never written
)

// FieldState is the state of one field (RFC 9788 §4.3).
type FieldState string

// The states of a field.
const (
	Unprotected        FieldState = "unprotected"
	SignedOnly         FieldState = "signed-only"
	EncryptedOnly      FieldState = "encrypted-only"
	SignedAndEncrypted FieldState = "signed-and-encrypted"
)

// ProtectedField is one field of the protected header.
type ProtectedField struct {
	Name  string     `json:"name"`
	Value string     `json:"value"`
	State FieldState `json:"state"`
}
