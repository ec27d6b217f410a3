package alg

import "github.com/waxwing-mail/waxwing/der"

// Content encryption (RFC 3370 §5, RFC 3565 §2, RFC 5084 §3, RFC 8103 §2, RFC 9709 §3).
const (
	OIDDESCBC           der.OID = "\x2b\x0e\x03\x02\x07"                         // 1.3.14.3.2.7
	OIDDESEDE3CBC       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x03\x07"             // 1.2.840.113549.3.7
	OIDRC2CBC           der.OID = "\x2a\x86\x48\x86\xf7\x0d\x03\x02"             // 1.2.840.113549.3.2
	OIDRC4              der.OID = "\x2a\x86\x48\x86\xf7\x0d\x03\x04"             // 1.2.840.113549.3.4
	OIDAES128CBC        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x02"         // 2.16.840.1.101.3.4.1.2
	OIDAES192CBC        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x16"         // 2.16.840.1.101.3.4.1.22
	OIDAES256CBC        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x2a"         // 2.16.840.1.101.3.4.1.42
	OIDAES128GCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x06"         // 2.16.840.1.101.3.4.1.6
	OIDAES192GCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x1a"         // 2.16.840.1.101.3.4.1.26
	OIDAES256GCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x2e"         // 2.16.840.1.101.3.4.1.46
	OIDAES128CCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x07"         // 2.16.840.1.101.3.4.1.7
	OIDAES192CCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x1b"         // 2.16.840.1.101.3.4.1.27
	OIDAES256CCM        der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x2f"         // 2.16.840.1.101.3.4.1.47
	OIDChaCha20Poly1305 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x12" // 1.2.840.113549.1.9.16.3.18
	OIDCAST5CBC         der.OID = "\x2a\x86\x48\x86\xf6\x7d\x07\x42\x0a"         // 1.2.840.113533.7.66.10
	OIDCamellia128CBC   der.OID = "\x2a\x83\x08\x8c\x9a\x4b\x3d\x01\x01\x01\x02" // 1.2.392.200011.61.1.1.1.2
	OIDCamellia192CBC   der.OID = "\x2a\x83\x08\x8c\x9a\x4b\x3d\x01\x01\x01\x03" // 1.2.392.200011.61.1.1.1.3
	OIDCamellia256CBC   der.OID = "\x2a\x83\x08\x8c\x9a\x4b\x3d\x01\x01\x01\x04" // 1.2.392.200011.61.1.1.1.4
	OIDCEKHKDFSHA256    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x1f" // 1.2.840.113549.1.9.16.3.31
)

// Key wrapping (RFC 3565 §2.3, RFC 5649 §5, RFC 3370 §4.3, RFC 3211 §2.3).
const (
	OIDAES128Wrap    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x05"         // 2.16.840.1.101.3.4.1.5
	OIDAES192Wrap    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x19"         // 2.16.840.1.101.3.4.1.25
	OIDAES256Wrap    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x2d"         // 2.16.840.1.101.3.4.1.45
	OIDAES128WrapPad der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x08"         // 2.16.840.1.101.3.4.1.8
	OIDAES192WrapPad der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x1c"         // 2.16.840.1.101.3.4.1.28
	OIDAES256WrapPad der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x30"         // 2.16.840.1.101.3.4.1.48
	OIDDESEDE3Wrap   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x06" // 1.2.840.113549.1.9.16.3.6
	OIDRC2Wrap       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x07" // 1.2.840.113549.1.9.16.3.7
	OIDPWRIKEK       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x09" // 1.2.840.113549.1.9.16.3.9
)

// Key transport (RFC 3560 §3, RFC 4055 §4, RFC 9690 §2).
const (
	OIDRSAESOAEP  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07"         // 1.2.840.113549.1.1.7
	OIDMGF1       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"         // 1.2.840.113549.1.1.8
	OIDPSpecified der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09"         // 1.2.840.113549.1.1.9
	OIDRSAKEM     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x0e" // 1.2.840.113549.1.9.16.3.14
)

// Key agreement (RFC 5753 §7.1.4, RFC 8418 §2.2, RFC 3370 §4.1).
const (
	OIDStdDHSHA1KDF        der.OID = "\x2b\x81\x05\x10\x86\x48\x3f\x00\x02"         // 1.3.133.16.840.63.0.2
	OIDStdDHSHA224KDF      der.OID = "\x2b\x81\x04\x01\x0b\x00"                     // 1.3.132.1.11.0
	OIDStdDHSHA256KDF      der.OID = "\x2b\x81\x04\x01\x0b\x01"                     // 1.3.132.1.11.1
	OIDStdDHSHA384KDF      der.OID = "\x2b\x81\x04\x01\x0b\x02"                     // 1.3.132.1.11.2
	OIDStdDHSHA512KDF      der.OID = "\x2b\x81\x04\x01\x0b\x03"                     // 1.3.132.1.11.3
	OIDCofactorDHSHA1KDF   der.OID = "\x2b\x81\x05\x10\x86\x48\x3f\x00\x03"         // 1.3.133.16.840.63.0.3
	OIDCofactorDHSHA224KDF der.OID = "\x2b\x81\x04\x01\x0e\x00"                     // 1.3.132.1.14.0
	OIDCofactorDHSHA256KDF der.OID = "\x2b\x81\x04\x01\x0e\x01"                     // 1.3.132.1.14.1
	OIDCofactorDHSHA384KDF der.OID = "\x2b\x81\x04\x01\x0e\x02"                     // 1.3.132.1.14.2
	OIDCofactorDHSHA512KDF der.OID = "\x2b\x81\x04\x01\x0e\x03"                     // 1.3.132.1.14.3
	OIDMQVSHA1KDF          der.OID = "\x2b\x81\x05\x10\x86\x48\x3f\x00\x10"         // 1.3.133.16.840.63.0.16
	OIDMQVSHA224KDF        der.OID = "\x2b\x81\x04\x01\x0f\x00"                     // 1.3.132.1.15.0
	OIDMQVSHA256KDF        der.OID = "\x2b\x81\x04\x01\x0f\x01"                     // 1.3.132.1.15.1
	OIDMQVSHA384KDF        der.OID = "\x2b\x81\x04\x01\x0f\x02"                     // 1.3.132.1.15.2
	OIDMQVSHA512KDF        der.OID = "\x2b\x81\x04\x01\x0f\x03"                     // 1.3.132.1.15.3
	OIDStdDHHKDFSHA256     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x13" // 1.2.840.113549.1.9.16.3.19
	OIDStdDHHKDFSHA384     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x14" // 1.2.840.113549.1.9.16.3.20
	OIDStdDHHKDFSHA512     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x15" // 1.2.840.113549.1.9.16.3.21
	OIDESDH                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x05" // 1.2.840.113549.1.9.16.3.5
	OIDSSDH                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x0a" // 1.2.840.113549.1.9.16.3.10
)

// Compression (RFC 3274 §2).
const (
	OIDZlibCompress der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08" // 1.2.840.113549.1.9.16.3.8
)
