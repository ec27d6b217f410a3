package forensics_test

import (
	"context"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime/forensics"
)

// Whatever arrives: no panic, the same answer twice, places inside of the part, and nothing explained that fits as it is.
func FuzzExplain(f *testing.F) {
	for _, s := range []string{letter, twoParts, alternative, umlauts, strings.ReplaceAll(twoParts, "\r\n", "\n"), "", "\r\n", ":\r\n\r\n=", "A\r\n\r\r\n"} {
		f.Add(s, letter)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, arrived, signed string) {
		if len(arrived) > 4<<10 {
			t.Skip()
		}
		limits := limit.Limits{Parts: 100}
		sum := alg.SHA256.Sum([]byte(signed))
		run := func() []forensics.Cause {
			list, err := forensics.Explain(context.Background(), strings.NewReader(arrived), alg.SHA256, sum, limits)
			if err != nil {
				return nil // a limit
			}
			return list
		}
		list := run()
		again := run()
		if len(list) != len(again) {
			t.Fatalf("%v, and then %v", list, again)
		}
		for i, c := range list {
			if c != again[i] {
				t.Errorf("%v, and then %v", c, again[i])
			}
			if c.Where.Start < 0 || c.Where.End < c.Where.Start || c.Where.End > int64(len(arrived)) {
				t.Errorf("%v is outside of %d bytes", c.Where, len(arrived))
			}
			c.Finding()
		}
		if canonical := strings.ReplaceAll(arrived, "\r\n", "\n"); signed == arrived && !strings.ContainsAny(canonical, "\n\r") && len(list) > 0 {
			t.Errorf("it fits as it is, and is explained by %v", list)
		}
	})
}
