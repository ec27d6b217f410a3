package ca

import (
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// errForeign says that a request is about no authority of this house, or about several.
var errForeign = errors.New("ca: not an authority of this house")

// known is an authority with what an answer needs of it.
type known struct {
	*Authority
	cert       *pki.Certificate
	responders []*responder
}

// authorityIndex finds authorities by the hashes of CertIDs. It is read from the database again after
// half a minute: so long may a new authority or responder go unseen.
type authorityIndex struct {
	mu    sync.Mutex
	read  time.Time
	found map[string]*known
}

// indexLife is how long the authorities of the database are remembered.
const indexLife = 30 * time.Second

func indexKey(hash der.OID, name, key []byte) string {
	return fmt.Sprintf("%x/%x/%x", hash, name, key)
}

func (x *authorityIndex) find(tx *db.Tx, id pki.CertID) (*known, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if age := tx.Now.Sub(x.read); x.found == nil || age > indexLife || age < 0 {
		if err := x.load(tx); err != nil {
			return nil, err
		}
	}
	return x.found[indexKey(id.Hash.OID, id.NameHash, id.KeyHash)], nil
}

func (x *authorityIndex) load(tx *db.Tx) error {
	list, err := Authorities(tx)
	if err != nil {
		return err
	}
	found := map[string]*known{}
	for _, a := range list {
		if a.Certificate == nil {
			continue
		}
		cert, err := a.Parsed()
		if err != nil {
			return fmt.Errorf("authority %s: %w", a.Name, err)
		}
		k := &known{Authority: a, cert: cert}
		if k.responders, err = respondersOf(tx, a, cert); err != nil {
			return err
		}
		for _, h := range []*alg.Hash{alg.SHA1, alg.SHA256, alg.SHA384, alg.SHA512} {
			found[indexKey(h.OID, h.Sum(cert.RawSubject), h.Sum(cert.KeyInfo.Raw))] = k
		}
	}
	x.found, x.read = found, tx.Now
	return nil
}

// single is what is known of one certificate that was asked about.
type single struct {
	id         pki.CertID
	row        *Certificate // nil: not issued here
	revocation *Revocation  // nil: none
	status     string       // "good", or what was decided and when; "" where row is nil
}

// key names the answer among those that are kept.
func (s *single) key() string { return hexSum(s.id.Raw) }

// situation is all that an answer depends on, as of one moment.
type situation struct {
	question  *question
	now       time.Time
	authority *known
	singles   []*single
	stored    *keptAnswer // signed before, out of the database; nil: none
}

// look collects what an answer depends on.
func (o *OCSP) look(tx *db.Tx, q *question) (*situation, error) {
	s := &situation{question: q, now: tx.Now}
	for _, id := range q.ids {
		a, err := o.index.find(tx, id)
		if err != nil {
			return nil, err
		}
		one := &single{id: id}
		s.singles = append(s.singles, one)
		if a == nil {
			continue // said to be unknown beside others that are known
		}
		if s.authority != nil && s.authority.ID != a.ID {
			return nil, errForeign // nobody may sign for both
		}
		s.authority = a
		if err := one.look(tx, a.Authority); err != nil {
			return nil, err
		}
	}
	if s.authority == nil {
		return nil, errForeign
	}
	if s.cacheable() && o.kept.get(s.singles[0].key()) == nil {
		return s, s.loadStored(tx)
	}
	return s, nil
}

// look finds the certificate. One that is planned and not signed is unknown, as if nobody had thought of it (S/MIME BR §4.9.10).
func (s *single) look(tx *db.Tx, a *Authority) error {
	if s.id.Serial.Sign() <= 0 || s.id.Serial.Cmp(maxSerial()) >= 0 {
		return nil
	}
	row, err := BySerial(tx, a.ID, s.id.Serial.Bytes())
	if errors.Is(err, db.ErrNone) || err == nil && row.State != Valid {
		return nil
	}
	if err != nil {
		return err
	}
	s.row = row
	s.revocation, err = revocationOf(tx, row.ID)
	s.status = stateOf(s.revocation)
	return err
}

// loadStored fetches the answer that was signed before.
func (s *situation) loadStored(tx *db.Tx) (err error) {
	if len(s.singles) == 1 && s.singles[0].row != nil {
		s.stored, err = storedAnswer(tx, s.singles[0])
	}
	return err
}

// maxSerial is one more than 20 octets can hold.
func maxSerial() *big.Int { return new(big.Int).Lsh(big.NewInt(1), 160) }

// stateOf writes a status so that two that are equal answer alike.
func stateOf(r *Revocation) string {
	if !r.Counts() {
		return "good"
	}
	return fmt.Sprintf("%s %d %d", r.State, r.Reason, r.Revoked.Unix())
}

// cacheable reports whether the answer can be given to the next who asks: it is about one certificate that there is, and echoes nothing.
func (s *situation) cacheable() bool {
	return len(s.singles) == 1 && s.singles[0].row != nil && s.question.nonce == nil
}
