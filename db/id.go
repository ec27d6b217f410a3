package db

import (
	"crypto/rand"

	"github.com/oklog/ulid/v2"
)

// NewID makes a name for a new row: a ULID of the transaction's moment and 80 random bits, 26 letters and digits that sort by
// time. It says when the row was made, so it is no secret.
func (tx *Tx) NewID() string { return ulid.MustNew(ulid.Timestamp(tx.Now), rand.Reader).String() }
