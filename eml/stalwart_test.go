package eml

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// theirMessage is what stalwart-mail-parser's own tests expect of a mail.
type theirMessage struct {
	Parts []struct {
		Headers []struct {
			Name        any   `json:"name"`
			OffsetField int64 `json:"offset_field"`
		} `json:"headers"`
		Body         map[string]json.RawMessage `json:"body"`
		OffsetHeader int64                      `json:"offset_header"`
		OffsetBody   int64                      `json:"offset_body"`
		OffsetEnd    int64                      `json:"offset_end"`
	} `json:"parts"`
}

func (m *theirMessage) shape(i int) string {
	p := m.Parts[i]
	for kind, body := range p.Body {
		switch kind {
		case "Multipart":
			var ids []int
			json.Unmarshal(body, &ids)
			var s []string
			for _, id := range ids {
				s = append(s, m.shape(id))
			}
			return fmt.Sprintf("%d@%d(%s)", len(p.Headers), p.OffsetBody, strings.Join(s, " "))
		case "Message":
			var inner theirMessage
			json.Unmarshal(body, &inner)
			return fmt.Sprintf("%d@%d[%s]", len(p.Headers), p.OffsetBody, inner.shape(0))
		}
	}
	return fmt.Sprintf("%d@%d-%d", len(p.Headers), p.OffsetBody, p.OffsetEnd)
}

func shape(p *Part) string {
	var s []string
	for _, c := range p.Children {
		s = append(s, shape(c))
	}
	n := len(p.Header.Fields)
	switch {
	case p.IsMultipart():
		return fmt.Sprintf("%d@%d(%s)", n, p.BodyRange.Start, strings.Join(s, " "))
	case p.IsMessage():
		return fmt.Sprintf("%d@%d[%s]", n, p.BodyRange.Start, strings.Join(s, " "))
	}
	return fmt.Sprintf("%d@%d-%d", n, p.BodyRange.Start, p.BodyRange.End)
}

// apart are the mails that we read otherwise, and why.
var apart = map[string]string{
	"legacy/049":     "a CR alone stands at the end",
	"malformed/000":  "a delimiter line with a colon is no field",
	"malformed/001":  "inner boundary a, outer ab: a line belongs to the boundary that fills it (RFC 2046 §5.1.1)",
	"malformed/002":  "a multipart without parts is not text",
	"malformed/004":  "--ab is no delimiter of a",
	"malformed/007":  "--ab is no delimiter of a, so the header goes on",
	"malformed/008":  "as 001",
	"malformed/009":  "as 001",
	"malformed/011":  "as 001",
	"malformed/012":  "as 001",
	"malformed/013":  "a delimiter line at the end opens a part",
	"malformed/014":  "as 013",
	"malformed/016":  "as 001",
	"malformed/019":  "boundary42 is not Boundary42",
	"malformed/020":  "a delimiter line without a blank line after the header, then an empty part",
	"malformed/021":  "as 020",
	"malformed/022":  "an attached message without a header is one",
	"rfc/008":        "an encoded message is not looked into (RFC 2046 §5.2.1)",
	"thirdparty/005": "a delimiter is a line of its own",
	"thirdparty/011": "an empty line before a delimiter is the delimiter's (RFC 2046 §5.1.1)",
	"thirdparty/015": "messages cut off inside their headers end where the parts end",
}

func TestStalwartSeesTheSameStructure(t *testing.T) {
	root := filepath.Join(peer.Vectors(t), "stalwart-mail-parser/eml")
	files, err := filepath.Glob(filepath.Join(root, "*/*.json"))
	if err != nil || len(files) < 200 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		raw, _ := os.ReadFile(name)
		var m theirMessage
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(name, err)
		}
		base, crlf := strings.CutSuffix(strings.TrimSuffix(name, ".json"), ".crlf")
		data, err := os.ReadFile(base + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		if crlf {
			data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
		}
		base, _ = filepath.Rel(root, base)
		got, want := shape(parsed(t, string(data)).Root), m.shape(0)
		if _, differs := apart[base]; got != want && !differs {
			t.Errorf("%s\n got %s\nwant %s", name, got, want)
		} else if got == want && differs && base != "legacy/049" {
			t.Errorf("%s: no longer apart", name)
		}
	}
}
