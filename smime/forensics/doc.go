// Package forensics says what was done to a signed part whose digest does not fit.
//
// A clear signature covers bytes that every system on the way can touch. Explain tries the changes that such systems
// make, alone and in pairs, until one that is undone gives the digest that was signed:
//
//	causes, err := forensics.Explain(ctx, part, alg.SHA256, signed, limit.Limits{})
//	for _, c := range causes {
//		fmt.Println(c.Part, c.What, "by", c.Who)
//	}
//
// Where none does, it returns what it suspects, marked as such. Nothing here makes a signature good: what arrived is
// not what was signed, and the package never returns the text that would match.
//
// The work is bounded: parts over MostBytes are not looked at, and the bytes hashed are at most 64 times the size of
// the part (at least 16 MiB, at most 256 MiB). Pairs of changes are tried on parts up to 256 KiB.
//
// RFC 8551 §3.1 (canonical form, transfer encoding), RFC 1847 §2.1 (nothing may change a signed part).
package forensics
