package main

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/pki/chain"
)

// bomb is something that is made to keep a validator busy, in growing sizes.
type bomb struct {
	name  string
	sizes []int
	make  func(t testing.TB, n int) func() (*chain.Result, int64) // what is measured: reading and judging
}

// bombs are the known ones. Each once brought down somebody's validator.
func bombs() []bomb {
	return []bomb{
		{"policies, each mapped to each (n policies, 24 authorities)", []int{4, 8, 16, 32}, policyTree},
		{"n names under n constraints", []int{250, 500, 1000, 2000}, nameProduct},
		{"n authorities that certify each other", []int{5, 10, 20, 40}, maze},
		{"n certificates in one message", []int{1250, 2500, 5000, 10_000}, bag},
		{"a revocation list of n entries", []int{125_000, 250_000, 500_000, 1_000_000}, longList},
	}
}

// runGrowth prints what each size costs, and how much more than half of it: 2 is linear, 4 quadratic.
func runGrowth() error {
	fmt.Println("| made to keep a validator busy | n | CPU ms | × half | MiB allocated | signatures checked | ended |\n|---|---:|---:|---:|---:|---:|---|")
	for _, b := range bombs() {
		var before time.Duration
		for _, n := range b.sizes {
			var failed bool
			testing.Benchmark(func(t *testing.B) { // for its testing.TB alone
				if t.N > 1 {
					return
				}
				defer func() { failed = t.Failed() }()
				before = explode(b, n, b.make(t, n), before)
			})
			if failed {
				return fmt.Errorf("%s, %d: could not be made", b.name, n)
			}
		}
	}
	return nil
}

// explode runs one bomb, prints its row and returns its CPU time.
func explode(b bomb, n int, judge func() (*chain.Result, int64), half time.Duration) time.Duration {
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	start := cpuTime()
	r, spent := judge()
	took := cpuTime() - start
	runtime.ReadMemStats(&m1)
	growth, ended := "", "judged"
	if half > 0 {
		growth = fmt.Sprintf("**%.1f**", float64(took)/float64(half))
	}
	for _, f := range r.Failures {
		ended = string(f.Code)
	}
	fmt.Printf("| %s | %d | %.1f | %s | %.1f | %d | %s |\n", b.name, n, float64(took.Microseconds())/1000, growth,
		float64(m1.TotalAlloc-m0.TotalAlloc)/(1<<20), spent, ended)
	return took
}
