package alg

import (
	"testing"
	"time"
)

func TestStrengthFallsOnTheDayOfTheAttack(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		hash *Hash
		day  time.Time
		want int
	}{
		{SHA1, day(2017, 2, 22), 80}, {SHA1, day(2017, 2, 23), 0}, {SHA1, day(2030, 1, 1), 0},
		{MD5, day(2004, 8, 16), 64}, {MD5, day(2004, 8, 17), 0}, {SHA256, day(2030, 1, 1), 128}, {SHAKE256, day(2030, 1, 1), 256},
	} {
		if got := c.hash.StrengthAt(c.day); got != c.want {
			t.Errorf("%s on %v has %d bits, want %d", c.hash.Name, c.day, got, c.want)
		}
	}
	old, today := day(2010, 1, 1), day(2026, 1, 1)
	keys := signingKeys(t)
	for _, c := range []struct {
		id         Identifier
		key        string
		then, now_ int
	}{
		{Identifier{OID: OIDSHA1WithRSA}, "RSA", 80, 0},
		{Identifier{OID: OIDSHA512WithRSA}, "RSA", 112, 112},
		{Identifier{OID: OIDECDSAWithSHA256}, "P-384", 128, 128},
		{Identifier{OID: OIDEd25519}, "Ed25519", 128, 128},
	} {
		v, err := NewVerifier(c.id, nil, keys[c.key].Public(), Allow{SHA1: true})
		if err != nil {
			t.Fatal(err)
		}
		if then, now := v.StrengthAt(old), v.StrengthAt(today); then != c.then || now != c.now_ {
			t.Errorf("%s by %s: %d, then %d", v.Name(), c.key, then, now)
		}
	}
	for bits, want := range map[int]int{511: 0, 1024: 80, 2047: 80, 2048: 112, 3072: 128, 4096: 152, 8192: 192, 15360: 256} {
		if got := rsaBits(bits); got != want {
			t.Errorf("RSA %d has %d bits, want %d", bits, got, want)
		}
	}
}
