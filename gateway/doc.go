// Package gateway decides what happens to a mail in the stream, and knows no wire: SMTP, LMTP and milter carry its Outcome out.
//
//	in := &gateway.Inbound{ID: "mx.example.org", Opener: smime.Opener{Trust: anchors}, Keys: keys}
//	o, err := in.Handle(ctx, gateway.Mail{From: from, Recipients: to, Content: m, Arrived: time.Now()})
//	defer o.Close()
//	for _, b := range o.Bodies { ... b.WriteTo(w) ... } // each recipient is in exactly one
//
// An arriving mail loses the marks that only a gateway may set, in any spelling: Authentication-Results of our id and
// Waxwing-*. It is opened with the keys of each recipient, judged by package policy, and marked with Authentication-Results
// (smime=) and Waxwing-Verdict. A signature stays as it came.
//
// Of what was encrypted only the content comes out: header fields from inside count only where RFC 9788 protects them, and
// those that name people only where the mail is genuine. A part that is encrypted inside an unencrypted mail stays closed, so
// that no plaintext is ever joined with what somebody put around it (EFAIL).
//
// A leaving mail is signed once, for the sender of the envelope where From names the same, and encrypted to each recipient in a copy
// of their own: Outbound. Where encryption is a must and there is no certificate, the copy is refused; where it cannot be
// found out, it is deferred; it never goes in clear. What a client signed or encrypted, invitations, automatic answers and bounces
// are left alone unless something is a must.
//
// An error from Handle is a temporary failure. It keeps no queue and holds no mail yet.
//
// RFC 8601 and 7281 (Authentication-Results), 9788 (header protection), 8551 §6 and 9787 (what counts), 9651 (the form of Waxwing-Verdict).
package gateway
