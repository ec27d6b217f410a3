package forensics_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

const alternative = "Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\nContent-Type: text/plain\r\n\r\nHello Bob\r\n--alt\r\n" +
	"Content-Type: text/html\r\n\r\n<html><body><p>Hello Bob</p></body></html>\r\n--alt--\r\n"

const umlauts = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\nAlice\r\n"

func body(s string) string { return s[strings.Index(s, "\r\n\r\n")+4:] }

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) + "\r\n" }

const disclaimer = "\r\n____________________________________________\r\nThis e-mail and any attachment are confidential.\r\nPlease do not print.\r\n"

func TestAddedTextIsNamed(t *testing.T) {
	longer := "Content-Type: text/html\r\n\r\n<html>\r\n<body>\r\n<p>Hello</p></body></html>\r\n"
	qp := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n"
	b64 := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	runs(t, []change{
		{"a footer", letter, after(disclaimer), finding.ForensicsFooter},
		{"a footer in the text of several parts", twoParts, once("Alice\r\n", "Alice\r\n"+disclaimer), finding.ForensicsFooter},
		{"a footer in quoted-printable", qp, after("--\r\nUnsere Gesch=C3=A4ftsf=C3=BChrung\r\n"), finding.ForensicsFooter},
		{"a footer in base64", b64 + base64Of("Hello\r\n"), func(string) string { return b64 + base64Of("Hello\r\n"+disclaimer) }, finding.ForensicsFooter},
		{"a banner", letter, once("Dear Bob", "[EXTERNAL] Do not click.\r\nDear Bob"), finding.ForensicsBanner},
		{"a banner of several lines", twoParts, once("Dear Bob", "CAUTION: this mail\r\ncomes from outside.\r\n\r\nDear Bob"), finding.ForensicsBanner},
		{"a banner in HTML", longer, once("<body>", "<body><div class=x><b>CAUTION</b></div>"), finding.ForensicsBanner},
		{"a banner in base64", b64 + base64Of("Hello\r\n"), func(string) string { return b64 + base64Of("[EXTERNAL]\r\n\r\nHello\r\n") }, finding.ForensicsBanner},
		{"a disclaimer before the end of the body", longer, once("</body>", "<hr><p>Confidential.</p></body>"), finding.ForensicsFooter},
		{"a disclaimer in both texts", alternative, func(s string) string {
			return strings.Replace(strings.Replace(s, "Hello Bob\r\n", "Hello Bob\r\n--\r\nour list\r\n", 1), "</body>", "<p>our list</p></body>", 1)
		}, finding.ForensicsFooter},
		{"lines in the middle", letter, once("\tBring", "Click https://example.net\r\n\tBring"), finding.ForensicsLines},
		{"text after the last part", twoParts, after("\r\nYour free webmail\r\n"), finding.ForensicsLines},
		{"text before the first part", twoParts, once("\r\n\r\n--b1", "\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n--b1"), finding.ForensicsLines},
		{"a part at the end", twoParts, once("--b1--", "--b1\r\nContent-Type: text/plain\r\n\r\nOur list\r\n--b1--"), finding.ForensicsPartAdded},
		{"a part at the beginning", twoParts, once("--b1", "--b1\r\nContent-Type: text/plain\r\n\r\nScanned.\r\n--b1"), finding.ForensicsPartAdded},
		{"a multipart around it", letter, func(s string) string {
			return "Content-Type: multipart/mixed; boundary=\"=_list\"\r\n\r\n--=_list\r\n" + s + "\r\n--=_list\r\nContent-Type: text/plain\r\n\r\n____\r\nour list\r\n\r\n--=_list--\r\n"
		}, finding.ForensicsPartAdded},
	})
}

func TestAnotherHeaderOfAPartIsNamed(t *testing.T) {
	two := "Content-Type: text/plain;\r\n\tcharset=\"utf-8\"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\n"
	runs(t, []change{
		{"folding undone", two, once(";\r\n\t", "; "), finding.ForensicsHeader},
		{"folded with a space", two, once(";\r\n\t", ";\r\n "), finding.ForensicsHeader},
		{"folded", letter, once("; charset", ";\r\n\tcharset"), finding.ForensicsHeader},
		{"unquoted", two, once(`"utf-8"`, "utf-8"), finding.ForensicsHeader},
		{"quoted", letter, once("us-ascii", `"us-ascii"`), finding.ForensicsHeader},
		{"boundary unquoted", twoParts, once(`"b1"`, "b1"), finding.ForensicsHeader},
		{"charset in upper case", letter, once("us-ascii", "US-ASCII"), finding.ForensicsHeader},
		{"another case of a name", two, once("Content-Type", "Content-type"), finding.ForensicsHeader},
		{"MIME-Version added", letter, func(s string) string { return "MIME-Version: 1.0\r\n" + s }, finding.ForensicsHeader},
		{"a field of a scanner added", two, once("\r\n\r\n", "\r\nX-Antivirus: clean\r\n\r\n"), finding.ForensicsHeader},
		{"a field left out", two, once("Content-Transfer-Encoding: 7bit\r\n", ""), finding.ForensicsHeader},
		{"fields in another order", two, func(s string) string {
			return "Content-Transfer-Encoding: 7bit\r\nContent-Type: text/plain;\r\n\tcharset=\"utf-8\"\r\n\r\nHello\r\n"
		}, finding.ForensicsHeader},
		{"in an inner part", twoParts, once(`; name="plan.pdf"`, `;`+"\r\n\t"+`name="plan.pdf"`), finding.ForensicsHeader},
	})
}

func TestAnotherEncodingIsNamed(t *testing.T) {
	head := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
	qp := head + "quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\nAlice\r\n"
	long := strings.Repeat("Z", 300)
	wide := head + "base64\r\n\r\n"
	runs(t, []change{
		{"8bit to quoted-printable", umlauts, func(string) string { return qp }, finding.ForensicsEncoding},
		{"8bit to base64", umlauts, func(s string) string { return head + "base64\r\n\r\n" + base64Of(body(s)) }, finding.ForensicsEncoding},
		{"quoted-printable to 8bit", qp, func(string) string { return umlauts }, finding.ForensicsEncoding},
		{"marked by sendmail", umlauts, func(string) string {
			return strings.Replace(qp, "\r\n\r\n", "\r\nX-MIME-Autoconverted: from 8bit to quoted-printable by mx.example.org id x\r\n\r\n", 1)
		}, finding.ForensicsEncoding},
		{"no encoding to quoted-printable", strings.Replace(umlauts, "Content-Transfer-Encoding: 8bit\r\n", "", 1), func(string) string { return qp }, finding.ForensicsEncoding},
		{"base64 to other columns", wide + strings.Repeat(long[:64]+"\r\n", 3), func(string) string {
			return wide + long[:76] + "\r\n" + long[:76] + "\r\n" + long[:40] + "\r\n"
		}, finding.ForensicsRewrapped},
		{"another charset", "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe\r\n",
			func(string) string { return strings.TrimSuffix(umlauts, "Alice\r\n") }, finding.ForensicsCharset},
		{"another charset, the other way", strings.TrimSuffix(umlauts, "Alice\r\n"),
			func(string) string {
				return "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe\r\n"
			}, finding.ForensicsCharset},
		{"another charset in quoted-printable", "Content-Type: text/plain; charset=\"windows-1252\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=80 5\r\n",
			func(string) string {
				return "Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E2=82=AC 5\r\n"
			}, finding.ForensicsCharset},
		{"another name for the charset", letter, once("us-ascii", "utf-8"), finding.ForensicsCharset},
	})
}

func TestLinksAreReadOutOfTheirRewriting(t *testing.T) {
	s := plainHead + "See https://example.org/a?b=c&d=e for more.\r\n"
	link := "https://example.org/a?b=c&d=e"
	runs(t, []change{
		{"Microsoft", s, once(link, "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d%3De&data=05%7C01&reserved=0"), finding.ForensicsLinks},
		{"Proofpoint 2", s, once(link, "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-3Fb-3Dc-26d-3De&d=DwMF&c=x"), finding.ForensicsLinks},
		{"Proofpoint 3", s, once(link, "https://urldefense.com/v3/__https://example.org/a?b=c&d=e__;!!AbC!xyz$"), finding.ForensicsLinks},
		{"Barracuda", s, once(link, "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.org%2fa%3fb%3dc%26d%3de&c=E,1"), finding.ForensicsLinks},
	})
}

func TestPairsOfChangesAreNamed(t *testing.T) {
	for _, c := range []struct {
		name, signed, arrived string
		codes                 []finding.Code
	}{
		{"line feeds and a line end", strings.ReplaceAll(letter, "\r\n", "\n"), letter + "\r\n", []finding.Code{finding.ForensicsLineEnds, finding.ForensicsFinalLine}},
		{"a folding and a footer", letter, strings.Replace(letter, "; charset", ";\r\n\tcharset", 1) + disclaimer, []finding.Code{finding.ForensicsFooter, finding.ForensicsHeader}},
		{"a banner and a field", letter, "MIME-Version: 1.0\r\n" + strings.Replace(letter, "Dear", "CAUTION: outside\r\nDear", 1), []finding.Code{finding.ForensicsHeader, finding.ForensicsBanner}},
		{"From and padding", plainHead + "From me\r\nto you\r\n", plainHead + ">From me \r\nto you \r\n", []finding.Code{finding.ForensicsTrailingSpace, finding.ForensicsFromLine}},
	} {
		t.Run(c.name, func(t *testing.T) { wants(t, explain(t, alg.SHA384, c.signed, c.arrived), c.codes...) })
	}
}

func TestWhatNoSystemDoesIsNotExplained(t *testing.T) {
	for _, arrived := range []string{swap("noon", "nine")(twoParts), swap("JVBERi0x", "JVBERi0y")(twoParts), "", "\r\n", plainHead} {
		if list := explain(t, alg.SHA256, twoParts, arrived); len(list) > 0 {
			t.Errorf("%q is explained: %v", arrived, list)
		}
	}
}

func TestSuspicionsAreMarkedAsSuch(t *testing.T) {
	replacedPart := once("JVBERi0xLjQKJeLjz9MKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyA+PgplbmRvYmoKJSVFT0YK", "gone")(twoParts)
	for _, c := range []struct {
		name, arrived string
		code          finding.Code
		part          string
	}{
		{"a placeholder", once("JVBERi0x", "x")(once("application/pdf; name=\"plan.pdf\"", "text/plain; name=\"DELETED0.TXT\"")(replacedPart)), finding.ForensicsPartReplaced, "1.2"},
		{"a note in words", strings.Replace(twoParts, "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK",
			"Content-Type: text/plain\r\n\r\nThe attachment plan.pdf was removed by the virus scanner.\r\n", 1), finding.ForensicsPartReplaced, "1.2"},
		{"a checksum", once("base64\r\n\r\nJVBERi0x", "base64\r\nContent-MD5: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\nJVBERi0y")(twoParts), finding.ForensicsPartDamaged, "1.2"},
		{"a size", once("base64\r\n\r\nJVBERi0x", "base64\r\nContent-Disposition: attachment; size=4711\r\n\r\nJVBERi0y")(twoParts), finding.ForensicsPartDamaged, "1.2"},
		{"a banner that is not all", once("Dear Bob", "[EXTERNAL] mail\r\nDear Rob")(letter), finding.ForensicsMark, "1"},
		{"a field of a scanner that is not all", once("\r\n\r\nDear Bob", "\r\nX-Antivirus: cleaned\r\n\r\nDear Rob")(letter), finding.ForensicsMark, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := explain(t, alg.SHA256, twoParts+"x", c.arrived)
			if len(list) == 0 || list[0].Code != c.code || list[0].Part != c.part || !list[0].Suspected {
				t.Errorf("got %v; want %s in part %s", list, c.code, c.part)
			}
		})
	}
}

func TestTheOtherPartsBeingIntactTellsWhereTheChangeIs(t *testing.T) {
	pdf := "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
	sum := base64.StdEncoding.EncodeToString(alg.MD5.Sum([]byte(pdf)))
	with := once("Content-Transfer-Encoding: base64", "Content-MD5: "+sum+"\r\nContent-Transfer-Encoding: base64")(twoParts)
	list := explain(t, alg.SHA256, with, swap("noon", "nine")(with))
	if len(list) != 1 || list[0].Code != finding.ForensicsPartDamaged || list[0].Part != "1.1" || !list[0].Suspected {
		t.Errorf("got %v", list)
	}
}

func TestThePlaceIsThatInTheReceivedBytes(t *testing.T) {
	stored := strings.ReplaceAll(letter+disclaimer, "\r\n", "\n")
	list := explain(t, alg.SHA256, letter, stored)
	wants(t, list, finding.ForensicsFooter)
	if r := list[0].Where; stored[r.Start:r.End] != strings.ReplaceAll(disclaimer[2:], "\r\n", "\n") {
		t.Errorf("%v is %q", r, stored[r.Start:r.End])
	}
}

func TestTheSearchIsBoundedAndCanBeStopped(t *testing.T) {
	big := plainHead + strings.Repeat("line\r\n", 600_000)
	if list := explain(t, alg.SHA256, "other", big); len(list) > 0 {
		t.Errorf("%v", list)
	}
	if list := explain(t, alg.SHA256, letter, letter+disclaimer+strings.Repeat("x", forensics.MostBytes)); len(list) > 0 {
		t.Errorf("%v", list)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := forensics.Explain(ctx, strings.NewReader(letter), alg.SHA256, nil, limit.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDigestsWhoseStateCannotBeCopiedWorkToo(t *testing.T) {
	wants(t, explain(t, alg.SHAKE256, twoParts, once("Alice\r\n", "Alice\r\n"+disclaimer)(twoParts)), finding.ForensicsFooter)
}
