package alg

// Content encryption and compression.
var cipherRows = []Entry{
	{OIDAES128CBC, "AES-128-CBC", KindCipher, ParamsRequired, 128, Current, "RFC 3565 §4.1"},
	{OIDAES192CBC, "AES-192-CBC", KindCipher, ParamsRequired, 192, Current, "RFC 3565 §4.1"},
	{OIDAES256CBC, "AES-256-CBC", KindCipher, ParamsRequired, 256, Current, "RFC 3565 §4.1"},
	{OIDAES128GCM, "AES-128-GCM", KindCipher, ParamsRequired, 128, Current, "RFC 5084 §3.2"},
	{OIDAES192GCM, "AES-192-GCM", KindCipher, ParamsRequired, 192, Current, "RFC 5084 §3.2"},
	{OIDAES256GCM, "AES-256-GCM", KindCipher, ParamsRequired, 256, Current, "RFC 5084 §3.2"},
	{OIDAES128CCM, "AES-128-CCM", KindCipher, ParamsRequired, 128, Current, "RFC 5084 §3.1"},
	{OIDAES192CCM, "AES-192-CCM", KindCipher, ParamsRequired, 192, Current, "RFC 5084 §3.1"},
	{OIDAES256CCM, "AES-256-CCM", KindCipher, ParamsRequired, 256, Current, "RFC 5084 §3.1"},
	{OIDChaCha20Poly1305, "ChaCha20-Poly1305", KindCipher, ParamsRequired, 256, Current, "RFC 8103 §2"},
	{OIDDESEDE3CBC, "3DES-CBC", KindCipher, ParamsRequired, 112, Legacy, "RFC 3370 §5.1"},
	{OIDDESCBC, "DES-CBC", KindCipher, ParamsRequired, 56, Legacy, "RFC 8018 Appendix B.2.1"},
	{OIDRC2CBC, "RC2-CBC", KindCipher, ParamsRequired, 0, Legacy, "RFC 3370 §5.2"},
	{OIDRC4, "RC4", KindCipher, ParamsNull, 0, Refused, "RFC 7465"},
	{OIDCAST5CBC, "CAST5-CBC", KindCipher, ParamsRequired, 128, Refused, "RFC 2984"},
	{OIDCamellia128CBC, "Camellia-128-CBC", KindCipher, ParamsRequired, 128, Refused, "RFC 3657"},
	{OIDCamellia192CBC, "Camellia-192-CBC", KindCipher, ParamsRequired, 192, Refused, "RFC 3657"},
	{OIDCamellia256CBC, "Camellia-256-CBC", KindCipher, ParamsRequired, 256, Refused, "RFC 3657"},
	{OIDCEKHKDFSHA256, "content key through HKDF with SHA-256", KindCipher, ParamsRequired, 256, Current, "RFC 9709 §4"},

	{OIDZlibCompress, "zlib", KindCompression, ParamsAbsent, 0, Current, "RFC 3274 §2"},
}
