package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// The errors a caller may branch on.
var (
	ErrUsed  = errors.New("ca: what was prepared is good for one signature, and was used")                                          // prepare anew
	ErrStale = errors.New("ca: the intent is no longer planned: it was given up, prepared anew elsewhere, or is older than Window") // prepare anew
)

// Issued is a certificate with what belongs to it.
type Issued struct {
	*Certificate
	Chain [][]byte // DER: the authorities above, the issuing one first, the root last
	Again bool     // it was issued before, for the same Reference
}

// Issue signs what was prepared, compares it with the intent, lints and stores it. The transaction of Prepare must be committed.
// After an error the intent is Planned or Void, and nothing was published: prepare the same order again.
func (c *CA) Issue(ctx context.Context, d *db.DB, r *Ready) (*Issued, error) {
	list, err := c.IssueAll(ctx, d, []*Ready{r})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// IssueAll issues many at once: they are signed in parallel and stored in one transaction, all or none.
func (c *CA) IssueAll(ctx context.Context, d *db.DB, ready []*Ready) ([]*Issued, error) {
	var todo []*Ready
	for _, r := range ready {
		if r.used.Swap(true) {
			return nil, ErrUsed
		}
		if r.b != nil {
			todo = append(todo, r)
		}
	}
	if err := c.fault("issue.begin"); err != nil {
		return nil, err
	}
	// Nothing is signed before its intent is on the disk.
	if err := d.Read(ctx, func(tx *db.Tx) error { return stillPlanned(tx, todo) }); err != nil {
		return nil, err
	}
	if err := c.fault("issue.confirmed"); err != nil {
		return nil, err
	}
	signed, err := c.signAll(ctx, todo)
	if err != nil {
		return nil, err
	}
	if err := c.fault("issue.signed"); err != nil {
		return nil, err
	}
	var rows []*Certificate
	err = d.Write(ctx, func(tx *db.Tx) (err error) { rows, err = c.store(tx, todo, signed); return err })
	if err != nil {
		return nil, err
	}
	if err := c.fault("issue.committed"); err != nil {
		return nil, err
	}
	out, next := make([]*Issued, 0, len(ready)), 0
	for _, r := range ready {
		if r.b == nil {
			out = append(out, &Issued{Certificate: r.row, Chain: r.chain, Again: true})
			continue
		}
		out = append(out, &Issued{Certificate: rows[next], Chain: r.chain})
		next++
	}
	return out, nil
}

// IssueOrders goes the whole way for many orders: one transaction for the intents, signatures on all processors, one transaction for
// the certificates. It is all or none: the first refusal ends it, and nothing is recorded.
func (c *CA) IssueOrders(ctx context.Context, d *db.DB, orders []Order) ([]*Issued, error) {
	var ready []*Ready
	err := d.Write(ctx, func(tx *db.Tx) error {
		ready = make([]*Ready, 0, len(orders))
		for i, o := range orders {
			r, err := c.Prepare(tx, o)
			if err != nil {
				return fmt.Errorf("order %d: %w", i+1, err)
			}
			ready = append(ready, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.IssueAll(ctx, d, ready)
}

// stillPlanned compares the intents in the database with what is about to be signed.
func stillPlanned(tx *db.Tx, todo []*Ready) error {
	for _, r := range todo {
		tbs, planned, err := intentOf(tx, r.row.ID)
		if errors.Is(err, db.ErrNone) || err == nil && (tbs != hexSum(r.draft.tbs) || tx.Now.Sub(planned) > Window) {
			return ErrStale
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// signAll signs on all processors. The first error ends it.
func (c *CA) signAll(ctx context.Context, todo []*Ready) ([][]byte, error) {
	signed, errs := make([][]byte, len(todo)), make([]error, len(todo))
	var wait sync.WaitGroup
	workers := min(len(todo), runtime.GOMAXPROCS(0))
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := w; i < len(todo); i += workers {
				if signed[i], errs[i] = c.sign(ctx, todo[i]); errs[i] != nil {
					return
				}
			}
		}()
	}
	wait.Wait()
	return signed, errors.Join(errs...)
}

// sign makes the certificate of one intent, and checks what came back: a token may sign with another key, or something else
// (AUTHORITY 36).
func (c *CA) sign(ctx context.Context, r *Ready) ([]byte, error) {
	signer, err := c.Keys.Signer(ctx, r.b.authority.KeyID)
	if err != nil {
		return nil, fmt.Errorf("the key of the authority %s: %w", r.b.authority.Name, err)
	}
	if err := c.fault("issue.key"); err != nil {
		return nil, err
	}
	raw, err := pki.SignTBS(r.draft.tbs, r.draft.scheme, signer)
	if err != nil {
		return nil, fmt.Errorf("the authority %s: %w", r.b.authority.Name, err)
	}
	if err := c.fault("issue.sign"); err != nil {
		return nil, err
	}
	cert, err := pki.ParseCertificate(raw)
	if err != nil {
		return nil, err
	}
	issuerKey, _ := r.b.issuerKey()
	if err := cert.CheckSignatureBy(issuerKey, alg.Allow{}); err != nil {
		return nil, fmt.Errorf("the signature that the key of the authority %s made does not verify: %w", r.b.authority.Name, err)
	}
	if !bytes.Equal(cert.RawTBS, r.draft.tbs) || !bytes.Equal(cert.Raw, raw) {
		return nil, fmt.Errorf("what was signed for %s is not what was planned", r.row.Serial)
	}
	if err := c.fault("issue.verified"); err != nil {
		return nil, err
	}
	if _, err := c.look(r.b, raw, latest(r.row.Planned, r.row.NotBefore)); err != nil {
		return nil, err
	}
	return raw, c.fault("issue.linted")
}

// store puts signed certificates in the place of their intents. An intent that was given up meanwhile stays so, and its signature is
// thrown away.
func (c *CA) store(tx *db.Tx, todo []*Ready, signed [][]byte) ([]*Certificate, error) {
	if err := c.fault("store.begin"); err != nil {
		return nil, err
	}
	rows := make([]*Certificate, 0, len(todo))
	for i, r := range todo {
		row := *r.row
		row.State, row.DER, row.Issued, row.Fingerprint = Valid, signed[i], tx.Now, hexSum(signed[i])
		stored, err := fulfil(tx, &row)
		if err != nil {
			return nil, err
		}
		if !stored {
			return nil, ErrStale
		}
		if err := c.fault("store.certificate"); err != nil {
			return nil, err
		}
		if r.b.profile.Type.authority() {
			if err := activate(tx, &row); err != nil {
				return nil, err
			}
		}
		if err := c.enter(tx, &row, "certificate.issued", row.By, nil); err != nil {
			return nil, err
		}
		if err := c.fault("store.logged"); err != nil {
			return nil, err
		}
		rows = append(rows, &row)
	}
	return rows, c.fault("store.end")
}
