package cms

import "github.com/waxwing-mail/waxwing/alg"

// Hashes returns the digests that are computed, in the order of the signers that need them.
func (d *Digests) Hashes() []*alg.Hash {
	list := make([]*alg.Hash, len(d.list))
	for i := range d.list {
		list[i] = d.list[i].alg
	}
	return list
}
