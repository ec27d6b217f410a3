package smime

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

var (
	gcm = CipherPolicy{Cipher: alg.OIDAES256GCM}
	cbc = CipherPolicy{Cipher: alg.OIDAES128CBC}
)

func TestEveryNestingIsUndone(t *testing.T) {
	s := newStory(t)
	for _, c := range []struct {
		name, mail, kinds string
		signed, encrypted Coverage
	}{
		{"plain", s.mail, "leaf", CoversNothing, CoversNothing},
		{"clear signed", s.clear(s.mail, s.alice), "clear-signed leaf", CoversAll, CoversNothing},
		{"opaque", s.opaque(s.mail, s.alice), "signed leaf", CoversAll, CoversNothing},
		{"encrypted with GCM", s.encrypt(s.mail, gcm, s.bob), "authEnveloped leaf", CoversNothing, CoversAll},
		{"encrypted with CBC", s.encrypt(s.mail, cbc, s.bob), "enveloped leaf", CoversNothing, CoversAll},
		{"compressed", s.compress(s.mail), "compressed leaf", CoversNothing, CoversNothing},
		{"signed and encrypted", s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob), "authEnveloped clear-signed leaf", CoversAll, CoversAll},
		{"signed opaque and encrypted", s.encrypt(s.opaque(s.mail, s.alice), cbc, s.bob), "enveloped signed leaf", CoversAll, CoversAll},
		{"signed, compressed and encrypted", s.encrypt(s.compress(s.clear(s.mail, s.alice)), gcm, s.bob),
			"authEnveloped compressed clear-signed leaf", CoversAll, CoversAll},
		{"compressed and signed", s.clear(s.compress(s.mail), s.alice), "clear-signed compressed leaf", CoversAll, CoversNothing},
		{"encrypted twice", s.encrypt(s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob), cbc, s.bob),
			"enveloped authEnveloped clear-signed leaf", CoversAll, CoversAll},
		{"signed twice", s.opaque(s.clear(s.mail, s.alice), s.alice), "signed clear-signed leaf", CoversAll, CoversNothing},
		{"signed, encrypted and signed", s.clear(s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob), s.alice),
			"clear-signed authEnveloped clear-signed leaf", CoversAll, CoversAll},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(c.mail)
			if got := kinds(r); got != c.kinds {
				t.Errorf("layers %q; want %q", got, c.kinds)
			}
			if r.Signed != c.signed || r.Encrypted != c.encrypted || r.Opened != (c.encrypted == CoversAll) {
				t.Errorf("signed %s, encrypted %s, opened %v", r.Signed, r.Encrypted, r.Opened)
			}
			wantNothingBad(t, r)
			if c.signed == CoversAll {
				wantGood(t, r)
			}
			text := plainOf(t, r)
			if !strings.HasSuffix(text, "\r\n\r\nShall we meet at noon?\r\n") {
				t.Errorf("the text is not there: %q", text)
			}
			if n := strings.Count(strings.ToLower(text), "\ncontent-type:"); n != 1 {
				t.Errorf("%d Content-Type fields in %q", n, text)
			}
			for _, want := range []string{"From: Alice <alice@example.org>\r\n", "Subject: Lunch\r\n"} {
				if strings.Count(text, want) != 1 {
					t.Errorf("%q is not there once in %q", want, text)
				}
			}
		})
	}
}

func TestEveryLayerSaysWhichBytesItCovers(t *testing.T) {
	s := newStory(t)
	clear := s.clear(s.mail, s.alice)
	r := s.open(clear)
	c := r.Root.Covers
	if c == nil || c.Source != 0 || c.Form != FormCanonical {
		t.Fatalf("covers %+v", c)
	}
	if got := clear[c.Range.Start:c.Range.End]; got != "Content-Type: text/plain; charset=utf-8\r\n\r\nShall we meet at noon?\r\n" {
		t.Errorf("covers %q", got)
	}
	if got := readAll(t, r.Root.Content()); got != clear[c.Range.Start:c.Range.End] {
		t.Errorf("holds %q", got)
	}
	r = s.open(s.encrypt(clear, gcm, s.bob))
	if c := r.Root.Covers; c == nil || c.Source != 1 || c.Form != FormBytes || c.Range.Start != 0 || c.Range.End != r.Root.Content().Size() {
		t.Errorf("covers %+v", c)
	}
	inner := r.Root.Children[0]
	if inner.Source != 1 || inner.Covers.Source != 1 {
		t.Errorf("the inner signature is in source %d and covers %+v", inner.Source, inner.Covers)
	}
	within := readAll(t, r.Root.Content())[inner.Covers.Range.Start:inner.Covers.Range.End]
	if !strings.HasSuffix(within, "noon?\r\n") {
		t.Errorf("the inner signature covers %q", within)
	}
}

func TestOpeningTwiceGivesTheSameReport(t *testing.T) {
	s := newStory(t)
	mail := s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob)
	if a, b := toJSON(t, s.open(mail)), toJSON(t, s.open(mail)); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

func TestWithoutAMomentNothingIsJudged(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	o.Now = o.Now.AddDate(-9999, 0, 0).Truncate(0)
	o = &Opener{Trust: o.Trust}
	if _, err := o.Open(context.Background(), parse(t, s.mail)); !errors.Is(err, errNoMoment) {
		t.Errorf("got %v", err)
	}
}

func TestACancelledContextStops(t *testing.T) {
	s := newStory(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.opener().Open(ctx, parse(t, s.clear(s.mail, s.alice))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheZeroOpenerTrustsNobodyAndIsUseful(t *testing.T) {
	s := newStory(t)
	o := &Opener{Now: s.opener().Now}
	r := s.openAs(o, s.clear(s.mail, s.alice))
	if sr := r.Signers[0]; !sr.DigestOK || !sr.SignatureOK || sr.Chain == nil || sr.Chain.OK || sr.Identity.Match != MatchYes {
		t.Errorf("%+v", sr)
	}
	wantNotGood(t, r)
	r = s.openAs(o, s.encrypt(s.mail, gcm, s.bob))
	wantFinding(t, r.Findings, finding.EncryptionNoKey)
	if e := r.Root.Encryption; e == nil || e.Opened || e.Cipher != "AES-256-GCM" || len(e.Recipients) != 1 || e.Recipients[0].KeyHeld {
		t.Errorf("%+v", e)
	}
	if r.Root.Content() != nil || r.Opened {
		t.Error("something was opened")
	}
}

// STANDARDS 28
func TestLayersAreCountedTogether(t *testing.T) {
	s := newStory(t)
	mail := s.mail
	for range 12 {
		mail = s.compress(mail)
	}
	if r := s.open(mail); len(strings.Fields(kinds(r))) != 13 {
		t.Errorf("%s", kinds(r))
	}
	o := s.opener()
	o.Limits.Layers = 8
	_, err := o.Open(context.Background(), parse(t, mail))
	var over *limit.Error
	if !errors.As(err, &over) || over.What != limit.Layers {
		t.Errorf("got %v", err)
	}
}

func TestAClosedReportHasNoFileLeft(t *testing.T) {
	s := newStory(t)
	o, dir := s.opener(), t.TempDir()
	o.Spool.Dir, o.Spool.Memory = dir, 16
	r, err := o.Open(context.Background(), parse(t, s.encrypt(s.opaque(s.mail, s.alice), gcm, s.bob)))
	if err != nil {
		t.Fatal(err)
	}
	wantGood(t, r)
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	wantEmpty(t, dir)
}
