package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/shelf"
	"github.com/waxwing-mail/waxwing/smime"
)

// enoughMails is how many signed mails make an address one that always signs.
const enoughMails = 5

// Correspondent is what is remembered of an address.
type Correspondent struct {
	Version     int       `json:"version"`
	Address     string    `json:"address"`
	Authority   string    `json:"authority"`   // what people call it
	Anchor      string    `json:"anchor"`      // SHA-256 of its certificate
	KeyType     string    `json:"keyType"`     // "RSA", "P-256"
	Certificate string    `json:"certificate"` // SHA-256 of the signer's
	NotAfter    time.Time `json:"notAfter"`    // of it
	Mails       int       `json:"mails"`       // signed ones that were judged in full
	First       time.Time `json:"first"`       // when the first was judged
	Last        time.Time `json:"last"`
	Revoked     time.Time `json:"revoked,omitzero"` // when the certificate was seen to be revoked
}

// Memory is a shelf of correspondents. It is safe for concurrent use.
type Memory struct{ shelf shelf.Shelf }

// Open returns the memory in a folder, which is made when the first correspondent is learned.
func Open(dir string) *Memory { return On(shelf.Folder(dir, ".correspondent.json", shelf.Private)) }

// On returns the memory on a shelf, such as db.Documents("correspondent").
func On(s shelf.Shelf) *Memory { return &Memory{s} }

// name names the document of an address. Its letters do not count (RFC 9788 §4.4.5).
func name(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:16])
}

// parse reads a document; nil is no correspondent.
func parse(data []byte) (c Correspondent, known bool, err error) {
	if data == nil {
		return c, false, nil
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, false, fmt.Errorf("correspondent: %w", err)
	}
	return c, true, nil
}

// change puts what f makes of a correspondent in its place; nil leaves everything as it is.
func (m *Memory) change(address string, f func(c Correspondent, known bool) *Correspondent) error {
	return m.shelf.Update(name(address), func(old []byte) ([]byte, error) {
		c, known, err := parse(old)
		if err != nil {
			return nil, err
		}
		changed := f(c, known)
		if changed == nil {
			return old, nil
		}
		data, err := json.MarshalIndent(changed, "", "  ")
		return append(data, '\n'), err
	})
}

// Learn takes a proof. What differs from the pinned authority or kind of key is not learned while the old certificate is good.
func (m *Memory) Learn(v smime.Verified, now time.Time) error {
	s := v.Signer()
	if s == nil || s.Chain == nil || s.Chain.Anchor == nil {
		return errors.New("nothing to learn from")
	}
	anchor, cert := s.Chain.Anchor.Certificate.Fingerprint(), v.Certificate().Fingerprint()
	fresh := Correspondent{Version: 1, Address: v.Address(), Authority: s.Chain.Anchor.Name, Anchor: hex.EncodeToString(anchor[:]), KeyType: s.KeyType(),
		Certificate: hex.EncodeToString(cert[:]), NotAfter: v.Certificate().NotAfter, Mails: 1, First: now, Last: now}
	return m.change(v.Address(), func(old Correspondent, known bool) *Correspondent {
		if known {
			differs := old.Anchor != fresh.Anchor || old.KeyType != fresh.KeyType
			if differs && !old.ended(now) {
				return nil
			}
			fresh.Mails, fresh.First = old.Mails+1, old.First
		}
		return &fresh
	})
}

// ended tells whether the remembered certificate no longer counts, so that a change is to be expected.
func (c *Correspondent) ended(now time.Time) bool {
	return now.After(c.NotAfter) || !c.Revoked.IsZero()
}

// Ended notes that the certificate of an address was seen to be revoked.
func (m *Memory) Ended(address, certificate string, at time.Time) error {
	return m.change(address, func(c Correspondent, known bool) *Correspondent {
		if !known || c.Certificate != certificate {
			return nil
		}
		c.Revoked = at
		return &c
	})
}

// List returns every correspondent, by address.
func (m *Memory) List() ([]Correspondent, error) {
	var list []Correspondent
	err := m.shelf.Each(func(_ string, data []byte) error {
		c, _, err := parse(data)
		list = append(list, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b Correspondent) int { return strings.Compare(a.Address, b.Address) })
	return list, nil
}

// Forget forgets an address and tells whether it was known.
func (m *Memory) Forget(address string) (bool, error) {
	known := false
	err := m.shelf.Update(name(address), func(old []byte) ([]byte, error) {
		known = old != nil
		return nil, nil
	})
	return known && err == nil, err
}

// At is the memory for judgements at a moment.
func (m *Memory) At(now time.Time) policy.Memory { return moment{m, now} }

type moment struct {
	m   *Memory
	now time.Time
}

// Recall returns what is remembered of an address. One that cannot be read is as one that says nothing.
func (r moment) Recall(address string) (policy.Correspondent, bool) {
	data, err := r.m.shelf.Get(name(address))
	if err != nil {
		return policy.Correspondent{}, false
	}
	c, known, err := parse(data)
	if err != nil || !known {
		return policy.Correspondent{}, false
	}
	out := policy.Correspondent{Name: c.Authority, KeyType: c.KeyType, AlwaysSigns: c.Mails >= enoughMails, Ended: c.ended(r.now)}
	anchor, errA := hex.DecodeString(c.Anchor)
	cert, errB := hex.DecodeString(c.Certificate)
	if errA != nil || errB != nil {
		return policy.Correspondent{}, false
	}
	copy(out.Authority[:], anchor)
	copy(out.Fingerprint[:], cert)
	return out, true
}
