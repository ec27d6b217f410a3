package chain

import (
	"strings"

	"golang.org/x/net/idna"
)

// mailbox is an address, ready to be compared.
type mailbox struct {
	local string // without quotes
	host  host
}

// host is a domain name in A-labels and lower case, without a dot at its end.
type host string

// domain is a constraint on hosts: one host and perhaps what is below it, everything, or one mailbox.
type domain struct {
	host    host
	below   bool // ".host": what is below it, and not it
	all     bool // "": every host
	mailbox bool
	local   string // of the mailbox
}

// reach says what a constraint without a leading dot covers.
type reach uint8

const (
	exactHost    reach = iota // mail and URI: that host alone (RFC 5280 §4.2.1.10)
	hostAndBelow              // dNSName: it, and every name with labels added on the left
)

// in tells whether a host is covered.
func (h host) in(d domain, r reach) bool {
	switch {
	case d.all:
		return true
	case d.below:
		return h.isBelow(d.host)
	}
	return h == d.host || r == hostAndBelow && h.isBelow(d.host)
}

func (h host) isBelow(o host) bool {
	return len(h) > len(o)+1 && strings.HasSuffix(string(h), string(o)) && h[len(h)-len(o)-1] == '.'
}

// parent cuts off the first label.
func (h host) parent() host {
	_, rest, _ := strings.Cut(string(h), ".")
	return host(rest)
}

// in tells whether a mailbox is covered. RFC 5280 §7.5: local parts compare exactly; to escape an exclusion
// a change of their case is not enough, since mail gets there all the same.
func (m mailbox) in(d domain, excluded bool) bool {
	if !d.mailbox {
		return m.host.in(d, exactHost)
	}
	return m.host == d.host && (m.local == d.local || excluded && strings.EqualFold(m.local, d.local))
}

// readMailbox reads an address (RFC 5321 §4.1.2, RFC 6531 §3.3). It refuses what programs read in different ways: empty and unbalanced parts,
// control characters, hosts in numbers, a dot at the end (STANDARDS item 22).
func readMailbox(s string) (mailbox, bool) {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return mailbox{}, false
	}
	local, ok := unquote(s[:at])
	if !ok {
		return mailbox{}, false
	}
	h, ok := readHost(s[at+1:])
	return mailbox{local: local, host: h}, ok
}

// unquote takes the quotes off a local part. Outside of them nothing may stand that needs them.
func unquote(s string) (string, bool) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", false
	}
	if s[0] != '"' {
		return s, !strings.ContainsAny(s, "\"\\@ ()<>[],;:")
	}
	if len(s) < 2 || s[len(s)-1] != '"' {
		return "", false
	}
	var out strings.Builder
	for i, in := 0, s[1:len(s)-1]; i < len(in); i++ {
		switch {
		case in[i] == '"':
			return "", false
		case in[i] == '\\':
			if i++; i == len(in) {
				return "", false
			}
		}
		out.WriteByte(in[i])
	}
	return out.String(), out.Len() > 0
}

// readHost reads a name of DNS. Labels in other scripts become A-labels: RFC 9598 §3 wants those in certificates, RFC 8398 wanted U-labels.
func readHost(s string) (host, bool) {
	for i := range len(s) {
		if s[i] >= 0x80 {
			a, err := idna.Lookup.ToASCII(s)
			if err != nil {
				return "", false
			}
			s = a
			break
		}
	}
	if s == "" || len(s) > 253 {
		return "", false
	}
	length := 0 // of the label
	lowered := []byte(nil)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if length == 0 {
				return "", false
			}
			length = -1
		case 'A' <= c && c <= 'Z':
			if lowered == nil {
				lowered = []byte(s)
			}
			lowered[i] = c + 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return "", false
		}
		if length++; length > 63 {
			return "", false
		}
	}
	if length == 0 {
		return "", false
	}
	if lowered != nil {
		s = string(lowered)
	}
	return host(s), true
}

// readBase reads the base of a constraint: "a@host", "host", ".host", or nothing, which is everything. A dot at its end, which some authorities write,
// changes nothing.
func readBase(s string) (domain, bool) {
	if s == "" {
		return domain{all: true}, true
	}
	if strings.Contains(s, "@") {
		m, ok := readMailbox(strings.TrimSuffix(s, "."))
		return domain{host: m.host, local: m.local, mailbox: true}, ok
	}
	rest, below := strings.CutPrefix(s, ".")
	if len(rest) > 1 {
		rest = strings.TrimSuffix(rest, ".")
	}
	h, ok := readHost(rest)
	return domain{host: h, below: below}, ok
}
