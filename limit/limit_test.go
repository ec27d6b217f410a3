package limit

import (
	"errors"
	"testing"
)

func TestTakeFailsAtTheLimitAndNamesIt(t *testing.T) {
	b := New(Limits{Parts: 3})
	for range 3 {
		if err := b.Take(Parts, 1); err != nil {
			t.Fatal(err)
		}
	}
	var e *Error
	if err := b.Take(Parts, 1); !errors.As(err, &e) || e.What != Parts || e.Max != 3 {
		t.Fatalf("got %v, want the parts limit of 3", err)
	}
	if b.Take(Bytes, -1) == nil {
		t.Error("a negative amount was given")
	}
}

func TestWithinComparesAMomentaryValue(t *testing.T) {
	b := New(Limits{Depth: 2})
	if b.Within(Depth, 2) != nil || b.Within(Depth, 3) == nil {
		t.Error("depth 2 is the last allowed")
	}
}

func TestExpandStopsABombByItsRatio(t *testing.T) {
	b := New(Limits{Ratio: 10})
	if err := b.Expand(1<<20, 100, 1<<20); err != nil {
		t.Errorf("the first MiB is free of the ratio: %v", err)
	}
	if b.Expand(1<<20, 200, 2<<20) == nil {
		t.Error("10,000 times the input passed")
	}
	if New(Limits{Expansion: 5}).Expand(6, 6, 6) == nil {
		t.Error("the sum passed")
	}
}

func TestZeroLimitsTakeTheDefaults(t *testing.T) {
	if got := New(Limits{}).Left(Signers); got != Default().Signers {
		t.Errorf("left %d signers, want %d", got, Default().Signers)
	}
}
