package smime

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// flip changes a character of the base64 body of a mail, counted from its end.
func flip(mail string, fromEnd int) string {
	b := []byte(strings.TrimRight(mail, "=\r\n"))
	for i, n := len(b)-1, 0; i > 0; i-- {
		if b[i] == '\r' || b[i] == '\n' {
			continue
		}
		if n++; n == fromEnd {
			if b[i] == 'A' {
				b[i] = 'B'
			} else {
				b[i] = 'A'
			}
			break
		}
	}
	return string(b) + strings.Repeat("=", (4-len(strings.ReplaceAll(body(string(b)), "\r\n", ""))%4)%4) + "\r\n"
}

func body(mail string) string {
	_, b, _ := strings.Cut(mail, "\r\n\r\n")
	return b
}

// STANDARDS 1: nothing of an AEAD is released before its tag verified, and nothing is left on a disk.
func TestNothingIsReleasedWithoutItsTag(t *testing.T) {
	s := newStory(t)
	long := s.mail + strings.Repeat("All work and no play makes Jack a dull boy.\r\n", 60_000)
	mail := s.encrypt(long, gcm, s.bob)
	o, dir := s.opener(), t.TempDir()
	o.Spool = eml.SpoolOptions{Dir: dir, Memory: 4096}
	for _, fromEnd := range []int{10, 1000, len(mail) / 2} {
		r := s.openAs(o, flip(mail, fromEnd))
		wantFinding(t, r.Findings, finding.EncryptionFailed)
		if r.Root.Content() != nil || r.Opened || len(r.Root.Children) != 0 || r.Root.Encryption.Opened {
			t.Errorf("byte %d from the end: something was released", fromEnd)
		}
		if err := r.WritePlain(io.Discard); !errors.Is(err, errClosed) {
			t.Errorf("write plain: %v", err)
		}
		if err := r.WriteMessage(io.Discard); !errors.Is(err, errClosed) {
			t.Errorf("write message: %v", err)
		}
		wantEmpty(t, dir)
	}
	r := s.openAs(o, mail)
	if !r.Opened {
		t.Fatal("the unchanged mail does not open")
	}
	if got := plainOf(t, r); !strings.HasSuffix(got, long[len(long)-1000:]) {
		t.Error("the text is not whole")
	}
}

// STANDARDS 5: CBC hides and protects nothing else.
func TestCBCIsMarkedAsWithoutIntegrity(t *testing.T) {
	s := newStory(t)
	r := s.open(s.encrypt(s.mail, cbc, s.bob))
	wantFinding(t, r.Findings, finding.EncryptionNoIntegrity)
	if r.Root.Encryption.Integrity {
		t.Error("CBC has integrity")
	}
	r = s.open(s.encrypt(s.mail, gcm, s.bob))
	if !r.Root.Encryption.Integrity || has(r.Findings, finding.EncryptionNoIntegrity) {
		t.Error("GCM has none")
	}
}

// STANDARDS 8: outside, every failed decryption is the same; the audit knows more.
func TestEveryFailedDecryptionLooksTheSame(t *testing.T) {
	s := newStory(t)
	rsa := s.person("rsa@example.org", testca.Key(testca.RSA))
	o := s.opener()
	o.Keys = cms.KeyList{{Certificate: rsa.Certificate, Private: rsa.Key}}
	attempts := 0
	o.Audit = func(cms.Attempt) { attempts++ }
	mail := s.encrypt(s.mail, cbc, rsa)
	var seen []string
	for _, changed := range []string{flip(mail, 3), flip(mail, 30), flip(mail, len(body(mail))*2/3)} {
		r := s.openAs(o, changed)
		var list []string
		for _, f := range r.Root.Findings {
			list = append(list, string(f.Code)+f.Detail)
		}
		seen = append(seen, strings.Join(list, " "))
		if !has(r.Findings, finding.EncryptionFailed) && !has(r.Findings, finding.EncryptionNoIntegrity) {
			t.Errorf("%v", codes(r.Findings))
		}
	}
	if attempts == 0 {
		t.Errorf("the audit was told nothing; outside: %q", seen)
	}
}

func TestAMailForOthersSaysForWhom(t *testing.T) {
	s := newStory(t)
	carol := s.person("carol@example.org", testca.Key(testca.RSA))
	mail := s.encrypt(s.mail, gcm, s.alice, carol)
	r := s.open(mail)
	wantFinding(t, r.Findings, finding.EncryptionNoKey)
	e := r.Root.Encryption
	if len(e.Recipients) != 2 || e.Recipients[0].KeyHeld || e.Recipients[1].KeyHeld || e.Recipients[0].ID == "" {
		t.Errorf("%+v", e.Recipients)
	}
	mail = s.encrypt(s.mail, gcm, s.alice, carol, s.bob)
	r = s.open(mail)
	held := 0
	for _, rr := range r.Root.Encryption.Recipients {
		if rr.KeyHeld {
			held++
		}
	}
	if !r.Opened || held != 1 {
		t.Errorf("opened %v, %d keys held", r.Opened, held)
	}
}

func TestAnEncryptedAttachmentThatStaysClosedLeavesTheMailAsItIs(t *testing.T) {
	s := newStory(t)
	secret := s.encrypt(s.mail, gcm, s.alice) // not for Bob
	r := s.open(s.clear(withFooter(secret), s.alice))
	wantGood(t, r)
	wantFinding(t, r.Findings, finding.EncryptionNoKey, finding.EncryptionPart)
	if r.Encrypted != CoversPart || r.Opened {
		t.Errorf("encrypted %s, opened %v", r.Encrypted, r.Opened)
	}
}

// countingKeys counts how often it is asked.
type countingKeys struct {
	keys  cms.Keys
	asked map[*cms.Recipient]int
}

func (c *countingKeys) For(r *cms.Recipient) []cms.Key {
	c.asked[r]++
	return c.keys.For(r)
}

func TestKeysAreAskedForOnceAnEntry(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	k := &countingKeys{keys: o.Keys, asked: map[*cms.Recipient]int{}}
	o.Keys = k
	s.openAs(o, s.encrypt(s.mail, gcm, s.alice, s.bob))
	if len(k.asked) != 2 {
		t.Errorf("asked for %d entries", len(k.asked))
	}
	for r, n := range k.asked {
		if n != 1 {
			t.Errorf("%s: asked %d times", r.ID.String(), n)
		}
	}
}

// STANDARDS 28
func TestAZipBombIsALimitAndNoFileStays(t *testing.T) {
	s := newStory(t)
	bomb := s.compress("From: alice@example.org\r\n\r\n" + strings.Repeat("0", 32<<20))
	o, dir := s.opener(), t.TempDir()
	o.Spool.Dir = dir
	_, err := o.Open(context.Background(), parse(t, bomb))
	var over *limit.Error
	if !errors.As(err, &over) || over.What != limit.Expansion {
		t.Errorf("got %v", err)
	}
	wantEmpty(t, dir)
}

func TestManyObjectsInOneMailAreALimit(t *testing.T) {
	s := newStory(t)
	one := mustEntity(s.compress(s.mail))
	var parts []string
	for range mostContents + 1 {
		parts = append(parts, one)
	}
	_, err := s.opener().Open(context.Background(), parse(t, around(s.mail, "mixed", parts, nil)))
	var over *limit.Error
	if !errors.As(err, &over) {
		t.Errorf("got %v", err)
	}
}

// brokenSource fails to read from some place on.
type brokenSource struct {
	eml.Source
	from int64
}

var errDisk = errors.New("the disk is broken")

func (b brokenSource) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		return 0, errDisk
	}
	return b.Source.ReadAt(p, off)
}

func TestABrokenDiskIsAnErrorAndNoFinding(t *testing.T) {
	s := newStory(t)
	for name, mail := range map[string]string{"clear": s.clear(s.mail, s.alice), "opaque": s.opaque(s.mail, s.alice), "encrypted": s.encrypt(s.mail, gcm, s.bob)} {
		m := parse(t, mail)
		m.Source = brokenSource{m.Source, int64(len(mail)) / 2}
		if _, err := s.opener().Open(context.Background(), m); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFullDiskIsAnErrorAndNoFinding(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	o.Spool = eml.SpoolOptions{Dir: filepath.Join(t.TempDir(), "missing"), Memory: 1}
	for name, mail := range map[string]string{"opaque": s.opaque(s.mail, s.alice), "encrypted": s.encrypt(s.mail, gcm, s.bob), "compressed": s.compress(s.mail)} {
		if _, err := o.Open(context.Background(), parse(t, mail)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAnObjectThatIsCutOffIsMalformed(t *testing.T) {
	s := newStory(t)
	for name, mail := range map[string]string{"opaque": s.opaque(s.mail, s.alice), "encrypted": s.encrypt(s.mail, gcm, s.bob), "compressed": s.compress(s.mail)} {
		for _, n := range []int{1, 3, 10} {
			b := body(mail)
			r := s.open(mail[:len(mail)-len(b)] + b[:len(b)*n/12])
			if r.Signed != CoversNothing || r.Opened || !anyBad(r.Findings) {
				t.Errorf("%s, %d/12: signed %s, opened %v, %v", name, n, r.Signed, r.Opened, codes(r.Findings))
			}
		}
	}
}
