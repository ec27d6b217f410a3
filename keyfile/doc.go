// Package keyfile reads and writes files that hold private keys and certificates.
//
// One entry point reads them all and finds out by itself what it was given:
//
//	b, err := keyfile.Read(data, keyfile.Options{Password: password})
//	for _, id := range b.Match() {
//		use(id.Key.Private, id.Certificate)
//	}
//
// It reads PEM with any number of blocks in any order, in whatever state mail and editors left it, and as PEM or
// bare: PKCS#8 plain and encrypted (RFC 5958, RFC 8018), the older PKCS#1 and SEC 1 keys, PKCS#12 (RFC 7292,
// RFC 9579) with several keys and names, certificates, CRLs, and PKCS#7 that carries only certificates
// (RFC 8551 §3.8). BER is taken where files in the wild have it. MarshalPEM, MarshalPKCS8 and MarshalPKCS12 write.
//
// The numbers of a key are checked against each other, and against its public half where the file has that; a
// key that fails is an error. Printing a Key shows its kind and nothing of it.
//
// Files that are protected by 3DES, RC2 or DES, or by a key that MD5 made of the password, are read only with
// Options.Allow.Legacy. Work on passwords is taken from the budget, as an iteration count is the word of
// whoever wrote the file.
//
// It does not open files, ask people, or judge certificates; it does not read OpenSSH, PGP or JKS, and
// says how to convert them. Keys of algorithms that are not implemented are read as *UnknownPrivateKey.
//
// RFCs: 5208, 5915, 5958, 7292, 7468, 8017 Appendix A, 8018, 8410, 9579.
package keyfile
