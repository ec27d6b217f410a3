package alg

import "github.com/waxwing-mail/waxwing/der"

// Key derivation (RFC 8018 Appendix A, RFC 7914 §7, RFC 8619 §3, RFC 9688 §5).
const (
	OIDPBKDF2      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"         // 1.2.840.113549.1.5.12
	OIDPBES2       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"         // 1.2.840.113549.1.5.13
	OIDPBMAC1      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e"         // 1.2.840.113549.1.5.14
	OIDScrypt      der.OID = "\x2b\x06\x01\x04\x01\xda\x47\x04\x0b"         // 1.3.6.1.4.1.11591.4.11
	OIDHKDFSHA256  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x1c" // 1.2.840.113549.1.9.16.3.28
	OIDHKDFSHA384  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x1d" // 1.2.840.113549.1.9.16.3.29
	OIDHKDFSHA512  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x1e" // 1.2.840.113549.1.9.16.3.30
	OIDHKDFSHA3224 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x20" // 1.2.840.113549.1.9.16.3.32
	OIDHKDFSHA3256 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x21" // 1.2.840.113549.1.9.16.3.33
	OIDHKDFSHA3384 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x22" // 1.2.840.113549.1.9.16.3.34
	OIDHKDFSHA3512 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x23" // 1.2.840.113549.1.9.16.3.35
	OIDKDF2        der.OID = "\x2b\x81\x05\x10\x86\x48\x09\x2c\x01\x01"     // 1.3.133.16.840.9.44.1.1
	OIDKDF3        der.OID = "\x2b\x81\x05\x10\x86\x48\x09\x2c\x01\x02"     // 1.3.133.16.840.9.44.1.2
)

// Password-based encryption of the old kind (RFC 8018 Appendix A.3, RFC 7292 Appendix C).
const (
	OIDPBEMD2DES     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x01"     // 1.2.840.113549.1.5.1
	OIDPBEMD5DES     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x03"     // 1.2.840.113549.1.5.3
	OIDPBEMD2RC2     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x04"     // 1.2.840.113549.1.5.4
	OIDPBEMD5RC2     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x06"     // 1.2.840.113549.1.5.6
	OIDPBESHA1DES    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0a"     // 1.2.840.113549.1.5.10
	OIDPBESHA1RC2    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0b"     // 1.2.840.113549.1.5.11
	OIDPBESHA1RC4128 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x01" // 1.2.840.113549.1.12.1.1
	OIDPBESHA1RC440  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x02" // 1.2.840.113549.1.12.1.2
	OIDPBESHA13DES   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03" // 1.2.840.113549.1.12.1.3
	OIDPBESHA12DES   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x04" // 1.2.840.113549.1.12.1.4
	OIDPBESHA1RC2128 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x05" // 1.2.840.113549.1.12.1.5
	OIDPBESHA1RC240  der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06" // 1.2.840.113549.1.12.1.6
)

// Message authentication (RFC 8018 Appendix B.1, RFC 3370 §6, RFC 8702 §3.4, RFC 9688 §4, RFC 9044 §2).
const (
	OIDHMACSHA1      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x07"     // 1.2.840.113549.2.7
	OIDHMACSHA224    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x08"     // 1.2.840.113549.2.8
	OIDHMACSHA256    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x09"     // 1.2.840.113549.2.9
	OIDHMACSHA384    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x0a"     // 1.2.840.113549.2.10
	OIDHMACSHA512    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x0b"     // 1.2.840.113549.2.11
	OIDHMACSHA512224 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x0c"     // 1.2.840.113549.2.12
	OIDHMACSHA512256 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x02\x0d"     // 1.2.840.113549.2.13
	OIDHMACSHA1IPsec der.OID = "\x2b\x06\x01\x05\x05\x08\x01\x02"     // 1.3.6.1.5.5.8.1.2
	OIDHMACSHA3224   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0d" // 2.16.840.1.101.3.4.2.13
	OIDHMACSHA3256   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0e" // 2.16.840.1.101.3.4.2.14
	OIDHMACSHA3384   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x0f" // 2.16.840.1.101.3.4.2.15
	OIDHMACSHA3512   der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x10" // 2.16.840.1.101.3.4.2.16
	OIDKMACSHAKE128  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x13" // 2.16.840.1.101.3.4.2.19
	OIDKMACSHAKE256  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x02\x14" // 2.16.840.1.101.3.4.2.20
	OIDAES128GMAC    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x09" // 2.16.840.1.101.3.4.1.9
	OIDAES192GMAC    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x1d" // 2.16.840.1.101.3.4.1.29
	OIDAES256GMAC    der.OID = "\x60\x86\x48\x01\x65\x03\x04\x01\x31" // 2.16.840.1.101.3.4.1.49
)
