package ra

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// The limits of a list.
const (
	maxList = 20 << 20 // bytes
	maxRows = 10_000
)

// columns are what a list may have; email is required.
var columns = map[string]string{
	"email": "addresses, separated by blanks", "given": "givenName", "surname": "surname", "pseudonym": "pseudonym", "title": "title",
	"reference": "of the person at the organisation, as the number of an employee", "serial": "serialNumber",
}

// Columns names the columns of a list, with what they hold.
func Columns() map[string]string {
	m := map[string]string{}
	for k, v := range columns {
		m[k] = v
	}
	return m
}

// NewImport is a list of people of one organisation.
type NewImport struct {
	Organisation string // id or name
	Profile      string
	Terms        string // version of the agreement, which the organisation accepted for its people
	DryRun       bool   // look, and change nothing
}

// ImportRow is what became of one row.
type ImportRow struct {
	N           int       `json:"row"` // as a spreadsheet counts: the first row behind the header is 2
	Email       string    `json:"email,omitempty"`
	State       string    `json:"state"` // made, would-make, refused
	Application string    `json:"application,omitempty"`
	Refusals    []Refusal `json:"refusals,omitempty"`
}

// ImportReport is what became of a list.
type ImportReport struct {
	ID      string      `json:"id"`
	DryRun  bool        `json:"dryRun,omitempty"`
	Made    int         `json:"made"`
	Refused int         `json:"refused"`
	Before  int         `json:"before"` // rows that an earlier run had done
	Rows    []ImportRow `json:"rows"`
}

// errDry ends a transaction whose work is only to be seen.
var errDry = errors.New("ra: only looked")

// Import applies for everybody on a list (CSV with a header; separated by comma, semicolon or tab; UTF-8 or UTF-16). Each row is an
// application of its own, made in a transaction with its record: the same list again goes on where it ended, and makes nothing
// twice (AUTHORITY 58). A row that is refused does not hold up the others.
func (a *RA) Import(ctx context.Context, d *db.DB, who Actor, n NewImport, r io.Reader) (ImportReport, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxList+1))
	if err != nil {
		return ImportReport{}, err
	}
	list, err := readList(data)
	if err != nil {
		return ImportReport{}, err
	}
	sum := sha256.Sum256(append([]byte(who.ID+"\n"+n.Organisation+"\n"+n.Profile+"\n"), data...))
	report := ImportReport{ID: hex.EncodeToString(sum[:16]), DryRun: n.DryRun}
	if err := a.Do(ctx, d, func(tx *db.Tx) error { return a.mayImport(tx, who, n, report.ID) }); err != nil {
		return report, err
	}
	const batch = 50
	for from := 0; from < len(list); from += batch {
		some := list[from:min(from+batch, len(list))]
		var rows []ImportRow
		before := 0
		err := a.Do(ctx, d, func(tx *db.Tx) (err error) {
			if rows, before, err = a.importRows(tx, who, n, report.ID, some); err == nil && n.DryRun {
				err = errDry
			}
			return err
		})
		if err != nil && !errors.Is(err, errDry) {
			return report, err
		}
		report.Before += before
		report.Rows = append(report.Rows, rows...)
	}
	for _, row := range report.Rows {
		if row.State == "refused" {
			report.Refused++
		} else {
			report.Made++
		}
	}
	return report, nil
}

// mayImport checks the right once, and enters the list in the log.
func (a *RA) mayImport(tx *db.Tx, who Actor, n NewImport, id string) error {
	o, err := a.FindOrganisation(tx, n.Organisation)
	if err != nil {
		return noneIs(err, refuse("organisation.unknown", "S/MIME BR §3.2.3", "organisation", n.Organisation, "this organisation is not known here", "add it first: waxwing ra add-organisation"))
	}
	if err := who.may(DoImport, object{name: "organisation:" + o.ID, organisation: o.ID, profile: n.Profile}); err != nil || n.DryRun {
		return err
	}
	added, err := tx.Exec(`INSERT INTO ra_import (id, body) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, marshal(map[string]string{"who": who.ID, "organisation": o.ID, "profile": n.Profile}))
	if err != nil || added == 0 {
		return err
	}
	return a.log(tx, who.ID, "list.imported", "import:"+id, details{"organisation": o.ID, "profile": n.Profile})
}

// importRows does some rows, or reads what became of them before.
func (a *RA) importRows(tx *db.Tx, who Actor, n NewImport, id string, some []listRow) (rows []ImportRow, before int, err error) {
	for _, one := range some {
		row, err := load[ImportRow](tx, "row", `SELECT body FROM ra_import_row WHERE import = $1 AND n = $2`, id, one.n)
		if err == nil {
			rows, before = append(rows, row), before+1
			continue
		}
		if !errors.Is(err, db.ErrNone) {
			return nil, 0, err
		}
		if row, err = a.importRow(tx, who, n, id, one); err != nil {
			return nil, 0, err
		}
		rows = append(rows, row)
		if n.DryRun {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO ra_import_row (import, n, body) VALUES ($1, $2, $3)`, id, one.n, marshal(row)); err != nil {
			return nil, 0, err
		}
	}
	return rows, before, nil
}

// importRow applies for one person.
func (a *RA) importRow(tx *db.Tx, who Actor, n NewImport, id string, one listRow) (ImportRow, error) {
	row := ImportRow{N: one.n, Email: one.cells["email"], State: "refused", Refusals: one.problems}
	if len(one.problems) > 0 {
		return row, nil
	}
	subject := ca.Subject{GivenName: one.cells["given"], Surname: one.cells["surname"], Pseudonym: one.cells["pseudonym"], Title: one.cells["title"], SerialNumber: one.cells["serial"]}
	p, err := a.Apply(tx, who, NewApplication{Profile: n.Profile, Organisation: n.Organisation, Other: true, Reference: one.cells["reference"], Subject: subject,
		Addresses: strings.Fields(row.Email), Terms: n.Terms, Channel: "csv", Once: fmt.Sprintf("import %s row %d", id, one.n)})
	if err == nil {
		p, err = a.Submit(tx, who, p.Ref())
	}
	var no *Refused
	var denied *Forbidden
	switch {
	case errors.As(err, &no):
		row.Refusals = no.Refusals
	case errors.As(err, &denied):
		row.Refusals = []Refusal{{Code: "forbidden", Section: "S/MIME BR §1.3.2.1", Field: "email", Value: row.Email, What: denied.Error(), Fix: "let somebody apply whose scope it is"}}
	case err != nil:
		return row, err
	case p.State == RefusedState:
		row.Application, row.Refusals = p.ID, p.Refusals
	default:
		row.Application, row.State = p.ID, "made"
		if n.DryRun {
			row.Application, row.State = "", "would-make"
		}
	}
	return row, nil
}

// WriteCSV writes the report as a list again: no cell begins as a formula would.
func (r ImportReport) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	safe := func(s string) string {
		if formula(s) {
			return "'" + s
		}
		return s
	}
	if err := out.Write([]string{"row", "email", "state", "application", "why"}); err != nil {
		return err
	}
	for _, row := range r.Rows {
		why := ""
		if len(row.Refusals) > 0 {
			why = (&Refused{row.Refusals}).Error()
		}
		if err := out.Write([]string{fmt.Sprint(row.N), safe(row.Email), row.State, row.Application, safe(why)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
