package kit

import (
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// Owned is one certificate that a person has or had, with the name of its key in Keys.
type Owned struct {
	Key         string
	Certificate *pki.Certificate
	Revoked     bool
}

// Gather decides which keys of a person belong in a kit, and in which order: the one to sign with, the one that mail is
// encrypted to, and then every other key that ever decrypted, the newest first, since old mail is encrypted to them. Signing
// keys of the past have no use and stay where they are.
func Gather(all []Owned, now time.Time) []Held {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Owned) int { return b.Certificate.NotBefore.Compare(a.Certificate.NotBefore) })
	var list []Held
	rank := map[string]int{}
	for _, o := range all {
		good := !o.Revoked && !now.After(o.Certificate.NotAfter)
		if !canDecrypt(o.Certificate) && !good {
			continue
		}
		i := slices.IndexFunc(list, func(h Held) bool { return alg.SameKey(h.Certificates[0].PublicKey, o.Certificate.PublicKey) })
		if i < 0 {
			list = append(list, Held{ID: o.Key})
			i = len(list) - 1
		}
		list[i].Certificates = append(list[i].Certificates, o.Certificate)
		r := 3
		switch {
		case good && canSign(o.Certificate):
			r = 1
		case good:
			r = 2
		}
		if old, ok := rank[list[i].ID]; !ok || r < old {
			rank[list[i].ID] = r
		}
	}
	slices.SortStableFunc(list, func(a, b Held) int { return rank[a.ID] - rank[b.ID] })
	return onlyNewestSigner(list)
}

// onlyNewestSigner leaves out keys that only sign, but the newest: a person who is asked to choose chooses wrong.
func onlyNewestSigner(list []Held) []Held {
	seen := false
	return slices.DeleteFunc(list, func(h Held) bool {
		if !canSign(h.Certificates[0]) {
			return false
		}
		first := !seen
		seen = true
		return !first && !canDecrypt(h.Certificates[0])
	})
}
