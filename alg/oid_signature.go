package alg

import "github.com/waxwing-mail/waxwing/der"

// Digests (RFC 3370 §2, RFC 5754 §2, RFC 8702 §2, RFC 9688 §2).
const (
	OIDMD2         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x02"     // 1.2.840.113549.2.2
	OIDMD4         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x04"     // 1.2.840.113549.2.4
	OIDMD5         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x05"     // 1.2.840.113549.2.5
	OIDSHA1        der.OID = "\x2b\x0e\x03\x02\x1a"                 // 1.3.14.3.2.26
	OIDRIPEMD160   der.OID = "\x2b\x24\x03\x02\x01"                 // 1.3.36.3.2.1
	OIDSHA256      der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x01" // 2.16.840.1.101.3.4.2.1
	OIDSHA384      der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x02" // 2.16.840.1.101.3.4.2.2
	OIDSHA512      der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x03" // 2.16.840.1.101.3.4.2.3
	OIDSHA224      der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x04" // 2.16.840.1.101.3.4.2.4
	OIDSHA512224   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x05" // 2.16.840.1.101.3.4.2.5
	OIDSHA512256   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x06" // 2.16.840.1.101.3.4.2.6
	OIDSHA3224     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x07" // 2.16.840.1.101.3.4.2.7
	OIDSHA3256     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x08" // 2.16.840.1.101.3.4.2.8
	OIDSHA3384     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x09" // 2.16.840.1.101.3.4.2.9
	OIDSHA3512     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0a" // 2.16.840.1.101.3.4.2.10
	OIDSHAKE128    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0b" // 2.16.840.1.101.3.4.2.11
	OIDSHAKE256    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0c" // 2.16.840.1.101.3.4.2.12
	OIDSHAKE256Len der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x12" // 2.16.840.1.101.3.4.2.18
)

// Public keys (RFC 3279 §2.3, RFC 5480 §2, RFC 8410 §3, RFC 4055 §1.2).
const (
	OIDRSA         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" // 1.2.840.113549.1.1.1
	OIDDSA         der.OID = "\x2a\x86\x48\xce\x38\x04\x01"         // 1.2.840.10040.4.1
	OIDDH          der.OID = "\x2a\x86\x48\xce\x3e\x02\x01"         // 1.2.840.10046.2.1
	OIDECPublicKey der.OID = "\x2a\x86\x48\xce\x3d\x02\x01"         // 1.2.840.10045.2.1
	OIDECDH        der.OID = "\x2b\x81\x04\x01\x0c"                 // 1.3.132.1.12
	OIDECMQV       der.OID = "\x2b\x81\x04\x01\x0d"                 // 1.3.132.1.13
	OIDX25519      der.OID = "\x2b\x65\x6e"                         // 1.3.101.110
	OIDX448        der.OID = "\x2b\x65\x6f"                         // 1.3.101.111
	OIDEd25519     der.OID = "\x2b\x65\x70"                         // 1.3.101.112
	OIDEd448       der.OID = "\x2b\x65\x71"                         // 1.3.101.113
)

// Named curves (RFC 5480 §2.1.1.1, RFC 5639 §4.1).
const (
	OIDCurveP192            der.OID = "\x2a\x86\x48\xce\x3d\x03\x01\x01"     // 1.2.840.10045.3.1.1
	OIDCurveP224            der.OID = "\x2b\x81\x04\x00\x21"                 // 1.3.132.0.33
	OIDCurveP256            der.OID = "\x2a\x86\x48\xce\x3d\x03\x01\x07"     // 1.2.840.10045.3.1.7
	OIDCurveP384            der.OID = "\x2b\x81\x04\x00\x22"                 // 1.3.132.0.34
	OIDCurveP521            der.OID = "\x2b\x81\x04\x00\x23"                 // 1.3.132.0.35
	OIDCurveSecp256k1       der.OID = "\x2b\x81\x04\x00\x0a"                 // 1.3.132.0.10
	OIDCurveBrainpoolP256r1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x07" // 1.3.36.3.3.2.8.1.1.7
	OIDCurveBrainpoolP256t1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x08" // 1.3.36.3.3.2.8.1.1.8
	OIDCurveBrainpoolP320r1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x09" // 1.3.36.3.3.2.8.1.1.9
	OIDCurveBrainpoolP384r1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b" // 1.3.36.3.3.2.8.1.1.11
	OIDCurveBrainpoolP384t1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x0c" // 1.3.36.3.3.2.8.1.1.12
	OIDCurveBrainpoolP512r1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d" // 1.3.36.3.3.2.8.1.1.13
	OIDCurveBrainpoolP512t1 der.OID = "\x2b\x24\x03\x03\x02\x08\x01\x01\x0e" // 1.3.36.3.3.2.8.1.1.14
	OIDCurveSM2             der.OID = "\x2a\x81\x1c\xcf\x55\x01\x82\x2d"     // 1.2.156.10197.1.301
	OIDPrimeField           der.OID = "\x2a\x86\x48\xce\x3d\x01\x01"         // 1.2.840.10045.1.1
)

// Signatures with RSA (RFC 8017 Appendix A.2, RFC 8702 §3, RFC 9688 §3).
const (
	OIDMD2WithRSA       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02" // 1.2.840.113549.1.1.2
	OIDMD5WithRSA       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04" // 1.2.840.113549.1.1.4
	OIDSHA1WithRSA      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05" // 1.2.840.113549.1.1.5
	OIDSHA1WithRSAOIW   der.OID = "\x2b\x0e\x03\x02\x1d"                 // 1.3.14.3.2.29
	OIDRSASSAPSS        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a" // 1.2.840.113549.1.1.10
	OIDSHA256WithRSA    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b" // 1.2.840.113549.1.1.11
	OIDSHA384WithRSA    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c" // 1.2.840.113549.1.1.12
	OIDSHA512WithRSA    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d" // 1.2.840.113549.1.1.13
	OIDSHA224WithRSA    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e" // 1.2.840.113549.1.1.14
	OIDSHA512224WithRSA der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f" // 1.2.840.113549.1.1.15
	OIDSHA512256WithRSA der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10" // 1.2.840.113549.1.1.16
	OIDSHA3224WithRSA   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0d" // 2.16.840.1.101.3.4.3.13
	OIDSHA3256WithRSA   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0e" // 2.16.840.1.101.3.4.3.14
	OIDSHA3384WithRSA   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0f" // 2.16.840.1.101.3.4.3.15
	OIDSHA3512WithRSA   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x10" // 2.16.840.1.101.3.4.3.16
	OIDRSAPSSSHAKE128   der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x1e"     // 1.3.6.1.5.5.7.6.30
	OIDRSAPSSSHAKE256   der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x1f"     // 1.3.6.1.5.5.7.6.31
)

// Signatures with elliptic curves and DSA (RFC 5758 §3, RFC 8702 §3, RFC 9688 §3).
const (
	OIDECDSAWithSHA1     der.OID = "\x2a\x86\x48\xce\x3d\x04\x01"         // 1.2.840.10045.4.1
	OIDECDSAWithSHA224   der.OID = "\x2a\x86\x48\xce\x3d\x04\x03\x01"     // 1.2.840.10045.4.3.1
	OIDECDSAWithSHA256   der.OID = "\x2a\x86\x48\xce\x3d\x04\x03\x02"     // 1.2.840.10045.4.3.2
	OIDECDSAWithSHA384   der.OID = "\x2a\x86\x48\xce\x3d\x04\x03\x03"     // 1.2.840.10045.4.3.3
	OIDECDSAWithSHA512   der.OID = "\x2a\x86\x48\xce\x3d\x04\x03\x04"     // 1.2.840.10045.4.3.4
	OIDECDSAWithSHA3224  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x09" // 2.16.840.1.101.3.4.3.9
	OIDECDSAWithSHA3256  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0a" // 2.16.840.1.101.3.4.3.10
	OIDECDSAWithSHA3384  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0b" // 2.16.840.1.101.3.4.3.11
	OIDECDSAWithSHA3512  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x0c" // 2.16.840.1.101.3.4.3.12
	OIDECDSAWithSHAKE128 der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x20"     // 1.3.6.1.5.5.7.6.32
	OIDECDSAWithSHAKE256 der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x21"     // 1.3.6.1.5.5.7.6.33
	OIDECDSASpecified    der.OID = "\x2a\x86\x48\xce\x3d\x04\x03"         // 1.2.840.10045.4.3
	OIDDSAWithSHA1       der.OID = "\x2a\x86\x48\xce\x38\x04\x03"         // 1.2.840.10040.4.3
	OIDDSAWithSHA1OIW    der.OID = "\x2b\x0e\x03\x02\x1b"                 // 1.3.14.3.2.27
	OIDDSAWithSHA224     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x01" // 2.16.840.1.101.3.4.3.1
	OIDDSAWithSHA256     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x02" // 2.16.840.1.101.3.4.3.2
	OIDDSAWithSHA384     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x03" // 2.16.840.1.101.3.4.3.3
	OIDDSAWithSHA512     der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x04" // 2.16.840.1.101.3.4.3.4
	OIDNoSignature       der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x02"     // 1.3.6.1.5.5.7.6.2
	OIDUnsigned          der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x24"     // 1.3.6.1.5.5.7.6.36
)
