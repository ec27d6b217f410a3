package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"sync"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// maxKept is how many answers are kept in memory, about a kilobyte each.
const maxKept = 50_000

// answers are those kept in memory.
type answers struct {
	mu   sync.Mutex
	list map[string]*keptAnswer
}

func (a *answers) get(key string) *keptAnswer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list[key]
}

func (a *answers) put(k *keptAnswer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.list == nil {
		a.list = map[string]*keptAnswer{}
	}
	for old := range a.list {
		if len(a.list) < maxKept {
			break
		}
		delete(a.list, old) // any one: it is signed again when it is asked for
	}
	a.list[k.key] = k
}

// Presigned is what Presign did.
type Presigned struct {
	Certificates int // looked at
	Signed       int // answers made
}

// presignBatch is how many certificates are looked at in one transaction.
const presignBatch = 500

// Presign makes the answers about every certificate of an authority that has not expired, by SHA-1 and by SHA-256, where the stored
// one is missing, half as old as it may get, or wrong. They outlive this program, serve all nodes, and are what is given while the signer
// is away. Call it after revocations and every hour or so.
func (o *OCSP) Presign(ctx context.Context, authority string) (out Presigned, err error) {
	after := ""
	for {
		var todo []*situation
		var last string
		err := o.DB.Read(ctx, func(tx *db.Tx) (err error) {
			todo, last, err = o.stale(tx, authority, after, &out)
			return err
		})
		if err != nil || last == "" {
			return out, err
		}
		made, err := o.signAll(ctx, todo)
		if err != nil {
			return out, fmt.Errorf("sign answers in advance: %w", err)
		}
		if err := o.DB.Write(ctx, func(tx *db.Tx) error { return storeAnswers(tx, made) }); err != nil {
			return out, err
		}
		out.Signed, after = out.Signed+len(made), last
	}
}

// stale returns the answers to be made about some certificates, and the last of these; "" when there are no more.
func (o *OCSP) stale(tx *db.Tx, authority, after string, out *Presigned) (todo []*situation, last string, err error) {
	a, err := GetAuthority(tx, authority)
	if err != nil {
		return nil, "", err
	}
	issuer, err := a.Parsed()
	if err != nil {
		return nil, "", err
	}
	k := &known{Authority: a, cert: issuer}
	if k.responders, err = respondersOf(tx, a, issuer); err != nil {
		return nil, "", err
	}
	rows, err := findCertificates(tx, Query{Authority: a.ID, State: Valid, After: after, Limit: presignBatch})
	for _, row := range rows {
		last = row.ID
		if err != nil || tx.Now.After(row.NotAfter) {
			continue
		}
		out.Certificates++
		var c *pki.Certificate
		if c, err = row.Parsed(); err != nil {
			continue
		}
		for _, h := range []*alg.Hash{alg.SHA1, alg.SHA256} {
			var s *situation
			if s, err = k.stale(tx, row, c, h); s != nil {
				todo = append(todo, s)
			}
		}
	}
	return todo, last, err
}

// stale returns what an answer depends on if it is to be made, and nil if the stored one is good.
func (a *known) stale(tx *db.Tx, row *Certificate, c *pki.Certificate, h *alg.Hash) (*situation, error) {
	id, err := pki.NewCertID(c, a.cert, h)
	if err != nil {
		return nil, err
	}
	one := &single{id: id, row: row}
	if one.revocation, err = revocationOf(tx, row.ID); err != nil {
		return nil, err
	}
	one.status = stateOf(one.revocation)
	k, err := storedAnswer(tx, one)
	if err != nil || k != nil && k.status == one.status && tx.Now.Before(k.refresh()) && a.trusts(k) {
		return nil, err
	}
	return &situation{authority: a, question: &question{ids: []pki.CertID{id}}, now: tx.Now, singles: []*single{one}}, nil
}

// signAll signs with one signer, which is fetched once.
func (o *OCSP) signAll(ctx context.Context, todo []*situation) (list []storable, err error) {
	if len(todo) == 0 {
		return nil, nil
	}
	times := o.CA.Times.orDefaults()
	if err := times.check(); err != nil {
		return nil, err
	}
	var signer crypto.Signer
	err = errors.New("there is no key that may sign")
	var by *responder
	for _, by = range todo[0].authority.usable(todo[0].now) {
		if signer, err = o.CA.Keys.Signer(ctx, by.keyID); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	for _, s := range todo {
		k, err := s.answer(by, signer, times)
		if err != nil {
			return nil, err
		}
		list = append(list, storable{k, s.singles[0].row.ID})
	}
	return list, nil
}
