package main

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

// seals are how the words look on a terminal: a mark, and a colour of the terminal.
var seals = map[policy.Word]struct {
	mark   string
	colour string
}{
	policy.Genuine:    {"✔", "32"},
	policy.Unsigned:   {"○", "33"},
	policy.Unreadable: {"?", "33"},
	policy.Expired:    {"!", "33"},
	policy.Untrusted:  {"!", "33"},
	policy.Revoked:    {"✘", "31"},
	policy.Altered:    {"✘", "31"},
	policy.Impostor:   {"✘", "31"},
}

// printVerdict prints a verdict for people: the word, who, which authority, what is covered, what to do.
func (a *app) printVerdict(v policy.Verdict, r *smime.Report, asked []evidence.Event) error {
	p := &painter{colour: isTerminal(a.out)}
	seal := seals[v.Word]
	p.line("%s", p.bold(seal.colour, seal.mark+" "+strings.ToUpper(string(v.Word))))
	p.line("  %s", oneLine(v.Reason))
	p.line("")
	p.fact("From", shownSender(r))
	for _, s := range r.Signers {
		p.signer(s)
		p.alterations(s.Alterations)
	}
	p.fact("Covers", coverage(r))
	p.fact("Secrecy", secrecy(r))
	p.fact("Basis", v.Basis)
	const most = 6 // answers that are told; --json has all
	for _, e := range asked[:min(len(asked), most)] {
		p.fact("Asked", e.String())
	}
	for _, q := range v.Qualifiers {
		p.fact("Note", q)
	}
	p.fact("Next", v.Advice)
	if len(v.Codes) > 0 {
		p.fact("More", "waxwing explain "+string(v.Codes[0]))
	}
	_, err := fmt.Fprint(a.out, p.text.String())
	return err
}

// painter lays out lines of facts.
type painter struct {
	text   strings.Builder
	colour bool
}

func (p *painter) line(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

// fact prints a named fact, and nothing for an empty one.
func (p *painter) fact(name, value string) {
	if value != "" {
		p.line("  %s %s", p.dim(fmt.Sprintf("%-9s", name)), oneLine(value))
	}
}

func (p *painter) bold(colour, s string) string { return p.paint("1;"+colour, s) }
func (p *painter) dim(s string) string          { return p.paint("2", s) }

func (p *painter) paint(code, s string) string {
	if !p.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// alterations prints what broke a digest. Undone together they give what was signed, except where they are suspected.
func (p *painter) alterations(list []forensics.Cause) {
	for _, c := range list {
		if c.Suspected {
			p.fact("Perhaps", c.String())
		} else {
			p.fact("Changed", "it would match if this were undone: "+c.String())
		}
	}
}

// signer prints who signed and who vouches for it.
func (p *painter) signer(s *smime.SignerReport) {
	if s.Summary == nil {
		p.fact("Signer", s.ID+" (the certificate is not at hand)")
		return
	}
	who := s.Summary.Subject
	if len(s.Summary.Addresses) > 0 {
		who = strings.Join(s.Summary.Addresses, ", ")
	}
	p.fact("Signer", who+", "+s.Vouched())
	p.fact("", s.Summary.Subject+"; "+s.Algorithm)
}

func shownSender(r *smime.Report) string {
	if r.Sender.Shown == "" {
		return ""
	}
	if r.Sender.Field != "From" {
		return r.Sender.Shown + " (field " + r.Sender.Field + ")"
	}
	return r.Sender.Shown
}

func coverage(r *smime.Report) string {
	switch r.Signed {
	case smime.CoversAll:
		return "the signature covers everything that is shown"
	case smime.CoversPart:
		return "the signature covers a part of what is shown"
	}
	return "nothing is signed"
}

func secrecy(r *smime.Report) string {
	switch {
	case r.Encrypted == smime.CoversAll && r.Opened:
		return "it was encrypted, and is open here"
	case r.Encrypted == smime.CoversAll:
		return "it is encrypted, and no key at hand opens it"
	case r.Encrypted == smime.CoversPart:
		return "a part of it was encrypted"
	}
	return "anybody on the way could read it"
}
