package alg

import "github.com/waxwing-mail/waxwing/der"

// Post-quantum signatures (RFC 9881, RFC 9882; RFC 9814, RFC 9909).
const (
	OIDMLDSA44         der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x11" // 2.16.840.1.101.3.4.3.17
	OIDMLDSA65         der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x12" // 2.16.840.1.101.3.4.3.18
	OIDMLDSA87         der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x13" // 2.16.840.1.101.3.4.3.19
	OIDSLHDSASHA2128s  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x14" // 2.16.840.1.101.3.4.3.20
	OIDSLHDSASHA2128f  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x15" // 2.16.840.1.101.3.4.3.21
	OIDSLHDSASHA2192s  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x16" // 2.16.840.1.101.3.4.3.22
	OIDSLHDSASHA2192f  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x17" // 2.16.840.1.101.3.4.3.23
	OIDSLHDSASHA2256s  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x18" // 2.16.840.1.101.3.4.3.24
	OIDSLHDSASHA2256f  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x19" // 2.16.840.1.101.3.4.3.25
	OIDSLHDSASHAKE128s der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1a" // 2.16.840.1.101.3.4.3.26
	OIDSLHDSASHAKE128f der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1b" // 2.16.840.1.101.3.4.3.27
	OIDSLHDSASHAKE192s der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1c" // 2.16.840.1.101.3.4.3.28
	OIDSLHDSASHAKE192f der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1d" // 2.16.840.1.101.3.4.3.29
	OIDSLHDSASHAKE256s der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1e" // 2.16.840.1.101.3.4.3.30
	OIDSLHDSASHAKE256f der.OID = "\x60\x86\x48\x01\x65\x03\x04\x03\x1f" // 2.16.840.1.101.3.4.3.31
)

// Post-quantum key encapsulation (RFC 9935, RFC 9936).
const (
	OIDMLKEM512  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x04\x01" // 2.16.840.1.101.3.4.4.1
	OIDMLKEM768  der.OID = "\x60\x86\x48\x01\x65\x03\x04\x04\x02" // 2.16.840.1.101.3.4.4.2
	OIDMLKEM1024 der.OID = "\x60\x86\x48\x01\x65\x03\x04\x04\x03" // 2.16.840.1.101.3.4.4.3
)

// Composite signatures (draft-ietf-lamps-pq-composite-sigs).
const (
	OIDMLDSA44RSA2048PSS      der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x25" // 1.3.6.1.5.5.7.6.37
	OIDMLDSA44RSA2048         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x26" // 1.3.6.1.5.5.7.6.38
	OIDMLDSA44Ed25519         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x27" // 1.3.6.1.5.5.7.6.39
	OIDMLDSA44P256            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x28" // 1.3.6.1.5.5.7.6.40
	OIDMLDSA65RSA3072PSS      der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x29" // 1.3.6.1.5.5.7.6.41
	OIDMLDSA65RSA3072         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2a" // 1.3.6.1.5.5.7.6.42
	OIDMLDSA65RSA4096PSS      der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2b" // 1.3.6.1.5.5.7.6.43
	OIDMLDSA65RSA4096         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2c" // 1.3.6.1.5.5.7.6.44
	OIDMLDSA65P256            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2d" // 1.3.6.1.5.5.7.6.45
	OIDMLDSA65P384            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2e" // 1.3.6.1.5.5.7.6.46
	OIDMLDSA65BrainpoolP256r1 der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x2f" // 1.3.6.1.5.5.7.6.47
	OIDMLDSA65Ed25519         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x30" // 1.3.6.1.5.5.7.6.48
	OIDMLDSA87P384            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x31" // 1.3.6.1.5.5.7.6.49
	OIDMLDSA87BrainpoolP384r1 der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x32" // 1.3.6.1.5.5.7.6.50
	OIDMLDSA87Ed448           der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x33" // 1.3.6.1.5.5.7.6.51
	OIDMLDSA87RSA3072PSS      der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x34" // 1.3.6.1.5.5.7.6.52
	OIDMLDSA87RSA4096PSS      der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x35" // 1.3.6.1.5.5.7.6.53
	OIDMLDSA87P521            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x36" // 1.3.6.1.5.5.7.6.54
)

// Composite key encapsulation (draft-ietf-lamps-pq-composite-kem).
const (
	OIDMLKEM768RSA2048          der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x37" // 1.3.6.1.5.5.7.6.55
	OIDMLKEM768RSA3072          der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x38" // 1.3.6.1.5.5.7.6.56
	OIDMLKEM768RSA4096          der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x39" // 1.3.6.1.5.5.7.6.57
	OIDMLKEM768X25519           der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3a" // 1.3.6.1.5.5.7.6.58
	OIDMLKEM768P256             der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3b" // 1.3.6.1.5.5.7.6.59
	OIDMLKEM768P384             der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3c" // 1.3.6.1.5.5.7.6.60
	OIDMLKEM768BrainpoolP256r1  der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3d" // 1.3.6.1.5.5.7.6.61
	OIDMLKEM1024RSA3072         der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3e" // 1.3.6.1.5.5.7.6.62
	OIDMLKEM1024P384            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x3f" // 1.3.6.1.5.5.7.6.63
	OIDMLKEM1024BrainpoolP384r1 der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x40" // 1.3.6.1.5.5.7.6.64
	OIDMLKEM1024X448            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x41" // 1.3.6.1.5.5.7.6.65
	OIDMLKEM1024P521            der.OID = "\x2b\x06\x01\x05\x05\x07\x06\x42" // 1.3.6.1.5.5.7.6.66
)
