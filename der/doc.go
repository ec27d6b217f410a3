// Package der reads BER and DER and writes strict DER (ITU-T X.690).
//
// It has three readers and one writer, all without recursion on the depth of their input:
//
//   - Cursor reads elements out of bytes in memory, one after another. The first error sticks,
//     so a whole structure is read first and checked once:
//
//     c := der.NewCursor(b).Sequence()
//     serial, name := c.Int(), c.Text()
//     err := c.Done()
//
//   - Reader reads an element of any size from a stream, with indefinite lengths and
//     constructed strings, under a limit.Budget. Large contents go straight to the caller.
//
//   - Normalize turns BER in memory into definite lengths and primitive strings, for Cursor.
//
//   - Builder writes DER: minimal lengths and integers, SET OF in order (X.690 §11).
//
// Cursor is lenient where certificates and messages in the wild are wrong and the meaning is
// still clear (long-form lengths, integers with leading zeros, times without seconds); Builder
// never writes such forms. Bytes are kept: a Value has the encoding as received beside its content.
//
// It does not know any schema, does not map Go structs, and holds no object identifiers;
// those live in package alg. Errors in the encoding are *SyntaxError and name the offset;
// an exceeded limit is a *limit.Error.
package der
