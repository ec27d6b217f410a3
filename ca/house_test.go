package ca

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
)

// keeper keeps keys in memory.
type keeper struct {
	mu   sync.Mutex
	keys map[string]crypto.Signer
}

func (k *keeper) Signer(_ context.Context, id string) (crypto.Signer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, ok := k.keys[id]
	if !ok {
		return nil, fmt.Errorf("no key %s", id)
	}
	return s, nil
}

func (k *keeper) generate(tx *db.Tx, algorithm, _, _ string) (string, []byte, error) {
	s, err := makeKey(algorithm)
	if err != nil {
		return "", nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	id := tx.NewID()
	k.keys[id] = s
	spki, err := alg.MarshalPublicKey(s.Public())
	return id, spki, err
}

var rsaKeys = struct {
	sync.Mutex
	m map[string]crypto.Signer
}{m: map[string]crypto.Signer{}}

func makeKey(algorithm string) (crypto.Signer, error) {
	switch algorithm {
	case "P-256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "P-384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "P-521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "Ed25519":
		_, k, err := ed25519.GenerateKey(rand.Reader)
		return k, err
	}
	rsaKeys.Lock()
	defer rsaKeys.Unlock()
	if k := rsaKeys.m[algorithm]; k != nil {
		return k, nil
	}
	var bits int
	if _, err := fmt.Sscanf(algorithm, "RSA %d", &bits); err != nil {
		return nil, fmt.Errorf("no kind of key %q", algorithm)
	}
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err == nil {
		rsaKeys.m[algorithm] = k
	}
	return k, err
}

// house is an authority with its database.
type house struct {
	*CA
	d    *db.DB
	keys *keeper
	t    testing.TB
}

func schema() []db.Migration { return slices.Concat(audit.Schema, Schema) }

// now is when tests judge and issue, unless they say otherwise.
var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// open makes a house over a database, with a root and an issuing authority.
func open(t testing.TB, d *db.DB, change func(*CA, *InitOptions)) *house {
	t.Helper()
	k := &keeper{keys: map[string]crypto.Signer{}}
	h := &house{CA: &CA{Log: &audit.Log{Origin: "test"}, Keys: k}, d: d, keys: k, t: t}
	if d.Clock == nil {
		d.Clock = func() time.Time { return now }
	}
	o := InitOptions{Generate: k.generate, By: "user:root", Organization: "ACME GmbH", Country: "DE", URL: "http://pki.waxwing-ca.com", Shards: 8, Approvers: []string{"user:ann", "user:ben"}}
	if change != nil {
		change(h.CA, &o)
	}
	if _, _, err := h.Init(t.Context(), d, o); err != nil {
		t.Fatal(err)
	}
	return h
}

// newHouse is a house on SQLite.
func newHouse(t testing.TB, change func(*CA, *InitOptions)) *house {
	t.Helper()
	return open(t, testdb.Open(t, t.TempDir()+"/test.db", schema()...), change)
}

func publicHouse(t testing.TB) *house {
	return newHouse(t, func(c *CA, _ *InitOptions) { c.PublicTrust = true })
}

func (h *house) prepare(o Order) (r *Ready, err error) {
	err = h.d.Write(h.t.Context(), func(tx *db.Tx) (err error) { r, err = h.Prepare(tx, o); return err })
	return r, err
}

// issue goes the whole way.
func (h *house) issue(o Order) (*Issued, error) {
	r, err := h.prepare(o)
	if err != nil {
		return nil, err
	}
	return h.Issue(h.t.Context(), h.d, r)
}

func (h *house) mustIssue(o Order) (*Issued, *pki.Certificate) {
	h.t.Helper()
	out, err := h.issue(o)
	if err != nil {
		h.t.Fatal(err)
	}
	c, err := out.Parsed()
	if err != nil {
		h.t.Fatal(err)
	}
	return out, c
}

// csr is a request for a new key.
func csr(t testing.TB, algorithm string) []byte {
	t.Helper()
	k, err := makeKey(algorithm)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := pki.CreateRequest(pki.RequestTemplate{}, k)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var orders int

// order is a good order by a profile, with a new P-256 key.
func order(t testing.TB, profile string) Order {
	orders++
	n := fmt.Sprint(orders)
	o := Order{Profile: profile, Request: csr(t, "P-256"), Holder: "person:" + n, Reference: "application:" + n, By: "ra", Approvers: []string{"user:ann", "user:ben"},
		Addresses: []string{"ada@acme.test"}}
	switch Type(profile[:3]) {
	case "org":
		o.Subject = Subject{Country: "DE", Organization: "ACME GmbH", OrganizationIdentifier: "NTRDE-DER3306.HRB12345"}
	case "spo":
		o.Subject = Subject{Country: "DE", Organization: "ACME GmbH", OrganizationIdentifier: "NTRDE-DER3306.HRB12345", GivenName: "Ada", Surname: "Lovelace"}
	case "ind":
		o.Subject = Subject{GivenName: "Ada", Surname: "Lovelace"}
	}
	return o
}
