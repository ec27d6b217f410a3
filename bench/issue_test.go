package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
)

// benchKeys hands it out.
type benchKeys struct{ key crypto.Signer }

func (k benchKeys) Signer(context.Context, string) (crypto.Signer, error) { return k.key, nil }

// authorityKeys are the kinds of keys that are compared.
func authorityKeys(b *testing.B) map[string]crypto.Signer {
	p256, err1 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, err2 := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsa4096, err3 := rsa.GenerateKey(rand.Reader, 4096)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			b.Fatal(err)
		}
	}
	return map[string]crypto.Signer{"P-256": p256, "P-384": p384, "RSA 4096": rsa4096}
}

// signatures is how many signatures a second the key makes on all processors.
func signatures(b *testing.B, key crypto.Signer) float64 {
	var wait sync.WaitGroup
	counts := make([]int, runtime.GOMAXPROCS(0))
	const length = 400 * time.Millisecond
	for w := range counts {
		wait.Add(1)
		go func() {
			defer wait.Done()
			sum := sha256.Sum256([]byte{byte(w)})
			for start := time.Now(); time.Since(start) < length; counts[w]++ {
				if _, err := key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wait.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / length.Seconds()
}

// BenchmarkIssue goes from orders with requests to stored certificates, in batches, and compares the rate with that of the naked signatures of
// the authority's key:
//
//	go test ./bench -run - -bench BenchmarkIssue -benchtime 2000x
func BenchmarkIssue(b *testing.B) {
	keys := authorityKeys(b)
	for _, engine := range []string{"sqlite", "postgresql"} {
		for _, kind := range []string{"P-256", "P-384", "RSA 4096"} {
			b.Run(engine+"/"+kind, func(b *testing.B) {
				dsn := "sqlite:" + b.TempDir() + "/bench.db"
				if engine == "postgresql" {
					dsn = testdb.Postgres(b)
				}
				issueMany(b, dsn, kind, keys[kind])
			})
		}
	}
}

const batch = 250

func issueMany(b *testing.B, dsn, kind string, key crypto.Signer) {
	d := testdb.Open(b, dsn, slices.Concat(audit.Schema, ca.Schema)...)
	c := &ca.CA{Log: &audit.Log{Origin: "bench"}, Keys: benchKeys{key}}
	spki, err := alg.MarshalPublicKey(key.Public())
	if err != nil {
		b.Fatal(err)
	}
	_, _, err = c.Init(b.Context(), d, ca.InitOptions{By: "bench", Root: kind, Issuing: kind,
		Generate: func(*db.Tx, string, string, string) (string, []byte, error) { return kind, spki, nil }})
	if err != nil {
		b.Fatal(err)
	}
	requests := make([][]byte, b.N)
	for i := range requests {
		subject, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		if requests[i], err = pki.CreateRequest(pki.RequestTemplate{}, subject); err != nil {
			b.Fatal(err)
		}
	}
	raw := signatures(b, key)
	b.ResetTimer()
	start := time.Now()
	for from := 0; from < b.N; from += batch {
		issueBatch(b, c, d, requests[from:min(from+batch, b.N)], from)
	}
	rate := float64(b.N) / time.Since(start).Seconds()
	b.ReportMetric(rate, "certificates/s")
	b.ReportMetric(raw, "signatures/s")
	b.ReportMetric(100*rate/raw, "%-of-signatures")
}

func issueBatch(b *testing.B, c *ca.CA, d *db.DB, requests [][]byte, from int) {
	orders := make([]ca.Order, len(requests))
	for i, request := range requests {
		id := fmt.Sprint(from + i)
		orders[i] = ca.Order{Profile: "mailbox-strict-dual", Addresses: []string{"p" + id + "@acme.example"}, Request: request, Holder: "person:" + id,
			Reference: "application:" + id, By: "bench", Approvers: []string{"user:ann"}}
	}
	if _, err := c.IssueOrders(b.Context(), d, orders); err != nil {
		b.Fatal(err)
	}
}
