package forensics

import (
	"regexp"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// headers tries the header of each part as other systems write it.
func headers(s *search, f *form, y yield) {
	for p := range f.m.Parts() {
		was := f.header(p)
		seen := map[string]bool{was: true}
		for _, v := range headerForms(was) {
			if s.done() {
				return
			}
			if !seen[v.header] {
				seen[v.header] = true
				c := Cause{Code: finding.ForensicsHeader, What: v.what, Who: "a mail server or a scanner that writes headers anew"}
				y(f, c.in(p).at(int(p.Range.Start), int(p.BodyRange.Start)), int(p.Range.Start), []byte(v.header), f.text[p.BodyRange.Start:])
			}
		}
	}
}

// headerForm is a header that a part may have had.
type headerForm struct{ header, what string }

// splitHeader returns the fields of a header, each with its folding and line end, and what follows them.
func splitHeader(header string) (fields []string, rest string) {
	for line := range strings.SplitAfterSeq(header, "\n") {
		switch {
		case line == "" || line == "\r\n":
			rest += line
		case (line[0] == ' ' || line[0] == '\t') && len(fields) > 0:
			fields[len(fields)-1] += line
		default:
			fields = append(fields, line)
		}
	}
	return fields, rest
}

// headerForms returns the forms of a header: of all fields alike, with fields left out or added, in other orders.
func headerForms(header string) (list []headerForm) {
	fields, rest := splitHeader(header)
	add := func(what string, fields []string) {
		list = append(list, headerForm{strings.Join(fields, "") + rest, what})
	}
	for _, k := range spellings {
		all := make([]string, len(fields))
		for i, field := range fields {
			if all[i] = k.write(field); all[i] != field {
				one := slices.Clone(fields)
				one[i] = all[i]
				add(nameOf(field)+": "+k.what, one)
			}
		}
		add(k.what, all)
	}
	for i, field := range fields {
		add(nameOf(field)+" was added", slices.Delete(slices.Clone(fields), i, i+1))
	}
	for i := range fields {
		for j := i + 1; j < len(fields) && j < 6; j++ {
			swapped := slices.Clone(fields)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			add("its fields were put in another order", swapped)
			moved := slices.Insert(slices.Delete(slices.Clone(fields), i, i+1), j, fields[i])
			add("its fields were put in another order", moved)
		}
	}
	for _, field := range commonFields {
		if !slices.ContainsFunc(fields, func(f string) bool { return strings.EqualFold(nameOf(f), nameOf(field)) }) {
			add(strings.TrimSpace(field)+" was removed", append(slices.Clone(fields), field))
			add(strings.TrimSpace(field)+" was removed", slices.Insert(slices.Clone(fields), 0, field))
		}
	}
	return list
}

// commonFields are fields that systems leave out as they say nothing.
var commonFields = []string{"Content-Transfer-Encoding: 7bit\r\n", "Content-Transfer-Encoding: 8bit\r\n", "Content-Disposition: inline\r\n",
	"MIME-Version: 1.0\r\n", "Content-Type: text/plain; charset=us-ascii\r\n", "Content-Type: text/plain\r\n", "Content-Language: en-US\r\n"}

func nameOf(field string) string {
	name, _, _ := strings.Cut(field, ":")
	return name
}

// spelling is a way to write a field.
type spelling struct {
	what  string
	write func(string) string
}

var (
	fold      = regexp.MustCompile(`[ \t]*\r\n[ \t]+`)
	semicolon = regexp.MustCompile(`;[ \t]*(\r\n[ \t]+)?`)
	quotedVal = regexp.MustCompile(`="([!#$%&'*+\-.^_0-9A-Za-z{|}~]+)"`)
	bareVal   = regexp.MustCompile(`([;\s][A-Za-z0-9*\-]+)=([^\s";]+)`)
	charsetIs = regexp.MustCompile(`(?i)(charset="?)([^";\s]+)`)
)

// spellings are the ways in which systems write fields.
var spellings = []spelling{
	{"its fields were folded", func(s string) string { return refold(s, " ") }},
	{"its fields were folded with a space, not a tab", func(s string) string { return refold(s, "\r\n\t") }},
	{"its fields were folded otherwise", func(s string) string { return refold(s, "\r\n ") }},
	{"its fields were folded otherwise", func(s string) string { return refold(s, "\r\n        ") }},
	{"its parameters stood on lines of their own", func(s string) string { return params(s, ";\r\n\t") }},
	{"its parameters stood on lines of their own", func(s string) string { return params(s, ";\r\n ") }},
	{"its parameters stood on one line", func(s string) string { return params(s, "; ") }},
	{"its parameters stood on one line without spaces", func(s string) string { return params(s, ";") }},
	{"its parameters were not quoted", func(s string) string { return quotedVal.ReplaceAllString(s, "=$1") }},
	{"its parameters were quoted", func(s string) string { return bareVal.ReplaceAllString(s, `$1="$2"`) }},
	{"the charset was in lower case", func(s string) string { return charsetCase(s, strings.ToLower) }},
	{"the charset was in upper case", func(s string) string { return charsetCase(s, strings.ToUpper) }},
	{"the field's name was written Content-type", func(s string) string { return renamed(s, lowerTail) }},
	{"the field's name was in lower case", func(s string) string { return renamed(s, strings.ToLower) }},
	{"the field's name was written in the usual way", func(s string) string { return renamed(s, usualName) }},
	{"its value was in lower case", func(s string) string { return valueCase(s, strings.ToLower) }},
	{"its value was in upper case", func(s string) string { return valueCase(s, strings.ToUpper) }},
	{"white space was added at its end", func(s string) string { return strings.TrimRight(s, " \t\r\n") + "\r\n" }},
	{"white space at its end was removed", func(s string) string { return strings.TrimRight(s, " \t\r\n") + " \r\n" }},
	{"a space after the colon was added", func(s string) string { return strings.Replace(s, ": ", ":", 1) }},
	{"a space after the colon was doubled or removed", func(s string) string {
		return nameOf(s) + ": " + strings.TrimLeft(strings.TrimPrefix(s, nameOf(s)+":"), " \t")
	}},
	{"a semicolon at its end was removed", func(s string) string { return strings.TrimRight(s, " \t\r\n;") + ";\r\n" }},
	{"a semicolon at its end was added", func(s string) string { return strings.TrimRight(s, " \t\r\n;") + "\r\n" }},
}
