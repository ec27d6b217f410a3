package kit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
)

// AUTHORITY 43: what of a person's certificates goes into a kit.
func TestGatherTakesTheKeyInUseAndEveryKeyThatDecrypted(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	owned := func(key string, e *testca.Entity, revoked bool) kit.Owned {
		return kit.Owned{Key: key, Certificate: e.Certificate, Revoked: revoked}
	}
	lastYear := testca.Valid(testca.NotBefore.AddDate(-2, 0, 0), testca.Now.AddDate(0, 0, -1))
	oldSigner := p.issuing.Issue(testca.Person("s@example.org").With(testca.Usage(pki.DigitalSignature), lastYear))
	renewed := p.issuing.Renew(p.old[0], testca.Person(address).With(testca.Usage(pki.KeyAgreement), testca.Valid(testca.Now.Add(-time.Hour), testca.NotAfter)))
	dual := p.issuing.Issue(testca.Person("dual@example.org"))
	earlier := p.issuing.Issue(testca.Person("t@example.org").With(testca.Usage(pki.DigitalSignature), testca.Valid(testca.NotBefore.AddDate(0, -1, 0), testca.NotAfter)))
	for _, c := range []struct {
		name string
		all  []kit.Owned
		want string
	}{
		{"nothing", nil, ""},
		{"a pair and old keys in any order", []kit.Owned{owned("old2", p.old[1], false), owned("enc", p.current, false), owned("old1", p.old[0], false), owned("sig", p.signing, false)}, "sig enc old1 old2"},
		{"an old signing key stays", []kit.Owned{owned("oldsig", oldSigner, false), owned("sig", p.signing, false)}, "sig"},
		{"a revoked signing key stays", []kit.Owned{owned("sig", p.signing, true), owned("enc", p.current, false)}, "enc"},
		{"a revoked encryption key goes along behind", []kit.Owned{owned("enc", p.current, true), owned("sig", p.signing, false)}, "sig enc"},
		{"a key that was renewed is in use", []kit.Owned{owned("old1", p.old[0], false), owned("old2", p.old[1], false), owned("old1", renewed, false)}, "old1 old2"},
		{"a key for both uses comes first", []kit.Owned{owned("enc", p.current, false), owned("dual", dual, false)}, "dual enc"},
		{"of two signing keys the newer", []kit.Owned{owned("earlier", earlier, false), owned("sig", p.signing, false)}, "sig"},
	} {
		var got []string
		for _, h := range kit.Gather(c.all, testca.Now) {
			got = append(got, h.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}
