package smime

import (
	"strings"

	"golang.org/x/net/idna"
)

// domains maps a domain as people write it to its A-labels. Names that DNS knows and IDNA does not,
// such as those with an underscore, pass.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// SameAddress compares two addr-specs as RFC 8550 §3 and RFC 9788 §4.4.5 ask: domains by their
// A-labels without regard to case; local parts without regard to case while both are ASCII, and
// byte by byte otherwise (RFC 9598 §5).
func SameAddress(a, b string) bool {
	same, _ := compareAddresses(a, b)
	return same
}

// compareAddresses also tells whether the local parts are the same to the letter.
func compareAddresses(a, b string) (same, exact bool) {
	localA, domainA, okA := splitAddress(a)
	localB, domainB, okB := splitAddress(b)
	if !okA || !okB || asciiDomain(domainA) != asciiDomain(domainB) {
		return false, false
	}
	if localA == localB {
		return true, true
	}
	return isASCII(localA) && isASCII(localB) && strings.EqualFold(localA, localB), false
}

// splitAddress cuts at the last @, which a quoted local part may also contain, and undoes the
// quoting. An address without both halves is no address.
func splitAddress(s string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return "", "", false
	}
	local, domain = s[:at], s[at+1:]
	if len(local) >= 2 && local[0] == '"' && local[len(local)-1] == '"' {
		local = unquote(local[1 : len(local)-1])
	}
	return local, domain, true
}

// unquote removes the backslashes of a quoted-string (RFC 5322 §3.2.4).
func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// asciiDomain returns the domain in A-labels and lower case. What IDNA refuses is only lowered, so
// that it equals nothing but itself.
func asciiDomain(d string) string {
	if isASCII(d) {
		return strings.ToLower(d)
	}
	a, err := domains.ToASCII(d)
	if err != nil {
		return strings.ToLower(d)
	}
	return strings.ToLower(a)
}

// unicodeDomain returns the domain as a mail client may show it, in lower case.
func unicodeDomain(d string) string {
	u, err := domains.ToUnicode(strings.ToLower(d))
	if err != nil {
		return strings.ToLower(d)
	}
	return u
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
