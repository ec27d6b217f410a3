// Package eml sees a mail as its bytes plus ranges, and writes mails.
//
// Parse makes an index of a message of any size in constant memory: where each
// part, its header and its body lie, and what is odd about it. Nothing is decoded
// or copied until asked for, so a part that only passes through leaves exactly as
// it came, and a signature is checked over the bytes that were received:
//
//	m, err := eml.Parse(src, limit.New(limit.Limits{}))
//	if err != nil {
//		return err // a limit (*limit.Error) or a read error, never the message's syntax
//	}
//	for p := range m.Parts() {
//		fmt.Println(p.Path, p.Type, p.Range, p.Header.Get("Content-Disposition"))
//	}
//	io.Copy(hash, m.Root.Children[0].Canonical())
//
// Where a message departs from the standards, Parse decides once, the same way each
// time, and tells: each oddity is a Fault with a finding code and the bytes it is about.
//
// The package composes too: header fields folded without injection, transfer
// encodings, multiparts with boundaries that cannot occur, and header edits that
// keep every other byte.
//
// It knows nothing of S/MIME, renders nothing and sends nothing.
//
// RFC 5322, 6532 (messages and addresses), 2045, 2046, 2047, 2231, 2183 (MIME).
package eml
