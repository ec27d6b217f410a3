package smime

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Lookalike tells whether two addresses, or two domains, are different and yet easily taken for each
// other, and in what way. It is a heuristic over the tricks that are seen; what it misses is still a
// mismatch.
func Lookalike(a, b string) (how string, is bool) {
	localA, domainA, okA := splitAddress(a)
	localB, domainB, okB := splitAddress(b)
	if !okA || !okB {
		return domainLookalike(strings.TrimPrefix(a, "@"), strings.TrimPrefix(b, "@"))
	}
	if asciiDomain(domainA) != asciiDomain(domainB) {
		return domainLookalike(domainA, domainB)
	}
	if same, _ := compareAddresses(a, b); !same && blur(localA) == blur(localB) {
		return "the part before the @ only looks the same", true
	}
	return "", false
}

// shortest is the length of a name below which a single differing letter means nothing.
const shortest = 5

func domainLookalike(a, b string) (how string, is bool) {
	if asciiDomain(a) == asciiDomain(b) {
		return "", false
	}
	a, b = unicodeDomain(a), unicodeDomain(b)
	if blur(a) == blur(b) {
		return "the domains only look the same", true
	}
	ownerA, ownerB := registered(a), registered(b)
	if ownerA == ownerB {
		return "", false // two hosts of one owner
	}
	nameA, nameB := firstLabel(ownerA), firstLabel(ownerB)
	switch {
	case blur(ownerA) == blur(ownerB):
		return "the domains only look the same", true
	case len(nameA) >= shortest && len(nameB) >= shortest && oneSlip(ownerA, ownerB):
		return "the domains differ in one letter", true
	case leads(a, ownerB) || leads(b, ownerA):
		return "one domain is written in front of another", true
	case len(nameA) != len(nameB) && (hasWord(nameA, nameB) || hasWord(nameB, nameA)):
		return "one domain is the other with a word added", true
	}
	return "", false
}

// registered returns the part of a domain that somebody registered: the public suffix and one label.
func registered(domain string) string {
	r, err := publicsuffix.EffectiveTLDPlusOne(asciiDomain(domain))
	if err != nil {
		return domain
	}
	return unicodeDomain(r)
}

func firstLabel(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	return label
}

// leads tells "example.org.evil.net" and "example-org.evil.net" from the view of example.org.
func leads(domain, owner string) bool {
	return strings.HasPrefix(domain, owner+".") || strings.HasPrefix(domain, owner+"-") ||
		strings.HasPrefix(domain, strings.ReplaceAll(owner, ".", "-")+".")
}

// hasWord tells whether a name is another with words joined to it by hyphens.
func hasWord(name, word string) bool {
	if len(word) < shortest || !strings.Contains(name, "-") {
		return false
	}
	for _, w := range strings.Split(name, "-") {
		if w == word {
			return true
		}
	}
	return false
}

// oneSlip tells whether one letter was added, left out, replaced, or swapped with its neighbour.
func oneSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return string(x[i:]) == string(y[i+1:])
	}
	if i == len(x) {
		return false // the same
	}
	if string(x[i+1:]) == string(y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
}
