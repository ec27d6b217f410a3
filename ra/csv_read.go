package ra

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// listRow is one row as read.
type listRow struct {
	n        int
	cells    map[string]string
	problems []Refusal
}

// readList reads a list, and what is wrong with each row.
func readList(data []byte) ([]listRow, error) {
	no := func(code, what, fix string) error { return refuse("list."+code, "", "list", "", what, fix) }
	if len(data) > maxList {
		return nil, no("large", fmt.Sprintf("the list has more than %d MB", maxList>>20), "cut it into several")
	}
	text := plainText(data)
	header, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator(header), -1, true, false
	names, err := r.Read()
	if err != nil {
		return nil, no("empty", "there is no header", "begin with a row of names of columns: "+strings.Join(keysSorted(columns), ", "))
	}
	for i, name := range names {
		names[i] = strings.ToLower(strings.TrimSpace(name))
		if _, ok := columns[names[i]]; !ok {
			return nil, no("column", fmt.Sprintf("there is no column %q", name), "take "+strings.Join(keysSorted(columns), ", "))
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, no("column", fmt.Sprintf("the column %q stands there twice", name), "leave one away")
		}
	}
	if !slices.Contains(names, "email") {
		return nil, no("column", "the column email is missing", "add it; the header reads now: "+strings.Join(names, ", "))
	}
	var list []listRow
	seen := map[string]int{}
	for n := 2; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if len(list) == maxRows {
			return nil, no("long", fmt.Sprintf("the list has more than %d rows", maxRows), "cut it into several")
		}
		row := listRow{n: n, cells: map[string]string{}}
		if err != nil {
			row.add("row.form", "", err.Error(), "close the quotation marks")
		}
		row.read(names, cells, seen)
		list = append(list, row)
	}
}

func (r *listRow) add(code, field, what, fix string) {
	r.problems = append(r.problems, Refusal{Code: code, Field: field, Value: r.cells[field], What: what, Fix: fix})
}

// read takes the cells of a row, and says what cannot be taken.
func (r *listRow) read(names, cells []string, seen map[string]int) {
	if len(cells) != len(names) && len(r.problems) == 0 {
		r.add("row.cells", "", fmt.Sprintf("it has %d cells and the header %d", len(cells), len(names)), "quote cells that hold a separator")
	}
	for i, cell := range cells[:min(len(cells), len(names))] {
		cell = strings.TrimSpace(cell)
		r.cells[names[i]] = cell
		switch {
		case !utf8.ValidString(cell) || strings.ContainsRune(cell, utf8.RuneError):
			r.cells[names[i]] = strings.ToValidUTF8(cell, "?")
			r.add("row.encoding", names[i], "it is not UTF-8", "save the list as UTF-8")
		case formula(cell):
			r.add("row.formula", names[i], "a spreadsheet would run it as a formula", "leave the sign at the beginning away")
		case strings.ContainsAny(cell, "\x00\n\r"):
			r.add("row.control", names[i], "it has line ends or control characters", "write it in one line")
		}
	}
	for _, address := range strings.Fields(strings.ToLower(r.cells["email"])) {
		if first := seen[address]; first != 0 {
			r.add("row.duplicate", "email", fmt.Sprintf("row %d has the same address", first), "leave one of them away")
		} else {
			seen[address] = r.n
		}
	}
}

// formula tells whether a spreadsheet would take a cell for one (CWE-1236).
func formula(cell string) bool { return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) }

// plainText takes the byte order mark away, and UTF-16 apart, as spreadsheets write it.
func plainText(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			low, high := data[i], data[i+1]
			if data[0] == 0xfe {
				low, high = high, low
			}
			units = append(units, uint16(low)|uint16(high)<<8)
		}
		return string(utf16.Decode(units))
	}
	return string(data)
}

// separator is the one of which the header has the most.
func separator(header string) rune {
	best := ','
	for _, c := range []rune{';', '\t'} {
		if strings.Count(header, string(c)) > strings.Count(header, string(best)) {
			best = c
		}
	}
	return best
}
