package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// Row says which word a finding decides.
type Row struct {
	Code finding.Code
	Word Word
}

// rows decides by code. A code that is not here decides by its family, see families, and only when
// its severity is Bad.
var rows = []Row{
	// Somebody pretends.
	{finding.FromMismatch, Impostor},
	{finding.FromLookalike, Impostor},
	{finding.FromFields, Impostor},
	{finding.FromSignerName, Impostor},
	{finding.HeaderFromDiffers, Impostor},
	{finding.CorrespondentUnsigned, Impostor},
	{finding.CorrespondentAuthority, Impostor},
	{finding.CorrespondentKeyType, Impostor},

	// What is shown is not what was signed.
	{finding.LayerTwice, Altered},
	{finding.LayerLineEnds, Altered},
	{finding.MIMEExtraParts, Altered},
	{finding.LayerChecksum, Altered},

	// Signed, and it does not count.
	{finding.FromMissing, Untrusted},
	{finding.FromNoAddress, Untrusted},
	{finding.MessagePartlySigned, Untrusted},
	{finding.MIMEDuplicate, Untrusted},
	{finding.MIMEProtocol, Untrusted},
	{finding.EncryptionMixed, Untrusted},
	{finding.SignerUnknown, Untrusted},
	{finding.SignerNotJudged, Untrusted},
	{finding.LayerNoSigners, Untrusted},
	{finding.SignatureRefused, Untrusted},
	{finding.SignatureUnsupported, Untrusted},
	{finding.SignatureKey, Untrusted},
	{finding.SignatureTooLong, Untrusted},
	{finding.SignatureNeedsAttributes, Untrusted},
	{finding.SignatureTwoDigests, Untrusted},

	// Nothing can be said.
	{finding.LayerMalformed, Unreadable},
	{finding.LayerNoContent, Unreadable},
	{finding.EncryptionNoKey, Unreadable},
	{finding.EncryptionFailed, Unreadable},
	{finding.EncryptionRefused, Unreadable},
}

// families decides for Bad findings without a row of their own.
var families = []struct {
	prefix string
	word   Word
}{
	{"from.", Impostor},
	{"signature.", Altered},
	{"revocation.", Revoked},
	{"time.", Expired},
	{"encryption.", Unreadable},
	{"cms.", Unreadable},
	{"", Untrusted},
}

// wordFor returns the word that a finding decides, and false when it decides none.
func wordFor(f finding.Finding) (Word, bool) {
	if f.Severity != finding.Bad {
		return "", false
	}
	return WordOf(f.Code), true
}

// WordOf returns the word that a code decides when it is Bad.
func WordOf(c finding.Code) Word {
	for _, r := range rows {
		if r.Code == c {
			return r.Word
		}
	}
	for _, f := range families {
		if strings.HasPrefix(string(c), f.prefix) {
			return f.word
		}
	}
	return Untrusted
}

// Table returns the word for every code that is Bad, in the order of the codes.
func Table() []Row {
	var all []Row
	for _, c := range finding.Codes() {
		if p, _ := finding.Explain(c); p.Severity == finding.Bad {
			all = append(all, Row{c, WordOf(c)})
		}
	}
	return all
}
