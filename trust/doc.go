// Package trust keeps the authorities whose word counts, with what each is trusted for, in a folder or in a database.
//
//	s := trust.Open(dir)
//	err = s.Add(trust.Entry{Certificate: root, Domains: []string{"example.org"}})
//	anchors, err := s.Anchors()                 // for smime.Opener.Trust and chain.Request.Anchors
//
// Nothing is trusted by default: a folder that does not exist holds no one. Bundle reads the lists that root programs
// publish: PEM files, the CCADB's CSV report, and Mozilla's certdata.txt, of the latter two only the authorities that are
// trusted for mail, with the day after which new certificates of theirs no longer count.
//
// It judges no certificate; that is pki/chain.
package trust
