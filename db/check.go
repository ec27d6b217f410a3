package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Health is what Check found.
type Health struct {
	Engine   Engine         `json:"engine"`
	Release  string         `json:"release"`  // of the engine
	Rooms    map[string]int `json:"rooms"`    // the version of each room's tables
	Problems []string       `json:"problems"` // nothing is wrong if empty
}

// Check examines the whole database: whether its pages, indexes and references hold together, whether its tables are of this program's
// version, and whether a confirmed commit survives a power cut. It reads every page of an SQLite file; PostgreSQL's are
// checked by its own tool, pg_amcheck.
func (d *DB) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: d.engine, Rooms: map[string]int{}}
	err := d.Read(ctx, func(tx *Tx) error {
		if err := d.checkVersions(tx, &h); err != nil {
			return err
		}
		if d.engine == SQLite {
			return checkSQLite(tx, &h)
		}
		return checkPostgres(tx, &h)
	})
	return h, err
}

// checkVersions compares the tables with this program's migrations.
func (d *DB) checkVersions(tx *Tx, h *Health) error {
	done, err := applied(tx.ctx, tx.tx)
	if err != nil {
		return err
	}
	for s := range done {
		h.Rooms[s.room] = max(h.Rooms[s.room], s.version)
	}
	if err := d.known(done); err != nil {
		h.Problems = append(h.Problems, err.Error())
	}
	for _, m := range d.schema {
		if _, ok := done[step{m.Room, m.Version}]; !ok {
			h.Problems = append(h.Problems, fmt.Sprintf("version %d of the tables of %s is missing", m.Version, m.Room))
		}
	}
	return nil
}

func checkSQLite(tx *Tx, h *Health) error {
	if err := tx.Row(`SELECT sqlite_version()`).Scan(&h.Release); err != nil {
		return err
	}
	err := tx.Each(func(scan func(...any) error) error {
		var s string
		if err := scan(&s); err != nil {
			return err
		}
		if s != "ok" {
			h.Problems = append(h.Problems, s)
		}
		return nil
	}, `SELECT integrity_check FROM pragma_integrity_check`)
	if err != nil {
		return err
	}
	return tx.Each(func(scan func(...any) error) error {
		var table, parent string
		var n int64
		if err := scan(&table, &parent, &n); err != nil {
			return err
		}
		h.Problems = append(h.Problems, fmt.Sprintf("%d rows of %s name a row of %s that does not exist", n, table, parent))
		return nil
	}, `SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`)
}

// wanted is how a PostgreSQL server must be set for what was confirmed to survive, and for text to be what we wrote.
var wanted = map[string][]string{
	"server_encoding": {"UTF8"}, "fsync": {"on"}, "full_page_writes": {"on"},
	"synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}

func checkPostgres(tx *Tx, h *Health) error {
	if err := tx.Row(`SELECT current_setting('server_version')`).Scan(&h.Release); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		var value string
		if err := tx.Row(`SELECT current_setting($1)`, name).Scan(&value); err != nil {
			return err
		}
		if !slices.Contains(wanted[name], value) {
			h.Problems = append(h.Problems, fmt.Sprintf("%s is %s, not %s", name, value, strings.Join(wanted[name], " or ")))
		}
	}
	var standby bool
	if err := tx.Row(`SELECT pg_is_in_recovery()`).Scan(&standby); err != nil {
		return err
	}
	if standby {
		h.Problems = append(h.Problems, "this server is a standby and takes no writes")
	}
	return nil
}
