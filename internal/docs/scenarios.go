package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// scenarios is how many there are in AUTHORITY §5.
const scenarios = 61

// notTested says what of a scenario no test shows, and why.
var notTested = map[int]string{
	6:  "the statuses of an LEI are those that a record says; GLEIF is not asked",
	13: "there is no thumbnail process: documents are not rendered",
	18: "ROCA, Fermat, Debian and P-192 are tested in pki/keycheck; there is no ACME account key",
	20: "no pages yet, so no key is made in a browser",
	22: "OpenSSL 3.5 is not in Debian 12",
	23: "no ACME (RFC 8823) yet", 24: "no ACME yet", 25: "no ACME yet", 26: "no DKIM is checked in answers yet", 27: "no ACME yet", 28: "no ACME yet",
	29: "of the proof of a mailbox by mail; no ACME yet", 30: "of the proof of a mailbox by mail; no ACME yet",
	31: "CAA records are not asked for yet", 32: "there is one perspective: no MPIC", 33: "no ACME yet",
	40: "Windows, macOS, iOS, OpenSSL 1.1.1 and 3.5 and Java 8 and 21 are not here",
	41: "plutil is Apple's; libplist reads the profile in its place",
	44: "there are no accounts of Gmail and Intune here",
	46: "there is no SCIM; leaving is a verb", 47: "the person is not told by mail yet",
	52: "the sizes at a million entries are not measured",
	53: "there is no form yet: clocks and decisions are tested",
	59: "the dossier is the entry with its proof; other parts are exported one by one",
	61: "every verb, role and scope of ra; there are no routes yet",
}

var scenarioMark = regexp.MustCompile(`AUTHORITY ((?:\d+(?:, and |, | and | to )?)+)`)

// Scenarios is the page of the acceptance scenarios of the authority: where each is tested, out of the marks in the tests. root is the repository.
func Scenarios(root string) (string, error) {
	where := map[int][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		story := filepath.Ext(path) == ".txt" && strings.Contains(path, "testdata/script")
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && !story {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path) // path begins with root
		for _, m := range scenarioMark.FindAllStringSubmatch(string(text), -1) {
			for _, n := range numbers(m[1]) {
				if !slices.Contains(where[n], name) {
					where[n] = append(where[n], name)
				}
			}
		}
		return nil
	})
	var b strings.Builder
	b.WriteString(made + "# The authority's scenarios\n\nThe acceptance scenarios of the authority by number: the files in which a test names it, and what no test shows.\n\n| scenario | tested in | not shown |\n|---|---|---|\n")
	for n := 1; n <= scenarios; n++ {
		if where[n] == nil && notTested[n] == "" {
			return "", fmt.Errorf("scenario %d has no test and no reason", n)
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", n, strings.Join(where[n], ", "), notTested[n])
	}
	return b.String(), err
}

// numbers reads "8 to 12 and 34".
func numbers(text string) []int {
	var list []int
	to := false
	for _, word := range strings.Fields(strings.ReplaceAll(text, ",", " ")) {
		n, err := strconv.Atoi(word)
		switch {
		case err != nil:
			to = word == "to"
			continue
		case to && len(list) > 0:
			for m := list[len(list)-1] + 1; m < n; m++ {
				list = append(list, m)
			}
		}
		list, to = append(list, n), false
	}
	return list
}
