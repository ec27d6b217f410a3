// Package cms reads and writes the Cryptographic Message Syntax (RFC 5652): signed, enveloped,
// authenticated-enveloped, compressed, encrypted, digested and authenticated data, as streams of any size.
//
// Reading takes BER and DER. Read looks at the type and stops where the content begins; the content
// streams, and what stands behind it is read by Finish:
//
//	c, err := cms.Read(r, budget)
//	signed := c.(*cms.Signed)
//	io.Copy(w, signed.Content())          // hashed on its way with every digest that is announced
//	err = signed.Finish()                 // certificates, CRLs, signers
//	for _, s := range signed.Signers {
//		check, err := signed.Check(s, candidates, alg.Allow{})
//		fmt.Println(check.DigestOK, check.SignatureOK, check.Findings)
//	}
//
// Decryption writes to a quarantine: nothing of it may be shown or kept before Decrypt returned nil
// (RFC 5083 §2). Outside there is one error, ErrDecrypt, whatever went wrong:
//
//	env := c.(*cms.Enveloped)
//	err = env.Decrypt(ctx, quarantine, cms.DecryptOptions{Keys: cms.KeyList{key}})
//
// Writing is DER wherever the size of the content is known beforehand. Sign needs one pass for the
// digest and one for the output, and always gives DER; NewSignedWriter and NewEnvelopedWriter stream:
//
//	d, err := cms.NewDigests(options)
//	io.Copy(d, content)
//	m, err := cms.Sign(options, d)
//	err = m.Write(w, content)             // or m.Detached()
//
// The package says what the signature is and by which certificate, not whom to trust: that is
// pki/chain. It knows nothing of MIME: that is smime. It has no clock, no network and no files.
// Key encapsulation (RFC 9629) is parsed far enough to be shown; its algorithms are not here yet.
//
// RFCs: 5652, 5083, 5084, 8103, 3274, 5753, 8418, 8419, 3211, 6211, 5035, 8933, 5940, 8551 §2.
package cms
