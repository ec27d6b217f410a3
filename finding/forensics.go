package finding

// What package smime/forensics says about a clear-signed part whose digest does not fit: the change that, undone,
// gives back what was signed. None of them makes a signature good.
const (
	ForensicsLineEnds      Code = "forensics.line-ends"
	ForensicsFinalLine     Code = "forensics.final-line"
	ForensicsTrailingSpace Code = "forensics.trailing-space"
	ForensicsFromLine      Code = "forensics.from-line"
	ForensicsDots          Code = "forensics.dots"
	ForensicsCharacters    Code = "forensics.characters"
	ForensicsRewrapped     Code = "forensics.rewrapped"
	ForensicsFooter        Code = "forensics.footer"
	ForensicsBanner        Code = "forensics.banner"
	ForensicsLines         Code = "forensics.lines-added"
	ForensicsPartAdded     Code = "forensics.part-added"
	ForensicsPartReplaced  Code = "forensics.part-replaced"
	ForensicsEncoding      Code = "forensics.transfer-encoding"
	ForensicsCharset       Code = "forensics.charset"
	ForensicsHeader        Code = "forensics.part-header"
	ForensicsLinks         Code = "forensics.links"
	ForensicsPartDamaged   Code = "forensics.part-damaged"
	ForensicsMark          Code = "forensics.mark"
)

// forensicsPage fills in what all pages of this file share.
func forensicsPage(c Code, title, meaning, innocent, attack string) Page {
	return Page{Code: c, Severity: Info, Title: title, Meaning: meaning + " The signature does not hold for what arrived; this only says why.",
		Innocent: innocent, Attack: attack,
		Advice: "Ask the sender to send the message again by a way that does not touch it, and tell whoever runs the system that is named.",
		Source: "RFC 8551 §3.1.1, §3.4.3"}
}
