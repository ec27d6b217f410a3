// Package directory remembers correspondents: which authority vouched for an address, with what kind of key, and whether its
// owner always signs.
//
//	m := directory.Open(dir)
//	v := policy.Judge(report, policy.Settings{Memory: m.At(now)})
//	for _, proof := range report.Verified() { m.Learn(proof, now) }      // only what was judged in full teaches it
//
// It learns from smime.Verified alone, so that no mail can teach it anything that a trusted authority does not vouch for. An
// address is pinned to the authority and the kind of key of the first mail. Another one is reported by package
// policy until the old certificate has ended, or a person says that it may change (Forget).
//
// Nothing of a mail is kept but the address, the authority, the certificate's fingerprint and days. It is a folder of
// small files, one an address, readable by their owner alone, or rows of a database.
package directory
