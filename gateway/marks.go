package gateway

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
	"golang.org/x/text/unicode/norm"
)

// forged returns the indexes of header fields that only we may set. RFC 8601 §5: a border removes what bears its own id;
// what could be taken for it goes too.
func forged(h eml.Header, id string) []int {
	var list []int
	for i, f := range h.Fields {
		if isMark(f, id) {
			list = append(list, i)
		}
	}
	return list
}

func isMark(f eml.Field, id string) bool {
	name := strings.ToLower(strings.TrimSpace(f.Name))
	return strings.HasPrefix(name, "waxwing-") || strings.HasPrefix(name, "x-waxwing") || name == "authentication-results" && claims(f.Value(), id)
}

// claims tells whether the value of an Authentication-Results may be taken for one of ours: by its id as the RFC reads it, by
// any text before its first result that holds our name, or because no id can be read at all.
func claims(value, id string) bool {
	head, _, _ := strings.Cut(plain(value), ";")
	bare := uncomment(head)
	ours := strings.Trim(plain(id), ".")
	if strings.Contains(head, ours) || strings.Contains(bare, ours) {
		return true
	}
	words := strings.Fields(strings.ReplaceAll(bare, `"`, " "))
	if len(words) == 0 || strings.Contains(words[0], "=") {
		return true
	}
	theirs := strings.Trim(words[0], ".")
	_, alike := smime.Lookalike(theirs, ours)
	return theirs == ours || alike
}

// plain takes away what the eye does not see: encoding, width, case, characters that are not shown.
func plain(s string) string {
	s = norm.NFKC.String(eml.DecodeWords(s))
	return strings.ToLower(strings.Map(func(c rune) rune {
		switch {
		case unicode.Is(unicode.Cf, c) || c == '\u034f' || c >= '\ufe00' && c <= '\ufe0f':
			return -1
		case unicode.IsSpace(c) || unicode.IsControl(c):
			return ' '
		case c == '。' || c == '．' || c == '｡':
			return '.'
		}
		return c
	}, s))
}

// uncomment removes comments (RFC 5322 §3.2.2), nested ones too.
func uncomment(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			if depth == 0 {
				b.WriteByte(s[i])
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// marks makes the fields that tell the recipient what was found.
func (g *Inbound) marks(r *smime.Report, v policy.Verdict) ([][]byte, error) {
	clauses := g.clauses(r, v)
	results, err := eml.AppendField(nil, "Authentication-Results", g.ID+"; "+strings.Join(clauses, "; "))
	if err != nil {
		return nil, err
	}
	verdict, err := eml.AppendField(nil, "Waxwing-Verdict", verdictField(r, v))
	if err != nil {
		return nil, err
	}
	return [][]byte{results, verdict}, nil
}

// clauses is one result for each signature that wraps the mail (RFC 7281 §3).
func (g *Inbound) clauses(r *smime.Report, v policy.Verdict) []string {
	where := sections(r)
	var list []string
	for _, s := range r.Signers {
		result, why := resultOf(r, s, v)
		text := "smime=" + result + " (" + comment(why) + ")"
		if s.Certificate != nil && len(s.Identity.Addresses) > 0 {
			text += " body.smime-identifier=" + pvalue(s.Identity.Addresses[0].Address)
		}
		if part := where[s]; part != "" {
			text += " body.smime-part=" + part
		}
		if s.Certificate != nil { // RFC 7281 §3.2.3: both or neither
			text += fmt.Sprintf(" body.smime-serial=%X body.smime-issuer=%s", s.Certificate.SerialRaw, pvalue(s.Summary.Issuer))
		}
		list = append(list, text)
	}
	switch {
	case len(list) > 0:
		return list
	case v.Word == policy.Unreadable && malformed(v):
		return []string{"smime=permerror (" + comment(v.Reason) + ")"}
	case r.Encrypted == smime.CoversAll && !r.Opened:
		return []string{"smime=neutral (encrypted, and not opened here)"}
	case v.Word != policy.Unsigned && v.Word != policy.Genuine:
		return []string{"smime=policy (" + comment(v.Reason) + ")"}
	}
	return []string{"smime=none"}
}

func malformed(v policy.Verdict) bool {
	for _, c := range v.Codes {
		if c == finding.LayerMalformed || c == finding.LayerNoContent {
			return true
		}
	}
	return false
}

// resultOf is GATEWAY §5.1: pass only for what is good, covers all that is shown and is from its sender.
func resultOf(r *smime.Report, s *smime.SignerReport, v policy.Verdict) (result, why string) {
	switch {
	case s.Certificate == nil:
		return "permerror", "the signer's certificate is missing"
	case !s.DigestOK:
		return "fail", "changed after it was signed"
	case !s.SignatureOK:
		return "fail", "the signature is wrong"
	case s.Chain != nil && len(s.Chain.Revocation) > 0 && s.Chain.Revocation[0].State == chain.Revoked:
		return "fail", "the certificate was revoked"
	case v.Word == policy.Genuine && s.OK() && r.Signed == smime.CoversAll:
		return "pass", s.Algorithm
	}
	return "policy", v.Reason
}

// verdictField is a structured field (RFC 9651): the word, with parameters.
func verdictField(r *smime.Report, v policy.Verdict) string {
	text := string(v.Word) + ";signed=" + string(r.Signed) + ";encrypted=" + string(r.Encrypted)
	if r.Encrypted != smime.CoversNothing {
		text += fmt.Sprintf(";opened=?%d", map[bool]int{true: 1}[r.Opened])
	}
	for _, s := range r.Signers {
		if v.Word == policy.Genuine && s.OK() {
			text += ";signer=" + sfString(s.Name())
			break
		}
	}
	if len(v.Codes) > 0 {
		text += ";code=" + string(v.Codes[0])
	}
	return text + ";reason=" + sfString(v.Reason)
}

// sfString is RFC 9651 §3.3.3: printable ASCII in quotes.
func sfString(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, s)
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s[:min(len(s), 400)]) + `"`
}

// comment is text inside round brackets: nothing of it may end the comment.
func comment(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '(' || c == ')' || c == '\\' {
			return ' '
		}
		return c
	}, s)
}

// pvalue is a value as RFC 8601 §2.2 has it, quoted where it is no plain address or token.
func pvalue(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@+") == "" {
		return s
	}
	return sfString(s)
}
