package ca

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// CRLOptions say which lists are to be made.
type CRLOptions struct {
	Authority string // id or name; required
	By        string // for the log; required
	All       bool   // of every shard; false: of those that are due
	Delta     bool   // deltas to the newest lists, of the shards that changed (RFC 5280 §5.2.4)
	Workers   int    // that sign at once; zero: one for each processor
}

// CRLBuild is what was made: one number for all shards.
type CRLBuild struct {
	Authority  string // id
	Number     int64
	Shards     int // how many lists
	Entries    int // on all of them
	Bytes      int
	Largest    int // bytes of the largest list
	NextUpdate time.Time

	sum []byte // SHA-256 over those of the lists, in the order in which they were stored
}

// crlLease is how long a node may go without a word before another one may build in its place.
const crlLease = 2 * time.Minute

// batchBytes is about how much is written in one transaction.
const batchBytes = 4 << 20

// crlPlan is one build: whoever holds the lease has a number that nobody else has.
type crlPlan struct {
	authority *Authority
	issuer    *pki.Certificate
	options   CRLOptions
	times     Times
	lease     db.Lease
	number    int64
	shards    []shardPlan
	signer    crypto.Signer
}

// BuildCRLs makes the lists of an authority that are due, and publishes them all at once: whoever reads sees the old set or the new
// one. Nothing is due: Shards is 0. It may be called on several nodes; db.ErrHeld says that another one is at it, or was
// two minutes ago. If a signature fails or the program dies, the old lists stay.
func (c *CA) BuildCRLs(ctx context.Context, d *db.DB, o CRLOptions) (*CRLBuild, error) {
	times := c.Times.orDefaults()
	if err := times.check(); err != nil {
		return nil, err
	}
	p := &crlPlan{options: o, times: times}
	if err := d.Write(ctx, func(tx *db.Tx) error { return c.planCRLs(tx, p) }); err != nil {
		return nil, fmt.Errorf("build the CRL of %s: %w", o.Authority, err)
	}
	out := &CRLBuild{Authority: p.authority.ID, Number: p.number}
	if len(p.shards) == 0 {
		return out, nil
	}
	err := c.fault("crl.planned")
	if err == nil {
		err = c.makeCRLs(ctx, d, p, out)
	}
	if err != nil {
		release := func(tx *db.Tx) error { return errors.Join(dropStaged(tx, p.authority.ID), p.lease.Release(tx)) }
		if c.Fault == nil { // a program that dies gives nothing back
			err = errors.Join(err, d.Write(context.WithoutCancel(ctx), release))
		}
		return nil, fmt.Errorf("build the CRL of %s: %w", o.Authority, err)
	}
	return out, c.fault("crl.published")
}

// planCRLs takes the lease and a number.
func (c *CA) planCRLs(tx *db.Tx, p *crlPlan) (err error) {
	if p.authority, err = GetAuthority(tx, p.options.Authority); err != nil {
		return err
	}
	switch {
	case p.authority.Certificate == nil:
		return errors.New("the authority has no certificate yet")
	case p.authority.KeyID == "":
		return errors.New("its key is kept elsewhere: sign the list there, and publish it with ImportCRL")
	}
	if p.issuer, err = p.authority.Parsed(); err != nil {
		return err
	}
	if p.shards, err = c.dueShards(tx, p.authority, p.options); err != nil || len(p.shards) == 0 {
		return err
	}
	if p.lease, err = tx.Acquire("ca.crl/"+p.authority.ID, tx.NewID(), crlLease); err != nil {
		return err
	}
	if err = dropStaged(tx, p.authority.ID); err != nil {
		return err
	}
	p.number, err = nextCRLNumber(tx, p.authority.ID)
	return err
}

// makeCRLs signs in parallel, stores what is signed in pieces, and publishes it.
func (c *CA) makeCRLs(ctx context.Context, d *db.DB, p *crlPlan, out *CRLBuild) (err error) {
	if p.signer, err = c.Keys.Signer(ctx, p.authority.KeyID); err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	todo, made := make(chan shardPlan), make(chan *CRL)
	group.Go(func() error {
		defer close(todo)
		for _, s := range p.shards {
			select {
			case todo <- s:
			case <-inner.Done():
				return inner.Err()
			}
		}
		return nil
	})
	workers, working := p.options.Workers, sync.WaitGroup{}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	working.Add(workers)
	for range workers {
		group.Go(func() error { defer working.Done(); return p.work(inner, d, todo, made) })
	}
	group.Go(func() error { working.Wait(); close(made); return nil })
	group.Go(func() error { return c.stage(inner, d, p, made, out) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := c.fault("crl.staged"); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error { return c.publish(tx, p, out) })
}

// work makes one list after the other.
func (p *crlPlan) work(ctx context.Context, d *db.DB, todo <-chan shardPlan, made chan<- *CRL) error {
	for s := range todo {
		var l *CRL
		var entries []pki.RevokedEntry
		err := d.Read(ctx, func(tx *db.Tx) (err error) {
			l, entries, err = p.read(tx, s)
			return err
		})
		if err == nil {
			err = p.sign(l, entries)
		}
		if err != nil {
			return fmt.Errorf("shard %d: %w", s.shard, err)
		}
		select {
		case made <- l:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// stage stores lists as they come, unseen by readers, in transactions of a few megabytes.
func (c *CA) stage(ctx context.Context, d *db.DB, p *crlPlan, made <-chan *CRL, out *CRLBuild) error {
	sum, batch, size := sha256.New(), []*CRL(nil), 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := d.Write(ctx, func(tx *db.Tx) error { return p.store(tx, batch) })
		batch, size = nil, 0
		if err != nil {
			return err
		}
		return c.fault("crl.batch")
	}
	for l := range made {
		one := sha256.Sum256(l.DER)
		sum.Write(one[:])
		out.Shards, out.Entries, out.Bytes = out.Shards+1, out.Entries+l.Entries, out.Bytes+len(l.DER)
		out.Largest, out.NextUpdate = max(out.Largest, len(l.DER)), l.NextUpdate
		batch, size = append(batch, l), size+len(l.DER)
		if size < batchBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	out.sum = sum.Sum(nil)
	return flush()
}

func (p *crlPlan) store(tx *db.Tx, batch []*CRL) (err error) {
	lease, err := p.lease.Renew(tx, crlLease)
	if err != nil {
		return err
	}
	for _, l := range batch {
		if err := stageCRL(tx, l); err != nil {
			return err
		}
	}
	p.lease = lease
	return nil
}

// publish shows the new lists in the place of the old ones.
func (c *CA) publish(tx *db.Tx, p *crlPlan, out *CRLBuild) error {
	if err := p.lease.Check(tx); err != nil {
		return err
	}
	n, err := publishCRLs(tx, p.authority.ID, p.number)
	if err != nil {
		return err
	}
	if int(n) != len(p.shards) {
		return fmt.Errorf("%d lists are stored where %d were made", n, len(p.shards))
	}
	if err := dropOldCRLs(tx, p.authority.ID); err != nil {
		return err
	}
	details, err := json.Marshal(map[string]any{"number": p.number, "lists": out.Shards, "entries": out.Entries, "bytes": out.Bytes, "delta": p.options.Delta,
		"nextUpdate": out.NextUpdate, "sha256": fmt.Sprintf("%x", out.sum)})
	if err != nil {
		return err
	}
	if _, err := c.Log.Append(tx, audit.Entry{Who: p.options.By, What: "crl.published", Object: "authority:" + p.authority.ID, Details: details}); err != nil {
		return err
	}
	return p.lease.Release(tx)
}
