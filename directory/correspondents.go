package directory

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/policy"
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

// Memory is a folder of correspondents. It is safe for concurrent use by one process.
type Memory struct {
	dir string
	mu  sync.Mutex
}

// Open returns the memory in a folder, which is made when the first correspondent is learned.
func Open(dir string) *Memory { return &Memory{dir: dir} }

const suffix = ".correspondent.json"

// path names the file of an address. Its letters do not count (RFC 9788 §4.4.5).
func (m *Memory) path(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return filepath.Join(m.dir, hex.EncodeToString(sum[:16])+suffix)
}

func (m *Memory) read(path string) (c Correspondent, known bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		return c, false, fmt.Errorf("correspondent %s: %w", filepath.Base(path), err)
	}
	return c, true, nil
}

// Learn takes a proof. What differs from the pinned authority or kind of key is not learned while the old certificate is good.
func (m *Memory) Learn(v smime.Verified, now time.Time) error {
	s := v.Signer()
	if s == nil || s.Chain == nil || s.Chain.Anchor == nil {
		return errors.New("nothing to learn from")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	path := m.path(v.Address())
	old, known, err := m.read(path)
	if err != nil {
		return err
	}
	anchor, cert := s.Chain.Anchor.Certificate.Fingerprint(), v.Certificate().Fingerprint()
	fresh := Correspondent{Version: 1, Address: v.Address(), Authority: s.Chain.Anchor.Name, Anchor: hex.EncodeToString(anchor[:]), KeyType: s.KeyType(),
		Certificate: hex.EncodeToString(cert[:]), NotAfter: v.Certificate().NotAfter, Mails: 1, First: now, Last: now}
	if known {
		differs := old.Anchor != fresh.Anchor || old.KeyType != fresh.KeyType
		if differs && !old.ended(now) {
			return nil
		}
		fresh.Mails, fresh.First = old.Mails+1, old.First
	}
	return m.write(path, fresh)
}

// ended tells whether the remembered certificate no longer counts, so that a change is to be expected.
func (c *Correspondent) ended(now time.Time) bool {
	return now.After(c.NotAfter) || !c.Revoked.IsZero()
}

// Ended notes that the certificate of an address was seen to be revoked.
func (m *Memory) Ended(address, certificate string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, known, err := m.read(m.path(address))
	if err != nil || !known || c.Certificate != certificate {
		return err
	}
	c.Revoked = at
	return m.write(m.path(address), c)
}

// write keeps a correspondent; the file appears whole.
func (m *Memory) write(path string, c Correspondent) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(m.dir, ".part-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// List returns every correspondent, by address.
func (m *Memory) List() ([]Correspondent, error) {
	files, err := filepath.Glob(filepath.Join(m.dir, "*"+suffix))
	if err != nil {
		return nil, err
	}
	var list []Correspondent
	for _, f := range files {
		c, known, err := m.read(f)
		if err != nil {
			return nil, err
		}
		if known {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Correspondent) int { return strings.Compare(a.Address, b.Address) })
	return list, nil
}

// Forget forgets an address and tells whether it was known.
func (m *Memory) Forget(address string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := os.Remove(m.path(address))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// At is the memory for judgements at a moment.
func (m *Memory) At(now time.Time) policy.Memory { return moment{m, now} }

type moment struct {
	m   *Memory
	now time.Time
}

// Recall returns what is remembered of an address. A file that cannot be read is as one that says nothing.
func (r moment) Recall(address string) (policy.Correspondent, bool) {
	c, known, err := r.m.read(r.m.path(address))
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
