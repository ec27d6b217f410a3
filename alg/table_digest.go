package alg

// Bits of a digest is its resistance against collisions, which is what a signature needs;
// StrengthAt knows since when MD5 and SHA-1 have none.
var digestRows = []Entry{
	{OIDMD2, "MD2", KindDigest, ParamsNull, 0, Refused, "RFC 1319"},
	{OIDMD4, "MD4", KindDigest, ParamsNull, 0, Refused, "RFC 1320"},
	{OIDMD5, "MD5", KindDigest, ParamsNull, 0, Legacy, "RFC 3370 §2.2"},
	{OIDRIPEMD160, "RIPEMD-160", KindDigest, ParamsNull, 80, Refused, "ISO 10118-3"},
	{OIDSHA1, "SHA-1", KindDigest, ParamsNull, 0, Discouraged, "RFC 3370 §2.1"},
	{OIDSHA224, "SHA-224", KindDigest, ParamsNull, 112, Current, "RFC 5754 §2.1"},
	{OIDSHA256, "SHA-256", KindDigest, ParamsNull, 128, Current, "RFC 5754 §2.2"},
	{OIDSHA384, "SHA-384", KindDigest, ParamsNull, 192, Current, "RFC 5754 §2.3"},
	{OIDSHA512, "SHA-512", KindDigest, ParamsNull, 256, Current, "RFC 5754 §2.4"},
	{OIDSHA512224, "SHA-512/224", KindDigest, ParamsNull, 112, Current, "RFC 8017 Appendix B.1"},
	{OIDSHA512256, "SHA-512/256", KindDigest, ParamsNull, 128, Current, "RFC 8017 Appendix B.1"},
	{OIDSHA3224, "SHA3-224", KindDigest, ParamsAbsent, 112, Current, "RFC 9688 §2"},
	{OIDSHA3256, "SHA3-256", KindDigest, ParamsAbsent, 128, Current, "RFC 9688 §2"},
	{OIDSHA3384, "SHA3-384", KindDigest, ParamsAbsent, 192, Current, "RFC 9688 §2"},
	{OIDSHA3512, "SHA3-512", KindDigest, ParamsAbsent, 256, Current, "RFC 9688 §2"},
	{OIDSHAKE128, "SHAKE128", KindDigest, ParamsAbsent, 128, Current, "RFC 8702 §2"},
	{OIDSHAKE256, "SHAKE256", KindDigest, ParamsAbsent, 256, Current, "RFC 8702 §2"},
	{OIDSHAKE256Len, "SHAKE256 with a length", KindDigest, ParamsRequired, 256, Current, "RFC 8419 §2.3"},
}
