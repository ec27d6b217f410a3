package docs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// standing says how far a document is implemented, for those where the references in the code do not say it.
var standing = map[string]string{
	"2634": "Partial: signing certificate, countersigned and triple-wrapped mail are read; receipts and security labels are shown, not acted on",
	"3161": "Yes: tokens are checked; none are made",
	"8550": "Yes", "8551": "Yes", "5652": "Yes", "5280": "Yes", "5083": "Yes",
	"9629": "Partial: recipient entries of key encapsulation are read and shown, and not opened",
	"9788": "Yes", "9787": "Partial: the rules for what counts as signed",
	"9882": "No: named, not implemented", "9881": "No: named, not implemented", "9814": "No: named, not implemented",
	"9909": "No: named, not implemented", "9935": "No: named, not implemented", "9936": "No: named, not implemented",
	"3156": "No: OpenPGP is recognised and left alone",
}

var reference = regexp.MustCompile(`RFC (\d{3,5})`)

// RFCs is the page of the standards that the code refers to, out of its comments. root is the repository.
func RFCs(root string) (string, error) {
	rooms := map[string]map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal/docs") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		room, err := filepath.Rel(root, filepath.Dir(path))
		for _, m := range reference.FindAllStringSubmatch(string(text), -1) {
			if rooms[m[1]] == nil {
				rooms[m[1]] = map[string]bool{}
			}
			rooms[m[1]][filepath.ToSlash(room)] = true
		}
		return err
	})
	return rfcPage(rooms), err
}

func rfcPage(rooms map[string]map[string]bool) string {
	var numbers []string
	for n := range rooms {
		numbers = append(numbers, n)
	}
	sort.Slice(numbers, func(i, j int) bool {
		return len(numbers[i]) < len(numbers[j]) || len(numbers[i]) == len(numbers[j]) && numbers[i] < numbers[j]
	})
	var b strings.Builder
	b.WriteString(made + "# Standards\n\nEvery RFC that the code obeys somewhere, collected from the comments on the lines that do, and how far it is\n" +
		"implemented where that is more or less than those places.\n\n| RFC | implemented | rooms |\n|---|---|---|\n")
	for _, n := range numbers {
		state := standing[n]
		if state == "" {
			state = "where it is referred to"
		}
		var list []string
		for r := range rooms[n] {
			list = append(list, r)
		}
		sort.Strings(list)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", n, state, strings.Join(list, ", "))
	}
	return b.String()
}
