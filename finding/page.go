package finding

import (
	"maps"
	"slices"
)

// Explain returns the page of a code.
func Explain(c Code) (Page, bool) {
	p, ok := pages[c]
	return p, ok
}

// Codes returns every code, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(pages)) }
