package policy

import (
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime"
)

var anchor = &chain.Anchor{Name: "Example Trust", Certificate: &pki.Certificate{Raw: []byte("anchor")}}

// good returns a signer against whom nothing speaks.
func good(where string) *smime.SignerReport {
	return &smime.SignerReport{Where: where, DigestOK: true, SignatureOK: true, Attributes: true,
		Certificate: &pki.Certificate{Raw: []byte("leaf")},
		Chain:       &chain.Result{OK: true, Anchor: anchor},
		Trust:       &smime.ChainInfo{OK: true, Anchor: anchor.Name, Level: "Example Trust checked the organisation and the person.", Revocation: "revocation: good"},
		Summary:     &smime.CertificateInfo{Key: "P-256"},
		Basis:       smime.TimeBasis{Kind: smime.BasisNow, Time: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)},
		Identity:    smime.Identity{Match: smime.MatchYes, Address: "alice@example.org"}}
}

// report returns the report on a message with signers over all of it.
func report(signers ...*smime.SignerReport) *smime.Report {
	r := &smime.Report{Signed: smime.CoversAll, Signers: signers, Root: &smime.Layer{Kind: smime.KindClearSigned, Path: "1"},
		Sender: smime.Sender{Field: "From", Claimed: []string{"alice@example.org"}}}
	for _, s := range signers {
		r.Findings = append(r.Findings, s.Findings...)
	}
	return r
}

func with(r *smime.Report, codes ...finding.Code) *smime.Report {
	for _, c := range codes {
		r.Findings = append(r.Findings, finding.New(c).At("1"))
	}
	return r
}

func unsigned(codes ...finding.Code) *smime.Report {
	r := report()
	r.Signed = smime.CoversNothing
	return with(r, codes...)
}

func encrypted(opened bool, codes ...finding.Code) *smime.Report {
	r := unsigned(codes...)
	r.Encrypted, r.Opened = smime.CoversAll, opened
	return r
}

func partly(codes ...finding.Code) *smime.Report {
	r := with(report(), append(codes, finding.MessagePartlySigned)...)
	r.Signed = smime.CoversPart
	return r
}

func TestFindingsDecideTheVerdict(t *testing.T) {
	for _, c := range []struct {
		name string
		r    *smime.Report
		want Word
	}{
		{"nothing speaks against it", report(good("1/signer 1")), Genuine},
		{"two good signers", report(good("1/signer 1"), good("1/signer 2")), Genuine},
		{"harmless oddities qualify and do not decide", with(report(good("1/signer 1")), finding.LayerMicalg, finding.MIMEEpilogue), Genuine},
		{"a signer over ciphertext qualifies", with(report(good("1/signer 1")), finding.SignerOutside), Genuine},

		{"signed by somebody else", with(report(good("1/signer 1")), finding.FromMismatch), Impostor},
		{"signed by somebody with a similar name", with(report(good("1/signer 1")), finding.FromLookalike), Impostor},
		{"two From fields", with(report(good("1/signer 1")), finding.FromFields), Impostor},
		{"a second author who did not sign", with(report(good("1/signer 1")), finding.FromSignerName), Impostor},
		{"another address hidden in the display name", with(report(good("1/signer 1")), finding.FromDisplay), Impostor},
		{"an outer From that differs from the protected one", with(report(good("1/signer 1")), finding.HeaderFromDiffers), Impostor},
		{"an impostor whose chain fails as well", with(report(good("1/signer 1")), finding.SignerUnknown, finding.FromMismatch), Impostor},

		{"a digest that does not fit", with(report(good("1/signer 1")), finding.SignatureDigest), Altered},
		{"a signature that does not verify", with(report(good("1/signer 1")), finding.SignatureWrong), Altered},
		{"stripped attributes", with(report(good("1/signer 1")), finding.SignatureStripped), Altered},
		{"content twice", with(report(good("1/signer 1")), finding.LayerTwice), Altered},
		{"a third part", with(partly(), finding.MIMEExtraParts), Altered},
		{"signed over the wrong line ends", with(report(good("1/signer 1")), finding.SignatureDigest, finding.LayerLineEnds), Altered},

		{"SHA-1", with(report(good("1/signer 1")), finding.SignatureRefused), Untrusted},
		{"a certificate that is missing", with(report(good("1/signer 1")), finding.SignerUnknown), Untrusted},
		{"a certificate without an address", with(report(good("1/signer 1")), finding.FromNoAddress), Untrusted},
		{"a signature over a part", partly(), Untrusted},
		{"no signers where signers should be", unsigned(finding.LayerNoSigners), Untrusted},
		{"something else in the signature's place", unsigned(finding.MIMEProtocol), Untrusted},
		{"ciphertext beside clear text", encrypted(true, finding.EncryptionMixed), Untrusted},

		{"nobody signed", unsigned(finding.MessageUnsigned), Unsigned},
		{"nobody signed and From is odd", unsigned(finding.FromMissing, finding.FromFields, finding.FromMixedScript), Unsigned},
		{"certificates alone are no signature", unsigned(finding.LayerCerts), Unsigned},
		{"encrypted and not signed", encrypted(true, finding.EncryptionUnsigned, finding.EncryptionNoIntegrity), Unsigned},
		{"only a forwarded message is signed", unsigned(finding.MessageInsideForward), Unsigned},

		{"no key", encrypted(false, finding.EncryptionNoKey), Unreadable},
		{"not decrypted, whatever the reason", encrypted(false), Unreadable},
		{"broken", unsigned(finding.LayerMalformed), Unreadable},
		{"an AEAD cipher in the wrong container", encrypted(false, finding.CMSWrongContainer), Unreadable},
		{"a signature without its content", unsigned(finding.LayerNoContent), Unreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Judge(c.r, Settings{})
			if v.Word != c.want {
				t.Errorf("%s (%s, %v); want %s", v.Word, v.Reason, v.Codes, c.want)
			}
			if v.Reason == "" || v.Advice == "" {
				t.Errorf("no reason or no advice: %+v", v)
			}
		})
	}
}

func TestEverySingleBadFindingForbidsGenuine(t *testing.T) {
	for _, code := range finding.Codes() {
		p, _ := finding.Explain(code)
		v := Judge(with(report(good("1/signer 1")), code), Settings{})
		if got := v.Word == Genuine; got != (p.Severity != finding.Bad) {
			t.Errorf("%s is %s and gives %s", code, p.Severity, v.Word)
		}
	}
}

func TestNothingBadIsLeftUnsaid(t *testing.T) {
	v := Judge(with(report(good("1/signer 1")), finding.SignatureDigest, finding.FromMismatch, finding.EncryptionNoIntegrity), Settings{})
	all := strings.Join(v.Qualifiers, "\n")
	for _, c := range []finding.Code{finding.SignatureDigest, finding.EncryptionNoIntegrity} {
		if title := strings.TrimSuffix(finding.New(c).Title(), "."); !strings.Contains(all, title) {
			t.Errorf("%s is not among the qualifiers:\n%s", c, all)
		}
	}
	if v.Codes[0] != finding.FromMismatch {
		t.Errorf("the deciding code stands first: %v", v.Codes)
	}
}

// STANDARDS 16
func TestSeveralSignersNeverLetTheLastOneDecide(t *testing.T) {
	bad := func(where string) *smime.SignerReport {
		s := good(where)
		s.DigestOK = false
		s.Findings = []finding.Finding{finding.New(finding.SignatureDigest).At(where)}
		return s
	}
	for _, c := range []struct {
		name string
		r    *smime.Report
		rule Signers
		want Word
	}{
		{"the last is good", report(bad("1/signer 1"), good("1/signer 2")), AllSigners, Altered},
		{"the first is good", report(good("1/signer 1"), bad("1/signer 2")), AllSigners, Altered},
		{"the last is good, any counts", report(bad("1/signer 1"), good("1/signer 2")), AnySigner, Genuine},
		{"the first is good, any counts", report(good("1/signer 1"), bad("1/signer 2")), AnySigner, Genuine},
		{"none is good, any counts", report(bad("1/signer 1"), bad("1/signer 2")), AnySigner, Altered},
		{"any counts, but the layer is bad", with(report(bad("1/signer 1"), good("1/signer 2")), finding.LayerTwice), AnySigner, Altered},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Judge(c.r, Settings{Signers: c.rule})
			if v.Word != c.want {
				t.Errorf("%s (%s); want %s", v.Word, v.Reason, c.want)
			}
			if c.rule == AnySigner && v.Word == Genuine && len(v.Qualifiers) == 0 {
				t.Error("the bad signer is not mentioned")
			}
		})
	}
}

func TestGenuineNeedsASignerJudgedInFull(t *testing.T) {
	for name, change := range map[string]func(*smime.SignerReport){
		"the digest":     func(s *smime.SignerReport) { s.DigestOK = false },
		"the signature":  func(s *smime.SignerReport) { s.SignatureOK = false },
		"no chain":       func(s *smime.SignerReport) { s.Chain = nil },
		"a failed chain": func(s *smime.SignerReport) { s.Chain.OK = false },
		"no match":       func(s *smime.SignerReport) { s.Identity.Match = smime.MatchNo },
		"no sender":      func(s *smime.SignerReport) { s.Identity.Match = smime.MatchNoSender },
	} {
		s := good("1/signer 1")
		change(s)
		if v := Judge(report(s), Settings{}); v.Word != Untrusted {
			t.Errorf("without %s the verdict is %s", name, v.Word)
		}
	}
	s := good("1/signer 1")
	s.Identity = smime.Identity{Match: smime.MatchNotChecked, Addresses: []smime.Held{{Address: "alice@example.org"}}}
	v := Judge(with(report(s), finding.SignerUncheckedSender), Settings{})
	if v.Word != Genuine || len(v.Qualifiers) == 0 || !strings.Contains(v.Reason, "alice@example.org") {
		t.Errorf("a sender that nobody asked to compare: %+v", v)
	}
}

// memory is a Memory of one address.
type memory Correspondent

func (m memory) Recall(address string) (Correspondent, bool) {
	return Correspondent(m), address == "alice@example.org"
}

func TestMemoryUnmasksImpostors(t *testing.T) {
	known := Correspondent{Authority: sha256.Sum256([]byte("anchor")), Name: "Example Trust", KeyType: "P-256"}
	other := known
	other.Authority[0]++
	rsa := known
	rsa.KeyType = "RSA"
	ended := rsa
	ended.Ended = true
	always := known
	always.AlwaysSigns = true
	for _, c := range []struct {
		name string
		r    *smime.Report
		m    Memory
		want Word
		code finding.Code
	}{
		{"the same authority and kind of key", report(good("s")), memory(known), Genuine, finding.CorrespondentKnown},
		{"another authority", report(good("s")), memory(other), Impostor, finding.CorrespondentAuthority},
		{"another kind of key", report(good("s")), memory(rsa), Impostor, finding.CorrespondentKeyType},
		{"another kind of key, the old one has ended", report(good("s")), memory(ended), Genuine, finding.CorrespondentKnown},
		{"unsigned, by one who signs now and then", unsigned(), memory(known), Unsigned, ""},
		{"unsigned, by one who always signs", unsigned(), memory(always), Impostor, finding.CorrespondentUnsigned},
		{"only partly signed, by one who always signs", partly(), memory(always), Impostor, finding.CorrespondentUnsigned},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := Judge(c.r, Settings{Memory: c.m})
			if v.Word != c.want {
				t.Errorf("%s (%s); want %s", v.Word, v.Reason, c.want)
			}
			found := c.code == ""
			for _, f := range v.Findings {
				found = found || f.Code == c.code
			}
			if !found {
				t.Errorf("no %s in %v", c.code, v.Findings)
			}
		})
	}
}

func TestConfiguredAddressesMustSign(t *testing.T) {
	for rule, want := range map[string]Word{"alice@example.org": Impostor, "ALICE@EXAMPLE.ORG": Impostor, "@example.org": Impostor,
		"@example.com": Unsigned, "@ample.org": Unsigned, "bob@example.org": Unsigned} {
		if v := Judge(unsigned(), Settings{AlwaysSign: []string{rule}}); v.Word != want {
			t.Errorf("%s: %s; want %s", rule, v.Word, want)
		}
	}
}

func TestTheTableNamesEveryBadFinding(t *testing.T) {
	named := map[finding.Code]bool{}
	for _, r := range Table() {
		named[r.Code] = true
		if r.Word == Genuine || r.Word == Unsigned || r.Word.Meaning() == "" {
			t.Errorf("%s decides %q", r.Code, r.Word)
		}
	}
	for _, r := range rows {
		if p, ok := finding.Explain(r.Code); !ok || p.Severity != finding.Bad && !named[r.Code] {
			t.Errorf("the row of %s is never used: it is %s", r.Code, p.Severity)
		}
	}
}
