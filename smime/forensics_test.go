package smime

import (
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
)

func TestAnExplainedChangeIsStillAChange(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	mail := strings.Replace(s.clear(s.mail, s.alice), "noon?\r\n", "noon?\r\n_____\r\nour list\r\n", 1)
	if r := s.openAs(o, mail); r.Signers[0].Alterations != nil {
		t.Error("nobody asked")
	}
	o.Explain = true
	r := s.openAs(o, mail)
	wantNotGood(t, r)
	if a := r.Signers[0].Alterations; len(a) != 1 || a[0].Code != finding.ForensicsFooter || a[0].Suspected || !strings.Contains(a[0].What, "our list") {
		t.Errorf("%+v", a)
	}
	r = s.openAs(o, s.clear(s.mail, s.alice))
	wantGood(t, r)
	if r.Signers[0].Alterations != nil {
		t.Error("a good signature is explained")
	}
}
