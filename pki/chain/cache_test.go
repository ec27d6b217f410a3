package chain_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func TestACacheSavesWhatWasFoundGood(t *testing.T) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	alice, bob := issuing.Issue(testca.Person("alice@example.org")), issuing.Issue(testca.Person("bob@example.org"))
	cache := chain.NewCache()
	for i, c := range []struct {
		leaf *testca.Entity
		want int64
	}{{alice, 2}, {alice, 0}, {bob, 1}, {bob, 0}} {
		r := ask(c.leaf)
		r.Cache = cache
		got, operations := cost(t, r)
		expect(t, fmt.Sprint("judgement ", i), got, "")
		if operations != c.want {
			t.Errorf("judgement %d: %d operations, want %d", i, operations, c.want)
		}
	}
	// What was found good by one key is not good by another of the same name.
	forged := testca.Root(t, "Issuing", testca.Key(testca.P384))
	r := chain.Request{Leaf: alice.Certificate, Anchors: anchors(forged), Time: testca.Now, Cache: cache}
	expect(t, "another key", chain.Verify(t.Context(), r), "path.signature")
	expect(t, "another key, again", chain.Verify(t.Context(), r), "path.signature")
	var zero chain.Cache
	r = ask(alice)
	r.Cache = &zero
	expect(t, "the zero cache", chain.Verify(t.Context(), r), "")
}

func TestACacheIsSharedByManyAndBounded(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	cache := chain.NewCache()
	var all sync.WaitGroup
	for g := range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 20 {
				r := ask(alice)
				r.Cache = cache
				// Trailing data makes other bytes of the same certificate; they are not what was signed.
				c := *alice.Certificate
				c.Raw = fmt.Appendf(nil, "%s%d.%d", c.Raw, g, i)
				r.Leaf = &c
				if got := chain.Verify(t.Context(), r); !got.OK {
					t.Error(got.Failures)
				}
			}
		}()
	}
	all.Wait()
}

// BenchmarkVerify judges a person below an intermediate authority, with the authority's signature out of the cache: what is left is one operation.
func BenchmarkVerify(b *testing.B) {
	for _, kind := range []testca.KeyKind{testca.P256, testca.RSA} {
		root := testca.Root(b, "Root", testca.Key(kind))
		issuing := root.Issue(testca.Authority("Issuing").With(testca.Key(kind)))
		alice := issuing.Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		name := string(kind)
		if name == "" {
			name = "P-256"
		}
		b.Run(name+"/new leaf", func(b *testing.B) {
			r := ask(alice)
			issuers := ask(issuing)
			issuers.Purpose = chain.CA
			for b.Loop() {
				r.Cache = chain.NewCache()
				issuers.Cache = r.Cache
				b.StopTimer()
				chain.Verify(b.Context(), issuers)
				b.StartTimer()
				if !chain.Verify(b.Context(), r).OK {
					b.Fatal("not good")
				}
			}
		})
		b.Run(name+"/known", func(b *testing.B) {
			r := ask(alice)
			r.Cache = chain.NewCache()
			for b.Loop() {
				if !chain.Verify(b.Context(), r).OK {
					b.Fatal("not good")
				}
			}
		})
		b.Run(name+"/operation", func(b *testing.B) {
			for b.Loop() {
				if err := alice.Certificate.CheckSignatureFrom(issuing.Certificate, chain.Request{}.Allow); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerifyInACrowd shows what a pool costs: of others, and of namesakes of the root.
func BenchmarkVerifyInACrowd(b *testing.B) {
	root := testca.Root(b, "Root")
	alice := root.Issue(testca.Authority("Issuing")).Issue(testca.Person("alice@example.org"))
	for name, one := range map[string]*pki.Certificate{"others": alice.Certificate, "namesakes": root.Certificate} {
		for _, n := range []int{10, 100, 1000, 10_000} {
			r := ask(alice)
			r.Cache = chain.NewCache()
			for i := range n {
				c := *one
				c.Raw = fmt.Appendf(nil, "%s%d", c.Raw, i)
				r.Pool = append(r.Pool, &c)
			}
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					if !chain.Verify(b.Context(), r).OK {
						b.Fatal("not good")
					}
				}
			})
		}
	}
}
