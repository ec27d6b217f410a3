// Package milter is the filter's side of the milter protocol, version 6: an MTA shows each mail before it takes it, and does
// what the answer says. It decides nothing about a mail.
//
//	s := &milter.Server{Handler: h, Actions: milter.ChangeHeaders | milter.AddHeaders}
//	go s.Serve(listener)
//
//	func (h) Message(ctx context.Context, m *milter.Message) milter.Answer {
//		if forged(m) {
//			return milter.Answer{Action: milter.Reject, Code: 550, Enhanced: "5.7.1", Text: "no"}
//		}
//		return milter.Answer{Action: milter.Accept, Edits: []milter.Edit{{Op: milter.Insert, Name: "X-Seen", Value: " yes"}}}
//	}
//
// The message is given as it will be stored, header fields byte for byte where the MTA knows SMFIP_HDR_LEADSPC (Postfix and
// sendmail do), and kept in memory or a private file. While the handler thinks, the MTA is told that there is progress.
//
// A milter has one answer for all recipients and cannot split a mail; the MTA's client waits meanwhile. What needs a copy for
// each recipient is for package relay. The zero Answer is a temporary failure.
//
// The protocol has no RFC: sendmail's libmilter/docs and include/libmilter/mfdef.h, Postfix's MILTER_README.
package milter
