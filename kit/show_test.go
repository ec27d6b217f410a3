package kit_test

import (
	"errors"
	"os"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestAKitIsShownWithoutItsSecrets(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	for form, want := range map[kit.Form]kit.Protection{
		kit.Modern:     {MAC: "SHA-256", Iterations: 600_000, Cipher: "PBES2", Form: kit.Modern},
		kit.Compatible: {MAC: "SHA-1", Iterations: 100_000, Cipher: "PKCS#12 with SHA-1 and 3DES", Form: kit.Compatible},
	} {
		k := p.make(t, kit.Options{Form: form})
		s, err := kit.Show(k.File, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !s.Locked || *s.Protection != want || len(s.Keys) != 0 {
			t.Errorf("without the password the %s kit shows %+v, %+v", form, s, s.Protection)
		}
		if s, err = kit.Show(k.File, &k.Password); err != nil || s.Locked || len(s.Keys) != 4 || len(s.Chain) != 2 || *s.Protection != want {
			t.Errorf("with it: %+v, %v", s, err)
		}
		if _, err := kit.Show(k.File, own(t, "another password")); !errors.Is(err, keyfile.ErrPassword) {
			t.Errorf("with another: %v", err)
		}
	}
}

func TestAProfileIsShownWithItsSignerAndParts(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	k := p.make(t, kit.Options{Form: kit.Apple})
	s, err := kit.Show(k.File, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Kind != "profile" || !s.SignedOK || !s.Signer.Equal(p.officer.Certificate) || len(s.Parts) != 7 {
		t.Errorf("%+v", s)
	}
	account := s.Parts[6]
	if account.Signing != s.Parts[2].UUID || account.Encryption != s.Parts[3].UUID || s.Parts[2].Protection.Form != kit.Compatible || s.Parts[0].Content == nil {
		t.Errorf("%+v", s.Parts)
	}
	k.File[len(k.File)/2] ^= 1
	if s, err := kit.Show(k.File, nil); err == nil && s.SignedOK {
		t.Error("a profile that was changed is said to be signed")
	}
}

func TestCertificatesAndOtherFilesAreShown(t *testing.T) {
	p := newPerson(t, testca.P256, true)
	p7c, err := kit.Certificates([]*pki.Certificate{p.current.Certificate}, p.contents.Chain)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{".p7c": p7c, ".pem": p.current.CertificatePEM()} {
		if s, err := kit.Show(file, nil); err != nil || s.Kind != "certificates" || len(s.Chain) < 2 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	if _, err := kit.Show([]byte("Dear Bob"), nil); !errors.Is(err, keyfile.ErrFormat) {
		t.Errorf("a letter: %v", err)
	}
	if _, err := kit.Show(nil, nil); err == nil {
		t.Error("nothing is shown as something")
	}
}

func FuzzShow(f *testing.F) {
	for _, name := range []string{"modern.p12", "compatible.p12", "profile.mobileconfig", "certificates.p7c"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := kit.Show(data, nil)
		if (s == nil) == (err == nil) && s == nil {
			t.Error("neither an answer nor an error")
		}
	})
}
