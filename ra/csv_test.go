package ra

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/waxwing-mail/waxwing/db"
)

func (h *house) imported(n NewImport, list string) ImportReport {
	h.t.Helper()
	n.Organisation, n.Profile, n.Terms = h.acme.ID, "sponsor-strict", Terms
	report, err := h.Import(h.t.Context(), h.d, h.enterprise, n, strings.NewReader(list))
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

func (h *house) ownDomain() {
	h.t.Helper()
	h.do(func(tx *db.Tx) error {
		_, err := h.VerifyDomain(tx, h.specialist, DomainControl{Organisation: h.acme.ID, Domain: "acme.test", Method: "dns-change", Source: "TXT"})
		return err
	})
}

// AUTHORITY 58: a list with everything that lists have.
func TestAuthority58AListOfPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.ownDomain()
		list := "\xef\xbb\xbfEmail; Given ;surname;reference\r\n" +
			"ada@acme.test;Ada;Lovelace;1\r\n" +
			"\"bob@acme.test bobby@acme.test\";Bob;\"Builder; the\";2\r\n" +
			"cyd@acme.test;=cmd|' /C calc'!A0;Cyd;3\r\n" +
			"ADA@acme.test;Ada;Lovelace;4\r\n" +
			"dan@acme.test;D\xe4n;Dan;5\r\n" +
			"eve@evil.test;Eve;Evil;6\r\n" +
			"fay@acme.test;Fay;7\r\n" +
			"no address;Guy;Guy;8\r\n" +
			"hal@acme.test;Hal;.;9\r\n"
		want := map[int]string{2: "made", 3: "made", 4: "row.formula", 5: "row.duplicate", 6: "row.encoding", 7: "enterprise.domain", 8: "row.cells", 9: "address.form", 10: "subject.empty-words"}
		dry := h.imported(NewImport{DryRun: true}, list)
		if n := h.rows("ra_application") + h.rows("ra_import") + h.rows("ra_import_row") + h.rows("ra_person"); n != 0 {
			t.Errorf("a dry run leaves %d rows", n)
		}
		real := h.imported(NewImport{}, list)
		for _, report := range []ImportReport{dry, real} {
			if report.Made != 2 || report.Refused != 7 || len(report.Rows) != 9 {
				t.Fatalf("made %d, refused %d", report.Made, report.Refused)
			}
			for _, row := range report.Rows {
				if row.State == "refused" {
					hasCode(t, row.Refusals, want[row.N])
				} else if want[row.N] != "made" {
					t.Errorf("row %d is %s, want %s", row.N, row.State, want[row.N])
				}
			}
		}
		h.is(real.Rows[0].Application, Collecting)
		if p := h.app(real.Rows[1].Application); p.Subject.Surname != "Builder; the" || len(p.Addresses) != 2 || p.Channel != "csv" {
			t.Errorf("row 3 became %+v", p.Subject)
		}
		before := h.rows("ra_application")
		again := h.imported(NewImport{}, list)
		if again.Before != 9 || h.rows("ra_application") != before || again.Rows[0].Application != real.Rows[0].Application {
			t.Errorf("the list again: %d rows before, %d applications", again.Before, h.rows("ra_application"))
		}
		var out bytes.Buffer
		if err := real.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		cells, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(cells) != 10 {
			t.Fatalf("the report has %d rows: %v", len(cells), err)
		}
		for _, row := range cells {
			for _, cell := range row {
				if formula(cell) {
					t.Errorf("a spreadsheet would run %q", cell)
				}
			}
		}
	})
}

func (h *house) rows(table string) (n int64) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) { n, err = count(tx, `SELECT count(*) FROM `+table); return err })
	return n
}

// AUTHORITY 58: what cannot be read as a list is refused as a whole, and says why.
func TestAuthority58ListsThatAreNone(t *testing.T) {
	for list, code := range map[string]string{
		"":                           "list.empty",
		"given;surname\nAda;L\n":     "list.column",
		"email;shoes\na@b.test;42\n": "list.column",
		"email,email\na,b\n":         "list.column",
		"email\n" + strings.Repeat("a@b.test\n", maxRows+1): "list.long",
		strings.Repeat("x", maxList+1):                      "list.large",
	} {
		_, err := readList([]byte(list))
		refusedFor(t, err, code)
	}
	wide := utf16.Encode([]rune("email\tgiven\nada@acme.test\tÄda\n"))
	for name, first := range map[string]bool{"little": true, "big": false} {
		data := []byte{0xff, 0xfe}
		if !first {
			data = []byte{0xfe, 0xff}
		}
		for _, u := range wide {
			if first {
				data = append(data, byte(u), byte(u>>8))
			} else {
				data = append(data, byte(u>>8), byte(u))
			}
		}
		rows, err := readList(data)
		if err != nil || len(rows) != 1 || rows[0].cells["given"] != "Äda" {
			t.Errorf("UTF-16, %s end first: %v, %v", name, rows, err)
		}
	}
}

// AUTHORITY 58: a list that was interrupted goes on.
func TestAuthority58AnInterruptedListGoesOn(t *testing.T) {
	h := one(t)
	h.ownDomain()
	var list strings.Builder
	list.WriteString("email,given,surname,reference\n")
	const people = 120
	for i := range people {
		fmt.Fprintf(&list, "p%d@acme.test,Given%d,Surname%d,%d\n", i, i, i, i)
	}
	ctx, stop := context.WithCancel(t.Context())
	clock, transactions := h.d.Clock, 0
	h.d.Clock = func() time.Time { // the power fails in the third transaction
		if transactions == 3 {
			stop()
		}
		transactions++
		return clock()
	}
	n := NewImport{Organisation: h.acme.ID, Profile: "sponsor-strict", Terms: Terms}
	if _, err := h.Import(ctx, h.d, h.enterprise, n, strings.NewReader(list.String())); err == nil {
		t.Fatal("it was not interrupted")
	}
	h.d.Clock = clock
	done := h.rows("ra_import_row")
	if done == 0 || done == people || done != h.rows("ra_application") {
		t.Fatalf("%d rows are recorded, %d applications made", done, h.rows("ra_application"))
	}
	report, err := h.Import(t.Context(), h.d, h.enterprise, n, strings.NewReader(list.String()))
	if err != nil || report.Before != int(done) || report.Made != people || h.rows("ra_application") != people {
		t.Errorf("%d before, %d made, %d applications: %v", report.Before, report.Made, h.rows("ra_application"), err)
	}
}
