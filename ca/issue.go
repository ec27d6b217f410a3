package ca

import (
	"context"
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// Issued is a certificate with what belongs to it.
type Issued struct {
	*Certificate
	Chain [][]byte // DER: the authorities above, the issuing one first, the root last
	Again bool     // it was issued before, for the same Reference
}

// Issue signs what was prepared, compares it with the intent, lints and stores it.
func (c *CA) Issue(ctx context.Context, d *db.DB, r *Ready) (*Issued, error) {
	list, err := c.IssueAll(ctx, d, []*Ready{r})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// IssueAll issues many at once: they are signed in parallel and stored in one transaction.
func (c *CA) IssueAll(ctx context.Context, d *db.DB, ready []*Ready) ([]*Issued, error) {
	return nil, errors.New("ca: issuing lands next")
}
