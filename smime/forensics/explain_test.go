package forensics_test

import (
	"context"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

// explain says what happened to a part between signing and arrival.
func explain(t *testing.T, h *alg.Hash, signed, arrived string) []forensics.Cause {
	t.Helper()
	list, err := forensics.Explain(context.Background(), strings.NewReader(arrived), h, h.Sum([]byte(signed)), limit.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// wants tests that exactly these changes are proven.
func wants(t *testing.T, list []forensics.Cause, codes ...finding.Code) {
	t.Helper()
	ok := len(list) == len(codes)
	for i, c := range list {
		ok = ok && c.Code == codes[i] && !c.Suspected && c.What != "" && c.Who != ""
		if page, known := finding.Explain(c.Code); !known || page.Severity != finding.Info {
			t.Errorf("%s has no page, or one that would decide", c.Code)
		}
	}
	if !ok {
		t.Errorf("got %v; want %v", list, codes)
	}
}

const plainHead = "Content-Type: text/plain; charset=us-ascii\r\n\r\n"

const letter = plainHead + "Dear Bob,\r\n\r\nwe meet at noon.\r\n\tBring the papers.\r\n\r\nAlice\r\n"

const twoParts = "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\n" + letter + "\r\n--b1\r\n" +
	"Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"JVBERi0xLjQKJeLjz9MKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyA+PgplbmRvYmoKJSVFT0YK\r\n--b1--\r\n"

// change is one thing that a system does to a mail.
type change struct {
	name   string
	signed string
	do     func(string) string
	code   finding.Code
}

func swap(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

func once(old, new string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, new, 1) }
}

func after(text string) func(string) string { return func(s string) string { return s + text } }

func runs(t *testing.T, list []change) {
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			arrived := c.do(c.signed)
			if arrived == c.signed {
				t.Fatal("nothing was changed")
			}
			wants(t, explain(t, alg.SHA256, c.signed, arrived), c.code)
		})
	}
}

func TestChangesToLinesAreNamed(t *testing.T) {
	lf := strings.ReplaceAll(letter, "\r\n", "\n")
	spaced := strings.ReplaceAll(letter, "noon.\r\n", "noon.\r\n-- \r\n")
	runs(t, []change{
		{"signed with bare line feeds", lf, swap("\n", "\r\n"), finding.ForensicsLineEnds},
		{"signed with CR CR LF", strings.ReplaceAll(letter, "\r\n", "\r\r\n"), swap("\r\r\n", "\r\n"), finding.ForensicsLineEnds},
		{"arrived with CR CR LF", letter, swap("\r\n", "\r\r\n"), finding.ForensicsLineEnds},
		{"signed with bare CR", strings.ReplaceAll(letter, "\r\n", "\r"), swap("\r", "\r\n"), finding.ForensicsLineEnds},
		{"arrived with a bare CR", letter, once("noon.\r\n", "noon.\r"), finding.ForensicsLineEnds},
		{"every line end doubled", letter, swap("\r\n", "\r\n\r\n"), finding.ForensicsLineEnds},
		{"a line end more", letter, after("\r\n"), finding.ForensicsFinalLine},
		{"three empty lines more", letter, after("\r\n\r\n\r\n"), finding.ForensicsFinalLine},
		{"a line end less", letter + "\r\n", func(s string) string { return strings.TrimSuffix(s, "\r\n") }, finding.ForensicsFinalLine},
		{"no line end at the end", strings.TrimSuffix(letter, "\r\n"), after("\r\n"), finding.ForensicsFinalLine},
		{"a line end less inside", twoParts, once("Alice\r\n\r\n--b1", "Alice\r\n--b1"), finding.ForensicsFinalLine},
		{"a line end more inside", twoParts, once("Alice\r\n\r\n--b1", "Alice\r\n\r\n\r\n--b1"), finding.ForensicsFinalLine},
		{"white space padded", letter, swap(".\r\n", ".  \r\n"), finding.ForensicsTrailingSpace},
		{"the signature separator trimmed", spaced, once("-- \r\n", "--\r\n"), finding.ForensicsTrailingSpace},
		{"white space in the header padded", letter, once("us-ascii\r\n", "us-ascii \r\n"), finding.ForensicsTrailingSpace},
		{"flowing lines trimmed", "Content-Type: text/plain; format=flowed\r\n\r\nA line that is long enough to flow over into \r\nthe next one.\r\n\r\nEnd\r\n",
			swap(" \r\n", "\r\n"), finding.ForensicsTrailingSpace},
		{"a mailbox file", plainHead + "From here on\r\nFrom there on\r\n", swap("\nFrom ", "\n>From "), finding.ForensicsFromLine},
		{"a mailbox file unquoted", plainHead + ">From here on\r\n", swap("\n>From ", "\nFrom "), finding.ForensicsFromLine},
		{"an mboxrd file", plainHead + "From here\r\n>From there\r\n", func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(s, "\n>From ", "\n>>From "), "\nFrom ", "\n>From ")
		}, finding.ForensicsFromLine},
		{"dots left doubled", plainHead + "a\r\n.b\r\n..c\r\n", swap("\n.", "\n.."), finding.ForensicsDots},
		{"dots undoubled twice", plainHead + "a\r\n..\r\nb\r\n", swap("\n..", "\n."), finding.ForensicsDots},
		{"tabs to eight spaces", letter, swap("\t", "        "), finding.ForensicsCharacters},
		{"tabs to the eighth column", letter, once("\tBring", "        Bring"), finding.ForensicsCharacters},
		{"spaces to no-break spaces", letter, once("we meet", "we\u00a0meet"), finding.ForensicsCharacters},
		{"a long line broken", plainHead + strings.Repeat("x", 1400) + "\r\n", once(strings.Repeat("x", 1400), strings.Repeat("x", 998)+"\r\n"+strings.Repeat("x", 402)), finding.ForensicsRewrapped},
		{"a long line broken with a mark", plainHead + strings.Repeat("x", 1400) + "\r\n", once(strings.Repeat("x", 990), strings.Repeat("x", 990)+"!\r\n "), finding.ForensicsRewrapped},
		{"paragraphs wrapped", plainHead + strings.Repeat("word ", 20) + "end.\r\n\r\nAlice\r\n", func(s string) string {
			i := len(plainHead) + 70
			i = strings.LastIndex(s[:i], " ")
			return s[:i] + "\r\n" + s[i+1:]
		}, finding.ForensicsRewrapped},
	})
}
