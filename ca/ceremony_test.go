package ca

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// ceremonyKeeper makes the keys of a ceremony in memory.
type ceremonyKeeper map[string]crypto.Signer

func (k ceremonyKeeper) Make(_ context.Context, name, algorithm, _ string) ([]byte, error) {
	s, err := makeKey(algorithm)
	if err != nil {
		return nil, err
	}
	k[name] = s
	return alg.MarshalPublicKey(s.Public())
}

func (k ceremonyKeeper) Signer(_ context.Context, name string) (crypto.Signer, error) {
	return k[name], nil
}

const ceremonyText = `name: ACME root 2026
date: 2026-11-25T12:00:00Z
officers: {ann: %x, ben: %x}
steps:
  - {do: key, name: root, algorithm: P-384}
  - {do: root, key: root, subject: {countryName: DE, organizationName: ACME GmbH, commonName: ACME Root CA}, days: 7000, file: root.pem}
  - {do: key, name: issuing, algorithm: P-256}
  - {do: issuing, key: issuing, issuer: root, url: "http://pki.waxwing-ca.com", subject: {countryName: DE, organizationName: ACME GmbH, commonName: ACME Issuing CA}, file: issuing.pem}
  - {do: issuing, request: online.csr, issuer: root, url: "http://pki.waxwing-ca.com", subject: {countryName: DE, organizationName: ACME GmbH, commonName: ACME Online CA}, file: online.pem}
  - {do: crl, issuer: root, number: 1, days: 365, file: root.crl}
`

// rite is a ceremony that was held.
type rite struct {
	text       string
	out        *Ceremony
	signatures [][]byte
	ann, ben   *testca.Entity
}

func hold(t *testing.T) *rite {
	t.Helper()
	root := testca.Root(t, "Officers")
	r := &rite{ann: root.Issue(testca.Person("ann@acme.test")), ben: root.Issue(testca.Person("ben@acme.test"))}
	r.text = fmt.Sprintf(ceremonyText, r.ann.Certificate.Fingerprint(), r.ben.Certificate.Fingerprint())
	s := r.script(t)
	var err error
	r.out, err = RunCeremony(t.Context(), s, ceremonyKeeper{}, map[string][]byte{"online.csr": csr(t, "P-256")}, "waxwing test", "2026-11-25T12:03:00Z")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []*testca.Entity{r.ann, r.ben} {
		_, sig, err := s.SignTranscript(r.out.Transcript, Officer{o.Certificate, o.Signer()}, now)
		if err != nil {
			t.Fatal(err)
		}
		r.signatures = append(r.signatures, sig)
	}
	return r
}

func (r *rite) script(t *testing.T) *Script {
	t.Helper()
	s, err := ReadScript([]byte(r.text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// AUTHORITY 56: another machine makes every byte anew but keys and signatures.
func TestACeremonyVerifiesOnAnotherMachine(t *testing.T) {
	r := hold(t)
	names, err := VerifyCeremony(r.script(t), r.out.Transcript, r.out.Files, r.signatures)
	if err != nil || strings.Join(names, " ") != "ann ben" {
		t.Fatalf("%v: %v", names, err)
	}
	peer.Need(t, "openssl")
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root := write("root.pem", pemOf(r.out.Files["root.pem"]))
	for _, name := range []string{"issuing.pem", "online.pem"} {
		peer.Run(t, nil, "openssl", "verify", "-x509_strict", "-CAfile", root, write(name, pemOf(r.out.Files[name])))
	}
	list := write("root.crl", r.out.Files["root.crl"])
	if _, out, err := peer.Try(t, nil, "openssl", "crl", "-inform", "DER", "-in", list, "-CAfile", root, "-noout"); err != nil || !strings.Contains(string(out), "verify OK") {
		t.Errorf("openssl on the list: %v %s", err, out)
	}
	if c, err := pki.ParseCRL(r.out.Files["root.crl"]); err != nil || c.Number.Int64() != 1 || len(c.Faults) > 0 {
		t.Errorf("the list: %v", err)
	}
	transcript, signature := write("transcript", r.out.Transcript), write("ann.p7s", r.signatures[0])
	peer.Run(t, nil, "openssl", "cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", signature, "-content", transcript, "-out", os.DevNull)
}

func TestACeremonyThatWasTamperedWithDoesNotVerify(t *testing.T) {
	r := hold(t)
	other := hold(t)
	lines := strings.Split(strings.TrimSpace(string(r.out.Transcript)), "\n")
	for name, change := range map[string]func() (string, []byte, map[string][]byte, [][]byte){
		"another script": func() (string, []byte, map[string][]byte, [][]byte) {
			return strings.Replace(r.text, "7000", "7001", 1), r.out.Transcript, r.out.Files, r.signatures
		},
		"another file": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, other.out.Files, r.signatures
		},
		"a file is missing": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, nil, r.signatures
		},
		"one officer": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, r.out.Files, r.signatures[:1]
		},
		"one officer twice": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, r.out.Files, [][]byte{r.signatures[0], r.signatures[0]}
		},
		"signatures over another transcript": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, r.out.Files, other.signatures
		},
		"no signatures at all": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, r.out.Transcript, r.out.Files, [][]byte{[]byte("signed, ann")}
		},
		"a line is missing": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, []byte(strings.Join(lines[:len(lines)-1], "\n") + "\n"), r.out.Files, r.signatures
		},
		"another start": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, bytes.Replace(r.out.Transcript, []byte("12:03:00Z"), []byte("12:04:00Z"), 1), r.out.Files, r.signatures
		},
		"a line too many": func() (string, []byte, map[string][]byte, [][]byte) {
			return r.text, append(bytes.Clone(r.out.Transcript), lines[1]+"\n"...), r.out.Files, r.signatures
		},
	} {
		text, transcript, files, signatures := change()
		s, err := ReadScript([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if names, err := VerifyCeremony(s, transcript, files, signatures); err == nil {
			t.Errorf("%s: verified by %v", name, names)
		}
	}
}

func TestStrangersSignNoTranscript(t *testing.T) {
	r := hold(t)
	eve := testca.Root(t, "Elsewhere").Issue(testca.Person("ann@acme.test"))
	if _, _, err := r.script(t).SignTranscript(r.out.Transcript, Officer{eve.Certificate, eve.Signer()}, now); err == nil {
		t.Error("a stranger signed")
	}
}

func TestScriptsThatAreRefused(t *testing.T) {
	r := hold(t)
	for name, change := range map[string][2]string{
		"an unknown field":             {"algorithm: P-384", "algorithm: P-384, colour: red"},
		"an unknown step":              {"do: crl", "do: dance"},
		"one officer":                  {", ben:", ", ann2:"},
		"a file in a folder":           {"file: root.pem", "file: ../root.pem"},
		"a file twice":                 {"file: root.crl", "file: root.pem"},
		"a list for two years":         {"days: 365", "days: 730"},
		"a root without a key":         {"do: root, key: root", "do: root"},
		"a key and a request":          {"request: online.csr", "request: online.csr, key: issuing"},
		"an attribute of no name":      {"commonName: ACME Root CA", "shoeSize: 42"},
		"a root without a country":     {"{countryName: DE, organizationName: ACME GmbH, commonName: ACME Root CA}", "{commonName: ACME Root CA}"},
		"an issuer that is no root":    {"issuer: root, url", "issuer: nobody, url"},
		"a key that authorities lack":  {"algorithm: P-256", "algorithm: RSA 2048"},
		"a profile for people":         {"do: root, key: root,", "do: root, key: root, profile: mailbox-strict-dual,"},
		"a validity beyond the bounds": {"days: 7000", "days: 70000"},
	} {
		text := strings.Replace(r.text, change[0], change[1], 1)
		if name == "one officer" {
			text = strings.Replace(r.text, fmt.Sprintf("%x", r.ben.Certificate.Fingerprint()), fmt.Sprintf("%x", r.ann.Certificate.Fingerprint()), 1)
		}
		if text == r.text {
			t.Fatalf("%s: nothing was changed", name)
		}
		s, err := ReadScript([]byte(text))
		if err == nil {
			_, err = RunCeremony(t.Context(), s, ceremonyKeeper{}, map[string][]byte{"online.csr": csr(t, "P-256")}, "test", "now")
		}
		if err == nil {
			t.Errorf("%s: the ceremony was held", name)
		}
	}
}

func FuzzReadScript(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(ceremonyText, "aa", "bb")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ReadScript(data); err == nil && len(s.Officers) < 2 {
			t.Error("a script with one officer was accepted")
		}
	})
}

func FuzzTranscript(f *testing.F) {
	f.Add([]byte(`{"step":0,"do":"begin","input":"aa"}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadScript([]byte(fmt.Sprintf(ceremonyText, strings.Repeat("a", 32), strings.Repeat("b", 32))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := VerifyCeremony(s, data, nil, nil); err == nil {
			t.Error("verified without signatures")
		}
	})
}
