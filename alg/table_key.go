package alg

// Public keys, their curves, and key transport, which goes by the key's identifier.
// id-Ed25519 and id-Ed448 name both the key and the signature (RFC 8419 §2.1).
var keyRows = []Entry{
	{OIDRSA, "RSA", KindPublicKey, ParamsNull, 0, Current, "RFC 3279 §2.3.1"},
	{OIDDSA, "DSA", KindPublicKey, ParamsRequired, 0, Legacy, "RFC 3279 §2.3.2"},
	{OIDDH, "Diffie-Hellman", KindPublicKey, ParamsRequired, 0, Refused, "RFC 3279 §2.3.3"},
	{OIDECPublicKey, "elliptic curve", KindPublicKey, ParamsRequired, 0, Current, "RFC 5480 §2.1.1"},
	{OIDECDH, "elliptic curve for ECDH", KindPublicKey, ParamsRequired, 0, Current, "RFC 5480 §2.1.2"},
	{OIDECMQV, "elliptic curve for ECMQV", KindPublicKey, ParamsRequired, 0, Refused, "RFC 5480 §2.1.2"},
	{OIDX25519, "X25519", KindPublicKey, ParamsAbsent, 128, Current, "RFC 8410 §3"},
	{OIDX448, "X448", KindPublicKey, ParamsAbsent, 224, Current, "RFC 8410 §3"},
	{OIDEd25519, "Ed25519", KindPublicKey, ParamsAbsent, 128, Current, "RFC 8410 §3"},
	{OIDEd448, "Ed448", KindPublicKey, ParamsAbsent, 224, Current, "RFC 8410 §3"},

	{OIDCurveP192, "P-192", KindCurve, ParamsAbsent, 96, Refused, "RFC 5480 §2.1.1.1"},
	{OIDCurveP224, "P-224", KindCurve, ParamsAbsent, 112, Current, "RFC 5480 §2.1.1.1"},
	{OIDCurveP256, "P-256", KindCurve, ParamsAbsent, 128, Current, "RFC 5480 §2.1.1.1"},
	{OIDCurveP384, "P-384", KindCurve, ParamsAbsent, 192, Current, "RFC 5480 §2.1.1.1"},
	{OIDCurveP521, "P-521", KindCurve, ParamsAbsent, 256, Current, "RFC 5480 §2.1.1.1"},
	{OIDCurveSecp256k1, "secp256k1", KindCurve, ParamsAbsent, 128, Refused, "SEC 2 §2.4.1"},
	{OIDCurveBrainpoolP256r1, "brainpoolP256r1", KindCurve, ParamsAbsent, 128, Current, "RFC 5639 §3.4"},
	{OIDCurveBrainpoolP256t1, "brainpoolP256t1", KindCurve, ParamsAbsent, 128, Current, "RFC 5639 §3.4"},
	{OIDCurveBrainpoolP320r1, "brainpoolP320r1", KindCurve, ParamsAbsent, 160, Refused, "RFC 5639 §3.5"},
	{OIDCurveBrainpoolP384r1, "brainpoolP384r1", KindCurve, ParamsAbsent, 192, Current, "RFC 5639 §3.6"},
	{OIDCurveBrainpoolP384t1, "brainpoolP384t1", KindCurve, ParamsAbsent, 192, Current, "RFC 5639 §3.6"},
	{OIDCurveBrainpoolP512r1, "brainpoolP512r1", KindCurve, ParamsAbsent, 256, Current, "RFC 5639 §3.7"},
	{OIDCurveBrainpoolP512t1, "brainpoolP512t1", KindCurve, ParamsAbsent, 256, Current, "RFC 5639 §3.7"},
	{OIDCurveSM2, "SM2", KindCurve, ParamsAbsent, 128, Refused, "GM/T 0003.5"},

	{OIDRSAESOAEP, "RSA-OAEP", KindKeyTransport, ParamsRequired, 0, Current, "RFC 3560 §3"},
	{OIDRSAKEM, "RSA-KEM", KindKEM, ParamsRequired, 0, Later, "RFC 9690 §2"},
	{OIDMGF1, "MGF1", KindMGF, ParamsRequired, 0, Current, "RFC 8017 Appendix B.2.1"},
}
