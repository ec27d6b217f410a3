package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrNotEmpty says that the database to copy into has tables already.
var ErrNotEmpty = errors.New("db: the database to copy into must be a new, empty one")

// Copied is what CopyTo copied of one table, and found when it read the copy.
type Copied struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Sum   string `json:"sum"` // of the SHA-256 of all rows, in any order
}

// CopyTo copies every row of every table into a new, empty database, of the other engine or the same, in one transaction of both, and
// reads it back: rows and sums are compared table by table. It copies one state; what others write meanwhile is not in the copy. If anything
// differs, the new database stays empty.
func (d *DB) CopyTo(ctx context.Context, dsn string) ([]Copied, error) {
	to, err := open(dsn)
	if err != nil {
		return nil, err
	}
	defer to.Close()
	to.schema = d.schema
	tables := tablesOf(d.schema)
	var list []Copied
	err = d.Read(ctx, func(from *Tx) error {
		return to.migrateAnd(ctx, true, func(tx *sql.Tx) error {
			list, err = copyTables(from, &Tx{ctx: ctx, engine: to.engine, tx: tx}, tables)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("db: copy: %w", err)
	}
	return list, nil
}

// tablesOf names the tables of the migrations in the order of their making, in which references only lead back. First come the leases and
// the versions; what writers lock has no rows.
func tablesOf(schema []Migration) []string {
	list := []string{"db_schema", "db_lease"}
	for _, m := range schema {
		for _, s := range statements(m.SQL) {
			if words := strings.Fields(s); len(words) > 2 && words[0] == "CREATE" && words[1] == "TABLE" {
				name, _, _ := strings.Cut(words[2], "(")
				list = append(list, name)
			}
		}
	}
	return list
}

func copyTables(from, to *Tx, tables []string) ([]Copied, error) {
	// What the migrations put in comes from the original too.
	for i := len(tables) - 1; i >= 0; i-- {
		if _, err := to.Exec(`DELETE FROM ` + tables[i]); err != nil {
			return nil, err
		}
	}
	var list []Copied
	for _, name := range tables {
		columns, err := columnsOf(to, name)
		if err != nil {
			return nil, err
		}
		if err := copyTable(from, to, name, columns); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		want, err := sumOf(from, name, columns)
		if err != nil {
			return nil, err
		}
		got, err := sumOf(to, name, columns)
		if err != nil {
			return nil, err
		}
		if got != want {
			return nil, fmt.Errorf("table %s: the copy has %d rows with the sum %s, the original %d with %s", name, got.Rows, got.Sum, want.Rows, want.Sum)
		}
		list = append(list, got)
	}
	return list, nil
}

// columnsOf reads the names of a table's columns.
func columnsOf(tx *Tx, table string) (list []string, err error) {
	query := `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	if tx.engine == PostgreSQL {
		query = `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`
	}
	err = tx.Each(func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	}, query, table)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("there is no table %s", table)
	}
	return list, err
}

// batch is how many parameters one INSERT may have: fewer than both engines take.
const batch = 1000

// copyTable copies the rows in as few statements as are sensible.
func copyTable(from, to *Tx, table string, columns []string) error {
	most := max(1, batch/len(columns))
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		rows := make([]string, len(args)/len(columns))
		for i := range rows {
			marks := make([]string, len(columns))
			for k := range marks {
				marks[k] = fmt.Sprintf("$%d", i*len(columns)+k+1)
			}
			rows[i] = "(" + strings.Join(marks, ", ") + ")"
		}
		_, err := to.Exec(`INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES `+strings.Join(rows, ", "), args...)
		args = args[:0]
		return err
	}
	err := eachRow(from, table, columns, func(values []any) error {
		args = append(args, values...)
		if len(args) < most*len(columns) {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// eachRow reads all rows; values are new for each.
func eachRow(tx *Tx, table string, columns []string, f func(values []any) error) error {
	wanted, order := columns, ""
	if tx.engine == SQLite {
		order = " ORDER BY rowid"
		for _, c := range columns { // the driver gives nil for an empty BYTEA too
			wanted = append(wanted[:len(wanted):len(wanted)], c+" IS NULL")
		}
	}
	return tx.Each(func(scan func(...any) error) error {
		values, places := make([]any, len(wanted)), make([]any, len(wanted))
		for i := range values {
			places[i] = &values[i]
		}
		if err := scan(places...); err != nil {
			return err
		}
		for i := range columns {
			if values[i] == nil && len(wanted) > len(columns) && values[len(columns)+i] == int64(0) {
				values[i] = []byte{}
			} else if b, ok := values[i].([]byte); ok && b == nil {
				values[i] = []byte{}
			}
		}
		return f(values[:len(columns)])
	}, `SELECT `+strings.Join(wanted, ", ")+` FROM `+table+order)
}

// sumOf counts the rows and adds up their SHA-256: in each of four words on its own, which finds faults and is not meant against forgers.
func sumOf(tx *Tx, table string, columns []string) (Copied, error) {
	c := Copied{Table: table}
	var sum [4]uint64
	err := eachRow(tx, table, columns, func(values []any) error {
		h := sha256.New()
		for _, v := range values {
			switch v := v.(type) {
			case nil:
				fmt.Fprint(h, "-")
			case int64:
				fmt.Fprintf(h, "i%d;", v)
			case string:
				fmt.Fprintf(h, "t%d:%s", len(v), v)
			case []byte:
				fmt.Fprintf(h, "b%d:%s", len(v), v)
			default:
				return fmt.Errorf("table %s has a %T, which both engines do not have", table, v)
			}
		}
		digest := h.Sum(nil)
		for i := range sum {
			sum[i] += binary.BigEndian.Uint64(digest[8*i:])
		}
		c.Rows++
		return nil
	})
	var b []byte
	for _, n := range sum {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	c.Sum = hex.EncodeToString(b)
	return c, err
}
