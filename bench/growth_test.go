package main

import (
	"fmt"
	"testing"

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
		{"policies mapped to each other, 24 authorities", []int{4, 8, 16, 32}, policyTree},
		{"names times constraints", []int{250, 500, 1000, 2000}, nameProduct},
		{"authorities that certify each other", []int{5, 10, 20, 40}, maze},
		{"certificates in one message", []int{1250, 2500, 5000, 10_000}, bag},
		{"entries of a revocation list", []int{125_000, 250_000, 500_000, 1_000_000}, longList},
	}
}

// BenchmarkGrowth measures each size. The metric "x-half" is what it costs beside half the size: 2 is linear, 4
// quadratic; "checked" are the signatures that were checked.
func BenchmarkGrowth(b *testing.B) {
	for _, bomb := range bombs() {
		half := 0.0
		for _, n := range bomb.sizes {
			var last float64
			b.Run(fmt.Sprintf("%s/%d", bomb.name, n), func(b *testing.B) {
				judge := bomb.make(b, n)
				b.ReportAllocs()
				var spent int64
				for b.Loop() {
					_, spent = judge()
				}
				last = float64(b.Elapsed()) / float64(b.N)
				b.ReportMetric(float64(spent), "checked")
				if half > 0 {
					b.ReportMetric(last/half, "x-half")
				}
			})
			half = last
		}
	}
}
