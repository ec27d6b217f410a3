package db

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresSettings hold for each connection unless the DSN says otherwise. A node that hangs within a transaction loses it, and the
// others go on; nobody waits for a lock for ever.
var postgresSettings = map[string]string{
	"application_name": "waxwing", "timezone": "UTC", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s",
}

// postgresConnections is how many connections one node holds at most, and postgresWriters how many of them write or wait for their turn to.
// More would not write sooner, and the one whose turn it is may need another connection to read.
const (
	postgresConnections = 16
	postgresWriters     = 3
)

// lockWriters makes writing transactions of all nodes follow each other. LOCK TABLE takes no snapshot, so
// the transaction sees everything that was committed while it waited (PostgreSQL 15, LOCK, Description).
const lockWriters = `LOCK TABLE db_writer IN EXCLUSIVE MODE`

// openPostgres prepares the connections; the first transaction makes one.
func openPostgres(dsn string) (*DB, error) {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The driver's message repeats the DSN, with the password taken out.
		return nil, fmt.Errorf("db: %w", err)
	}
	for name, value := range postgresSettings {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	pool := stdlib.OpenDB(*c)
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections / 2)
	return &DB{engine: PostgreSQL, write: pool, read: pool, turns: make(chan struct{}, postgresWriters)}, nil
}

// postgresKind tells what an error of the server means (PostgreSQL 15, appendix A).
func postgresKind(err error) kind {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return other
	}
	switch e.Code {
	case "23505": // unique_violation
		return exists
	case "40001", "40P01", "55P03": // serialization_failure, deadlock_detected, lock_not_available
		return again
	}
	return other
}

// wasCut tells that a connection which had been there is gone: the server was started anew, or an administrator ended it. That
// none can be made is another thing.
func wasCut(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code == "57P01" || e.Code == "57P02" // admin_shutdown, crash_shutdown
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return !errors.As(err, &connect) && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) && !network.Timeout() || errors.Is(err, syscall.EPIPE))
}
