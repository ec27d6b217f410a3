// Package smime signs, encrypts, opens and judges mail in the form of S/MIME 4.0.
//
// Reading is one call. It undoes every layer that a message has, in any nesting, and says what
// it found; whatever is wrong with the message is a finding in the report, not an error:
//
//	m, err := eml.Parse(file, budget)
//	o := smime.Opener{Trust: anchors, Keys: keys, Now: time.Now()}
//	report, err := o.Open(ctx, m)        // err: a limit, a read error, a cancelled context
//	defer report.Close()                 // releases the decrypted contents
//	for _, s := range report.Signers { fmt.Println(s.Identity.Match, s.Chain.OK) }
//
// Writing is one call a verb: Sign, Encrypt, Compress; Choose picks algorithms that all recipients
// can read and explains the choice.
//
// The report states facts and draws no conclusion. The one word for people ("genuine", "altered")
// is derived from it by package policy. Only Open makes a Verified, the proof that one signer was
// judged in full, and only from that does package directory learn.
//
// What a signature is worth depends on what a mail client shows. A signature counts for the message
// only when its layer wraps everything that is shown (the cryptographic envelope of RFC 9787 §4.4);
// one that stands beside other content covers a part, and one inside a forwarded message says nothing
// about the sender of the message outside. Decrypted content is its own source, never joined with
// the parts around the ciphertext (RFC 8551 §6).
//
// The package has no clock, opens no connection and keeps no key: the moment of judgement, the
// evidence and the keys are given by the caller. OpenPGP (RFC 3156) is recognised and left alone.
// S/MIME receipts (RFC 2634 §2) and security labels (§3) are not acted on.
//
// RFCs: 8551, 8550, 1847, 5652, 5083, 3274, 9788 (header protection), 9787 (what to show),
// 3161 and 5816 (timestamps), 9598 (addresses).
package smime
