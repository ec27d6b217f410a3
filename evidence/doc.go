// Package evidence fetches what is needed to judge certificates: CRLs, OCSP answers and issuers' certificates, from
// the addresses that certificates name.
//
//	f := evidence.New(evidence.Options{Shelf: cache})
//	r := chain.Verify(ctx, chain.Request{..., Evidence: f.For(ctx)})
//	for _, e := range f.Events() { fmt.Println(e) }      // what was asked, of whom, with what result
//
// It is bounded in time, size, redirects and number of requests; it asks no private address, unless told to, so that a certificate
// cannot make a server look around inside its own network; the same question asked by several at once is asked once; and answers are kept on a
// shelf (a folder, a database) for as long as they say they are good, or longer where Options.Stale allows that and nothing fresher can be had.
//
// For privacy it looks for CRLs and OCSP answers only when package chain asks, which does so after a path to
// a trusted authority was found. Issuers' certificates are named by certificates that nobody vouched for yet, so they
// are fetched only with Options.Issuers: a mail could otherwise report that it was opened.
//
// It judges nothing: what comes back is as untrusted as what came with the mail.
//
// RFCs: 5280 §4.2.1.13, §4.2.2.1; 6960 Appendix A and RFC 5019 §5 (OCSP over HTTP); 4516 (LDAP URLs).
package evidence
