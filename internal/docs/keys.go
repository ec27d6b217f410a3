package docs

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// Keys is the page of what is asked of a public key before it is certified.
func Keys() string {
	rules := keycheck.Rules()
	var b strings.Builder
	fmt.Fprintf(&b, "%s# Keys that are not certified\n\nThe %d questions that a public key is asked before it gets into a certificate, by their codes. *refuse* means that it does not; *advise* that it\n"+
		"had better not. S/MIME BR stands for the S/MIME Baseline Requirements of the CA/Browser Forum.\n\n"+
		"| code | what is wrong, or wanted | level | section | what to do | from |\n|---|---|---|---|---|---|\n", made, len(rules))
	for _, r := range rules {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", r.Code, r.Title, r.Level, r.Section, r.Advice, date(r.From))
	}
	b.WriteString("\n## Lists of known keys\n\n" +
		"The weak keys of Debian (CVE-2008-0166) cannot be told from their numbers, only from a list of all of them, and that list is not part of the\n" +
		"program: it has about 98,000 lines for each size, Debian has withdrawn its package `openssl-blacklist`, and no registry that the program is\n" +
		"built from carries it. Put the lists you trust into the folder `blocklists` of the home folder, a key a line:\n\n" +
		"* 20 hexadecimal digits: a line of Debian's or Ubuntu's `openssl-blacklist`, such as `blacklist.RSA-2048`\n" +
		"* 64 hexadecimal digits: the SHA-256 of a SubjectPublicKeyInfo, as badkeys and crt.sh give it\n\n" +
		"What was compromised here needs no list: the authority remembers every key that it revoked as compromised.\n")
	return b.String()
}
