package directory_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/directory"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

const mail = "From: alice@example.org\r\nTo: bob@example.net\r\nSubject: hello\r\n\r\nHello\r\n"

// judged signs a mail (by nobody when e is nil), opens it with trust in the roots, judges it with the memory, and learns.
func judged(t *testing.T, m *directory.Memory, e *testca.Entity, roots ...*testca.Entity) policy.Verdict {
	t.Helper()
	raw := []byte(mail)
	if e != nil {
		var out bytes.Buffer
		parsed, err := eml.Parse(bytes.NewReader(raw), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		err = smime.Sign(t.Context(), &out, parsed, smime.SignOptions{CMS: cms.SignedOptions{Certificates: e.Chain(),
			Signers: []cms.SignerOptions{smime.Signer(e.Signer(), e.Certificate, testca.Now)}}})
		if err != nil {
			t.Fatal(err)
		}
		raw = out.Bytes()
	}
	var anchors []chain.Anchor
	for _, r := range roots {
		anchors = append(anchors, chain.Anchor{Certificate: r.Certificate})
	}
	parsed, err := eml.Parse(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	o := smime.Opener{Trust: chain.NewAnchors(anchors...), Now: testca.Now}
	r, err := o.Open(t.Context(), parsed)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	v := policy.Judge(r, policy.Settings{Memory: m.At(testca.Now)})
	for _, proof := range r.Verified() {
		if err := m.Learn(proof, testca.Now); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func has(v policy.Verdict, c finding.Code) bool {
	for _, f := range v.Findings {
		if f.Code == c {
			return true
		}
	}
	return false
}

func TestAChangedAuthorityIsAnImpostorUntilTheOldCertificateEnds(t *testing.T) {
	t.Run("folder", func(t *testing.T) { aChangeIsNoticed(t, directory.Open(filepath.Join(t.TempDir(), "memory"))) })
	testdb.Each(t, nil, func(t *testing.T, d *db.DB) { aChangeIsNoticed(t, directory.On(d.Documents("correspondent"))) })
}

func aChangeIsNoticed(t *testing.T, m *directory.Memory) {
	one, two := testca.Root(t, "Root one"), testca.Root(t, "Root two")
	alice := one.Issue(testca.Person("alice@example.org"))
	if v := judged(t, m, alice, one, two); v.Word != policy.Genuine || !has(v, finding.CorrespondentNew) {
		t.Fatalf("first mail: %+v", v)
	}
	if v := judged(t, m, alice, one, two); !has(v, finding.CorrespondentKnown) {
		t.Errorf("second mail: %+v", v)
	}
	other := two.Issue(testca.Person("alice@example.org"))
	for range 2 { // it must not be learned by coming twice
		if v := judged(t, m, other, one, two); v.Word != policy.Impostor || !has(v, finding.CorrespondentAuthority) {
			t.Errorf("another authority: %+v", v)
		}
	}
	if v := judged(t, m, one.Issue(testca.Person("alice@example.org").With(testca.Key(testca.Ed25519))), one, two); v.Word != policy.Impostor || !has(v, finding.CorrespondentKeyType) {
		t.Errorf("another kind of key: %+v", v)
	}
	list, err := m.List()
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if err := m.Ended("Alice@Example.org", list[0].Certificate, testca.Now); err != nil {
		t.Fatal(err)
	}
	if v := judged(t, m, other, one, two); v.Word != policy.Genuine {
		t.Errorf("after the end of the old one: %+v", v)
	}
}

func TestWhoAlwaysSignsIsMissedWhenHeDoesNot(t *testing.T) {
	m := directory.Open(t.TempDir())
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	if v := judged(t, m, nil, root); v.Word != policy.Unsigned {
		t.Errorf("a stranger: %+v", v)
	}
	for range 5 {
		judged(t, m, alice, root)
	}
	if v := judged(t, m, nil, root); v.Word != policy.Impostor || !has(v, finding.CorrespondentUnsigned) {
		t.Errorf("unsigned: %+v", v)
	}
	if ok, err := m.Forget("ALICE@example.org"); !ok || err != nil {
		t.Errorf("forget: %v %v", ok, err)
	}
	if v := judged(t, m, nil, root); v.Word != policy.Unsigned {
		t.Errorf("forgotten: %+v", v)
	}
}

func TestNothingIsLearnedFromWhoIsNotTrusted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "memory")
	m := directory.Open(dir)
	root, other := testca.Root(t, "Root"), testca.Root(t, "Other")
	judged(t, m, other.Issue(testca.Person("alice@example.org")), root)
	judged(t, m, root.Issue(testca.Person("mallory@example.org")), root)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("something was learned: %v", err)
	}
	if err := m.Learn(smime.Verified{}, testca.Now); err == nil {
		t.Error("the zero proof taught something")
	}
}
