// Package ca is the authority: it turns an approved order into a certificate, and never signs what it has not
// looked at first.
//
//	authority := &ca.CA{Log: log, Keys: vault}
//	var ready *ca.Ready
//	err := d.Write(ctx, func(tx *db.Tx) (err error) {
//		ready, err = authority.Prepare(tx, ca.Order{Profile: "mailbox-strict-dual", Addresses: []string{"ada@example.org"}, SPKI: spki, ...})
//		return err
//	})
//	issued, err := authority.Issue(ctx, d, ready)
//
// Prepare goes from the profile to the bytes that would be signed, lints them under a dummy signature, reserves the
// serial number and records the intent. Issue signs those bytes and no others, compares, lints again and stores. In
// between a program may die at any point: an intent is then still planned, its number is never used again, and the
// same order, named by the same Reference, is prepared anew, or answered with the certificate that exists already.
//
// What may be issued is data: a Profile has its rules, a version that never changes, and the time in which it holds.
// A refusal (Refusal) lists every reason with its section and what to do.
//
// The package knows no applicants and checks no papers: whoever orders says who approved (room ra). It never sees a
// private key: Keys hands out signers (room vault). It does not deliver (room kit).
//
// RFCs: 5280, 2986, 6960, 9598, 9495; CA/Browser Forum S/MIME Baseline Requirements.
package ca
