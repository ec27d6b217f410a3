package audit_test

import (
	"runtime"
	"testing"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// on runs a benchmark with a new database of each engine.
func on(b *testing.B, f func(b *testing.B, d *db.DB)) {
	b.Run("sqlite", func(b *testing.B) { f(b, testdb.Open(b, b.TempDir()+"/a.db", audit.Schema...)) })
	b.Run("postgresql", func(b *testing.B) { f(b, testdb.Open(b, testdb.Postgres(b), audit.Schema...)) })
}

var benchEntry = audit.Entry{Who: "user:ada", What: "certificate.issued", Object: "certificate:01J9ZQ0T1M5V9W8X7Y6Z5A4B3C", Details: []byte(`{"profile":"mailbox/1","serial":"6f2c"}`)}

// One entry a transaction, as a person's act makes it: each is on the disk before the next.
func BenchmarkAppend(b *testing.B) {
	on(b, func(b *testing.B, d *db.DB) {
		l := start(b, d)
		for b.Loop() {
			write(b, d, func(tx *db.Tx) error { _, err := l.Append(tx, benchEntry); return err })
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
}

// A hundred entries a transaction, as bulk acts make them.
func BenchmarkAppendMany(b *testing.B) {
	on(b, func(b *testing.B, d *db.DB) {
		l := start(b, d)
		for b.Loop() {
			write(b, d, func(tx *db.Tx) error {
				for range 100 {
					if _, err := l.Append(tx, benchEntry); err != nil {
						return err
					}
				}
				return nil
			})
		}
		b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
}

// A verification of 100,000 entries with 100 checkpoints.
func BenchmarkVerify(b *testing.B) {
	const n = 100_000
	on(b, func(b *testing.B, d *db.DB) {
		l := start(b, d)
		for range 100 {
			fill(b, d, l, n/100)
			write(b, d, func(tx *db.Tx) error { _, err := l.Checkpoint(tx); return err })
		}
		var now runtime.MemStats
		for b.Loop() {
			read(b, d, func(tx *db.Tx) error { _, err := l.Verify(tx, verifiers(b, l)); return err })
		}
		runtime.ReadMemStats(&now)
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		b.ReportMetric(float64(now.HeapSys)/(1<<20), "MB-heap")
	})
}
