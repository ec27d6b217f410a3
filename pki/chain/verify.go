package chain

import "context"

// Verify looks for a path from the leaf to an anchor on which every rule of RFC 5280 §6 holds.
func Verify(ctx context.Context, r Request) *Result {
	return &Result{}
}
