package alg

// Key wrapping.
var wrapRows = []Entry{
	{OIDAES128Wrap, "AES-128 key wrap", KindWrap, ParamsAbsent, 128, Current, "RFC 3394"},
	{OIDAES192Wrap, "AES-192 key wrap", KindWrap, ParamsAbsent, 192, Current, "RFC 3394"},
	{OIDAES256Wrap, "AES-256 key wrap", KindWrap, ParamsAbsent, 256, Current, "RFC 3394"},
	{OIDAES128WrapPad, "AES-128 key wrap with padding", KindWrap, ParamsAbsent, 128, Current, "RFC 5649"},
	{OIDAES192WrapPad, "AES-192 key wrap with padding", KindWrap, ParamsAbsent, 192, Current, "RFC 5649"},
	{OIDAES256WrapPad, "AES-256 key wrap with padding", KindWrap, ParamsAbsent, 256, Current, "RFC 5649"},
	{OIDDESEDE3Wrap, "3DES key wrap", KindWrap, ParamsNull, 112, Legacy, "RFC 3370 §4.3.1"},
	{OIDRC2Wrap, "RC2 key wrap", KindWrap, ParamsRequired, 0, Refused, "RFC 3370 §4.3.2"},
	{OIDPWRIKEK, "password key wrap", KindWrap, ParamsRequired, 0, Current, "RFC 3211 §2.3"},
}

// Key agreement. SHA-1 as the hash of a key derivation needs no resistance against collisions,
// and is what OpenSSL up to 3.x writes by default: it is read without a flag, and never written.
var agreementRows = []Entry{
	{OIDStdDHSHA1KDF, "ECDH with X9.63 and SHA-1", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDStdDHSHA224KDF, "ECDH with X9.63 and SHA-224", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDStdDHSHA256KDF, "ECDH with X9.63 and SHA-256", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDStdDHSHA384KDF, "ECDH with X9.63 and SHA-384", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDStdDHSHA512KDF, "ECDH with X9.63 and SHA-512", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDCofactorDHSHA1KDF, "cofactor ECDH with X9.63 and SHA-1", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDCofactorDHSHA224KDF, "cofactor ECDH with X9.63 and SHA-224", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDCofactorDHSHA256KDF, "cofactor ECDH with X9.63 and SHA-256", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDCofactorDHSHA384KDF, "cofactor ECDH with X9.63 and SHA-384", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDCofactorDHSHA512KDF, "cofactor ECDH with X9.63 and SHA-512", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 5753 §7.1.4"},
	{OIDMQVSHA1KDF, "ECMQV with SHA-1", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 5753 §7.1.4"},
	{OIDMQVSHA224KDF, "ECMQV with SHA-224", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 5753 §7.1.4"},
	{OIDMQVSHA256KDF, "ECMQV with SHA-256", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 5753 §7.1.4"},
	{OIDMQVSHA384KDF, "ECMQV with SHA-384", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 5753 §7.1.4"},
	{OIDMQVSHA512KDF, "ECMQV with SHA-512", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 5753 §7.1.4"},
	{OIDStdDHHKDFSHA256, "ECDH with HKDF and SHA-256", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 8418 §2.2"},
	{OIDStdDHHKDFSHA384, "ECDH with HKDF and SHA-384", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 8418 §2.2"},
	{OIDStdDHHKDFSHA512, "ECDH with HKDF and SHA-512", KindKeyAgreement, ParamsRequired, 0, Current, "RFC 8418 §2.2"},
	{OIDESDH, "ephemeral-static Diffie-Hellman", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 3370 §4.1.1"},
	{OIDSSDH, "static-static Diffie-Hellman", KindKeyAgreement, ParamsRequired, 0, Refused, "RFC 3370 §4.1.2"},
}
