package p11rpc

import "fmt"

// AttributeType names an attribute of an object (PKCS #11 §2.4).
type AttributeType uint32

// The attributes that are used here.
const (
	Class          AttributeType = 0x000
	Token          AttributeType = 0x001
	Private        AttributeType = 0x002
	Label          AttributeType = 0x003
	Value          AttributeType = 0x011
	KeyType        AttributeType = 0x100
	ID             AttributeType = 0x102
	Sensitive      AttributeType = 0x103
	CanDecrypt     AttributeType = 0x105
	CanSign        AttributeType = 0x108
	CanVerify      AttributeType = 0x10a
	CanEncrypt     AttributeType = 0x104
	CanDerive      AttributeType = 0x10c
	Modulus        AttributeType = 0x120
	ModulusBits    AttributeType = 0x121
	PublicExponent AttributeType = 0x122
	ValueLen       AttributeType = 0x161
	Extractable    AttributeType = 0x162
	ECParams       AttributeType = 0x180
	ECPoint        AttributeType = 0x181
)

// Classes of objects and types of keys.
const (
	PublicKey  uint64 = 2
	PrivateKey uint64 = 3
	SecretKey  uint64 = 4

	KeyRSA     uint64 = 0
	KeyEC      uint64 = 3
	KeyGeneric uint64 = 16
	KeyEdwards uint64 = 0x40
)

// Mechanisms.
const (
	RSAKeyPairGen     uint64 = 0x0000
	RSAPKCS           uint64 = 0x0001
	RSAOAEP           uint64 = 0x0009
	RSAPSS            uint64 = 0x000d
	ECKeyPairGen      uint64 = 0x1040
	ECDSA             uint64 = 0x1041
	ECDH1Derive       uint64 = 0x1050
	EdwardsKeyPairGen uint64 = 0x1055
	EdDSA             uint64 = 0x1057
)

// Hashes and mask generation functions, for PSS and OAEP.
const (
	SHA1       uint64 = 0x220
	SHA256     uint64 = 0x250
	SHA384     uint64 = 0x260
	SHA512     uint64 = 0x270
	MGF1SHA1   uint64 = 1
	MGF1SHA256 uint64 = 2
	MGF1SHA384 uint64 = 3
	MGF1SHA512 uint64 = 4
)

const (
	dataSpecified        = 1 // CKZ_DATA_SPECIFIED
	noKDF                = 1 // CKD_NULL
	attributeSensitive   = 0x11
	attributeTypeInvalid = 0x12
	alreadyLoggedIn      = 0x100
)

// Mechanism is a mechanism with its parameters; at most one of the three is set.
type Mechanism struct {
	Type uint64
	PSS  *PSS
	OAEP *OAEP
	ECDH []byte // the other side's point, uncompressed
}

// PSS is the parameters of RSAPSS; SaltLength in bytes.
type PSS struct{ Hash, MGF, SaltLength uint64 }

// OAEP is the parameters of RSAOAEP.
type OAEP struct {
	Hash, MGF uint64
	Label     []byte
}

// Attribute is an attribute with its value: Number for truths and numbers, Value for everything else.
type Attribute struct {
	Type    AttributeType
	Number  uint64
	Value   []byte
	Present bool // in answers: the token gave it
}

// Bool makes an attribute that is a truth.
func Bool(t AttributeType, v bool) Attribute {
	if v {
		return Attribute{Type: t, Number: 1}
	}
	return Attribute{Type: t}
}

// Ulong makes an attribute that is a number.
func Ulong(t AttributeType, v uint64) Attribute { return Attribute{Type: t, Number: v} }

// Bytes makes an attribute that is bytes.
func Bytes(t AttributeType, v []byte) Attribute { return Attribute{Type: t, Value: v} }

type kind int

const (
	kindBytes kind = iota
	kindBool
	kindUlong
)

// kind is how the protocol writes the value.
func (a Attribute) kind() kind {
	switch a.Type {
	case Token, Private, Sensitive, CanDecrypt, CanSign, CanVerify, CanEncrypt, CanDerive, Extractable:
		return kindBool
	case Class, KeyType, ModulusBits, ValueLen:
		return kindUlong
	}
	return kindBytes
}

// room is how much room is offered for the value.
func (a Attribute) room() uint32 {
	switch a.kind() {
	case kindBool:
		return 1
	case kindUlong:
		return 8
	}
	return 4096
}

// Error is what a token says when it does not do something.
type Error struct {
	Call string
	Code uint64 // CKR_
}

// Error names the code.
func (e *Error) Error() string {
	if name, ok := codes[e.Code]; ok {
		return fmt.Sprintf("the token refuses %s: %s", e.Call, name)
	}
	return fmt.Sprintf("the token refuses %s with code 0x%x", e.Call, e.Code)
}

// Unavailable tells whether the token is not there now, as opposed to not wanting to.
func (e *Error) Unavailable() bool {
	switch e.Code {
	case 0x05, 0x30, 0x31, 0x32, 0xe0, 0xe1, 0xb0, 0xb3, 0x190:
		return true
	}
	return false
}

// codes are the errors that people meet (PKCS #11 §3.4).
var codes = map[uint64]string{
	0x02: "out of memory", 0x03: "no such slot", 0x05: "general error", 0x06: "function failed", 0x07: "bad arguments", 0x10: "attribute is read-only",
	0x11: "attribute is sensitive", 0x12: "unknown attribute", 0x13: "bad attribute value", 0x20: "invalid data", 0x21: "invalid length of data", 0x30: "device error",
	0x31: "device memory", 0x32: "device removed", 0x40: "invalid ciphertext", 0x41: "invalid length of ciphertext", 0x54: "function not supported", 0x60: "no such key",
	0x62: "bad key size", 0x63: "wrong type of key", 0x68: "the key may not do this", 0x70: "unknown mechanism", 0x71: "bad parameters of the mechanism",
	0x82: "no such object", 0x90: "another operation is under way", 0xa0: "wrong PIN", 0xa4: "the PIN is locked", 0xb0: "the session was closed", 0xb3: "no such session",
	0xb5: "the session is read-only", 0xd0: "incomplete template", 0xd1: "inconsistent template", 0xe0: "no token in the slot", 0xe1: "unknown token", 0xe2: "the token is write-protected",
	0x101: "nobody is logged in: give the PIN with pin-source", 0x150: "buffer too small", 0x190: "not initialized",
}
