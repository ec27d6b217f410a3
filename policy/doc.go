// Package policy turns facts into decisions. It holds rules and nothing else: no clock, no
// network, no file.
//
// Judge reads a report of package smime and says one word that a person understands, with the
// reason and the next step:
//
//	v := policy.Judge(report, policy.Settings{})
//	fmt.Println(v.Word, v.Reason)     // genuine: Signed by alice@example.org, ...
//
// The word follows from the findings by one table (Table, printed in docs/verdicts.md). The
// worst word wins, so a message is never better than its worst fact; a message without any decisive
// fact is genuine only when a signer was judged in full and covers all that is shown.
//
// Package smime finds, package policy decides, the gateway and the commands do.
//
// RFC 8550 §3 and §4, RFC 8551 §6, RFC 9787 (what may be shown as signed).
package policy
