// Package chain judges certificates: is there a path from this one to an authority that is trusted,
// does every rule hold along it, and is every certificate of it still good?
//
//	r := chain.Verify(ctx, chain.Request{
//		Leaf:     signer,
//		Pool:     carried,                                   // certificates of any origin; no trust follows from them
//		Anchors:  chain.NewAnchors(chain.Anchor{Certificate: root}),
//		Evidence: chain.AtHand{Lists: lists, Answers: answers}, // nil: nothing is known about revocation
//		Time:     received,
//	})
//	if !r.OK {
//		for _, f := range r.Failures { ... }                 // the certificate, the rule and the section
//	}
//
// It is a pure function of what it is given: it has no clock and fetches nothing. Who has a network
// asks package evidence first and passes what came back as Evidence.
//
// It does not match names with mail addresses (package smime does), reads no S/MIME message
// and has no trust store of its own: without anchors nobody is trusted.
//
// RFCs: 5280 §6 (paths and CRLs), 9618 (policies), 6960 and 9654 (OCSP), 8550 §4 (key usage in
// S/MIME), 9598 (SmtpUTF8Mailbox), 9549 (names), 3161 §2.3 (timestamp authorities), and the S/MIME Baseline
// Requirements §7.1.6.1 for what an authority says it checked.
package chain
