// Package relay speaks SMTP and LMTP: it takes mail in, and hands mail on. It decides nothing about a mail.
//
// A Server reads a message whole and asks its Handler, and says 250 only after the handler did:
//
//	s := &relay.Server{Handler: h, LMTP: true, Hostname: "gw.example.org"}
//	go s.Serve(listener)          // a Unix socket, TCP, or a TLS listener
//	defer s.Shutdown(ctx)         // finishes the transactions in hand
//
//	func (h) Deliver(ctx context.Context, e *relay.Envelope, m eml.Source) []relay.Reply {
//		var all []relay.Reply
//		for _, r := range next.Send(ctx, e, m) { // next is a *relay.Client
//			all = append(all, r.Reply)
//		}
//		return all
//	}
//
// A message is exactly the bytes between DATA and the line with the dot, lines ended by CRLF. A CR or LF alone is
// refused and the connection closed, so no two programs can disagree about where a message ends (SMTP smuggling).
// What the next hop cannot carry (8BITMIME, SMTPUTF8, REQUIRETLS, size) fails for the recipients concerned; nothing is
// converted on the way.
//
// SMTP has one answer for all recipients of a message, LMTP one for each. Behind SMTP either the handler
// repeats nothing on a retry, or Limits.Recipients is 1, so that the sender brings each recipient in its own transaction.
//
// It queues nothing, resolves no MX, writes no bounce and knows nothing of what is inside a message, but for counting Received.
//
// RFC 5321 (SMTP), 2033 (LMTP), 1870 (SIZE), 2034 (enhanced codes), 2920 (PIPELINING), 3030 (CHUNKING), 3207 (STARTTLS),
// 3461 (DSN), 4954 (AUTH), 5802 and 7677 (SCRAM), 6152 (8BITMIME), 6531 (SMTPUTF8), 8689 (REQUIRETLS); Postfix's XFORWARD and XCLIENT.
package relay
