package evidence

import (
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/shelf"
)

func TestWhatEndedLongAgoIsSweptOffTheShelf(t *testing.T) {
	s := shelf.Folder(t.TempDir(), "", shelf.Private)
	c := &cache{shelf: s, memory: map[string]entry{}}
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	for key, until := range map[string]time.Time{"old": now.Add(-time.Hour), "good": now.Add(time.Hour)} {
		if err := c.put(key, entry{body: []byte(key), until: until}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Update("junk", func([]byte) ([]byte, error) { return []byte("x"), nil }); err != nil {
		t.Fatal(err)
	}
	if err := c.sweep(now); err != nil {
		t.Fatal(err)
	}
	left := ""
	if err := s.Each(func(key string, _ []byte) error { left += key + " "; return nil }); err != nil || left != "good " {
		t.Errorf("%q is left, %v", left, err)
	}
}
