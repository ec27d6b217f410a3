// Package alg knows every algorithm once: its identifier, its parameters, what it is called,
// how strong it is and whether it may still be used.
//
// Other rooms hand it an AlgorithmIdentifier as it was read and get back something that works:
//
//	v, err := alg.NewVerifier(signer.Signature, digest, cert.PublicKey, alg.Allow{})
//	err = v.VerifyDigest(sum, signature)
//
//	c, err := alg.CipherOf(info.Cipher, alg.Allow{})      // AES-256-GCM with its nonce
//	d, err := c.NewDecrypter(cek, quarantine, alg.Ahead{})
//	io.Copy(d, ciphertext)
//	err = d.Finish(tag, aad)                              // only now the quarantine may be opened
//
// What is old is refused unless the caller says so by name: Allow{SHA1: true} for signatures
// with SHA-1, Allow{Legacy: true} for 3DES, RC2, DES, MD5 and DSA. Nothing old is ever written.
// An algorithm that is known and not implemented has its name in the table, so that it can be shown.
//
// The key of the content comes from Transport (RSA), Agreement (ECDH, X25519, X448), Wrap (a key or
// a password) and KDF; each is read by its ...Of function and made for writing by its New... function.
// ErrDecrypt is the one answer to whatever does not decrypt.
//
// There is no cryptographic primitive of our own here, with two exceptions that have no other
// source: RC2 for reading old mail, and the brainpool curves on filippo.io/bigmod. Modes and paddings that the standard library lacks
// (AES key wrap, CCM, PSS with two hashes) stand on its primitives, and streaming GCM on its AEAD.
//
// The package judges no certificate and knows no clock; StrengthAt takes the day as an argument.
//
// RFCs: 2268, 3211, 3217, 3370, 3394, 3565, 4055, 4056, 5084, 5480, 5649, 5753, 5754, 5758, 5869, 7292 Appendix B and C,
// 7748, 7914, 8017, 8018, 8103, 8410, 8418, 8419, 8551 §2, 8702, 9044, 9579, 9688, 9709. The identifiers of ML-KEM (RFC 9936),
// ML-DSA (RFC 9882) and SLH-DSA (RFC 9814) are named and not yet implemented.
package alg
