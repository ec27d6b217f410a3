package ca

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// domainRules are those of registration: what a host name may be, not what a browser forgives.
var domainRules = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.BidiRule(), idna.CheckHyphens(true))

// addressForm is an address in the one form in which a certificate may carry it (RFC 9598 §3): the domain as
// A-labels, in an rfc822Name and in a SmtpUTF8Mailbox (RFC 8398 wanted U-labels in the latter). Nothing is rewritten but the
// domain's case and form: what is not in NFC is refused.
func addressForm(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 || at == len(address)-1 {
		return "", fmt.Errorf("%q is no address of the form local-part@domain", address)
	}
	local, domain := address[:at], address[at+1:]
	switch {
	case !utf8.ValidString(address) || strings.ContainsFunc(address, notInMailbox):
		return "", fmt.Errorf("%q holds characters that no mailbox may have: controls, blanks, or signs that turn the direction of writing", address)
	case !norm.NFC.IsNormalString(address):
		return "", fmt.Errorf("%q is not in Unicode's normal form C (RFC 9598 §3)", address) // AUTHORITY 34: refused, not rewritten
	case strings.ContainsAny(local, "@<>()[],;:\\\"") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return "", fmt.Errorf("the local part of %q is no dot-atom (RFC 5321 §4.1.2)", address)
	case len(local) > 64: // RFC 5321 §4.5.3.1.1
		return "", fmt.Errorf("the local part of %q has %d octets, more than 64 (RFC 5321 §4.5.3.1.1)", address, len(local))
	}
	ascii, err := domainRules.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") {
		return "", fmt.Errorf("the domain of %q is no host name with at least two labels", address)
	}
	return local + "@" + ascii, nil
}

func notInMailbox(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || r == utf8.RuneError
}

// addressKey is an address as the table of addresses has it: domain as A-labels, all in small letters, because people do not tell
// Ada@ from ada@. Something else is returned as it is, and finds nothing.
func addressKey(address string) string {
	form, err := addressForm(norm.NFC.String(address))
	if err != nil {
		return strings.ToLower(address)
	}
	return strings.ToLower(form)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
