package db

import (
	"errors"
	"fmt"
	"time"
)

// The errors of leases.
var (
	ErrHeld = errors.New("db: somebody else holds the lease")
	ErrLost = errors.New("db: the lease has ended or was taken over")
)

// Lease is the right to do one thing alone for a while: to run the jobs, to build a list of revocations. Its row is the only
// coordination between nodes. Whoever acts under a lease calls Check in the transaction of the act: a node that slept past the
// end of its lease is then stopped, whatever it believes.
type Lease struct {
	Name    string
	Holder  string    // who, for people to read; unique for each start of a program
	Token   int64     // grows with each new holding of this name: the fence for acts outside of the database
	Expires time.Time // when others may take it, by Tx.Now
}

// Acquire takes a lease that is free or has expired, or returns ErrHeld. A holder that has it already must Renew.
func (tx *Tx) Acquire(name, holder string, length time.Duration) (Lease, error) {
	if name == "" || holder == "" || length <= 0 {
		return Lease{}, errors.New("db: a lease needs a name, a holder and a length")
	}
	l := Lease{Name: name, Holder: holder, Expires: tx.Now.Add(length).Truncate(time.Microsecond)}
	err := tx.Row(`INSERT INTO db_lease (name, holder, token, expires) VALUES ($1, $2, 1, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, token = db_lease.token + 1, expires = excluded.expires
		WHERE db_lease.expires <= $4 RETURNING token`, name, holder, l.Expires, tx.Now).Scan(&l.Token)
	if errors.Is(err, ErrNone) {
		return Lease{}, fmt.Errorf("%w: %s", ErrHeld, name)
	}
	if err != nil {
		return Lease{}, err
	}
	return l, nil
}

// Check returns ErrLost unless the lease is still held at the moment of the transaction.
func (l Lease) Check(tx *Tx) error {
	var token int64
	var expires time.Time
	err := tx.Row(`SELECT token, expires FROM db_lease WHERE name = $1`, l.Name).Scan(&token, Moment(&expires))
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	if token != l.Token || !tx.Now.Before(expires) {
		return fmt.Errorf("%w: %s", ErrLost, l.Name)
	}
	return nil
}

// Renew moves the end of a lease that is still held; the token stays.
func (l Lease) Renew(tx *Tx, length time.Duration) (Lease, error) {
	if length <= 0 {
		return Lease{}, errors.New("db: a lease needs a length")
	}
	if err := l.Check(tx); err != nil {
		return Lease{}, err
	}
	l.Expires = tx.Now.Add(length).Truncate(time.Microsecond)
	_, err := tx.Exec(`UPDATE db_lease SET expires = $1 WHERE name = $2`, l.Expires, l.Name)
	return l, err
}

// Release gives a lease back before its end. The row stays, so that the token goes on growing.
func (l Lease) Release(tx *Tx) error {
	if err := l.Check(tx); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE db_lease SET expires = $1 WHERE name = $2`, tx.Now, l.Name)
	return err
}
