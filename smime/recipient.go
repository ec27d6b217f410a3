package smime

import (
	"bytes"
	"slices"
)

// inFingerprintOrder returns every recipient once, in the order of their certificates' fingerprints.
func inFingerprintOrder(lists ...[]Recipient) []Recipient {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b Recipient) int {
		x, y := a.Certificate.Fingerprint(), b.Certificate.Fingerprint()
		return bytes.Compare(x[:], y[:])
	})
	return slices.CompactFunc(all, func(a, b Recipient) bool { return a.Certificate.Equal(b.Certificate) })
}
