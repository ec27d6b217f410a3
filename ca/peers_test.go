package ca

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	zlints "github.com/zmap/zlint/v3/lint"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/peer"
)

// specimens issues one certificate by every profile for subscribers with every kind of key that peers read, and returns them with the
// chain of the house.
func specimens(t *testing.T, h *house) (list []*Issued, chain [][]byte) {
	t.Helper()
	for _, p := range Builtin() {
		if !p.Type.subscriber() || h.PublicTrust && p.Generation == Private {
			continue
		}
		for _, kind := range []string{"P-256", "RSA 2048", "Ed25519"} {
			if kind == "Ed25519" && p.Usage != Signing {
				continue
			}
			o := order(t, p.Name)
			o.Request, o.Holder = csr(t, kind), "person:"+kind[:3]
			if p.Names.UPN {
				o.UPN = "ada@acme.test"
			}
			out, _ := h.mustIssue(o)
			list, chain = append(list, out), out.Chain
		}
	}
	return list, chain
}

func pemOf(certs ...[]byte) []byte {
	var b strings.Builder
	for _, c := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c}) // a Builder takes everything
	}
	return []byte(b.String())
}

func TestPeersReadWhatIsIssued(t *testing.T) {
	peer.Need(t, "openssl", "certtool", "gpgsm", "certutil")
	for name, h := range map[string]*house{
		"P-256 private": newHouse(t, nil), "P-256 public": publicHouse(t),
		"RSA 4096": newHouse(t, func(_ *CA, o *InitOptions) {
			o.Root, o.Issuing, o.PolicyArc = "RSA 4096", "RSA 4096", "1.3.6.1.4.1.55555.1"
		}),
		"P-384":   newHouse(t, func(_ *CA, o *InitOptions) { o.Issuing = "P-384" }),
		"Ed25519": newHouse(t, func(_ *CA, o *InitOptions) { o.Root, o.Issuing = "Ed25519", "Ed25519" }),
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			list, chain := specimens(t, h)
			if name != "P-256 public" {
				list = list[:4]
			}
			dir := t.TempDir()
			write := func(name string, certs ...[]byte) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, pemOf(certs...), 0o644); err != nil {
					t.Fatal(err)
				}
				return path
			}
			root, issuing := write("root.pem", chain[1]), write("issuing.pem", chain[0])
			nss := filepath.Join(dir, "nss")
			if err := os.Mkdir(nss, 0o700); err != nil {
				t.Fatal(err)
			}
			if name != "Ed25519" { // NSS reads no certificates signed by Ed25519
				peer.Run(t, nil, "certutil", "-N", "-d", "sql:"+nss, "--empty-password")
				peer.Run(t, nil, "certutil", "-A", "-d", "sql:"+nss, "-n", "root", "-t", ",C,", "-a", "-i", root)
				peer.Run(t, nil, "certutil", "-A", "-d", "sql:"+nss, "-n", "issuing", "-t", ",,", "-a", "-i", issuing)
			}
			for i, one := range list {
				leaf := write(fmt.Sprintf("%d.pem", i), one.DER)
				peersAgree(t, one, leaf, root, issuing, nss, name)
			}
		})
	}
}

func peersAgree(t *testing.T, one *Issued, leaf, root, issuing, nss, house string) {
	t.Helper()
	if !strings.Contains(one.Profile, "-encryption") {
		peer.Run(t, nil, "openssl", "verify", "-x509_strict", "-purpose", "smimesign", "-CAfile", root, "-untrusted", issuing, leaf)
	} else {
		peer.Run(t, nil, "openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", issuing, leaf)
	}
	bundle := append(append(pemOf(one.DER), pemOf(one.Chain[0])...), pemOf(one.Chain[1])...)
	path := leaf + ".chain"
	if err := os.WriteFile(path, bundle, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := peer.Run(t, nil, "certtool", "--verify", "--load-ca-certificate", root, "--infile", path); !strings.Contains(string(out), "Verified") {
		t.Errorf("%s: certtool: %s", one.Profile, out)
	}
	if key, err := x509.ParseCertificate(one.DER); house == "Ed25519" || err == nil && key.PublicKeyAlgorithm == x509.Ed25519 {
		return // Debian's NSS takes no Ed25519 keys into its database
	}
	nick := one.Serial
	peer.Run(t, nil, "certutil", "-A", "-d", "sql:"+nss, "-n", nick, "-t", ",,", "-a", "-i", leaf)
	usage := "S"
	if strings.Contains(one.Profile, "-encryption") {
		usage = "R"
	}
	if out, errOut, err := peer.Try(t, nil, "certutil", "-V", "-d", "sql:"+nss, "-n", nick, "-u", usage, "-b", "261125130000Z"); err != nil {
		t.Errorf("%s: certutil: %s %s", one.Profile, out, errOut)
	}
}

// gpgsm imports the chain and lists the certificate with its usage.
func TestGPGSMReadsWhatIsIssued(t *testing.T) {
	peer.Need(t, "gpgsm")
	h := newHouse(t, func(_ *CA, o *InitOptions) { o.Root, o.Issuing = "P-384", "P-256" })
	list, chain := specimens(t, h)
	home, err := os.MkdirTemp("", "wg") // a short path: the agent's socket is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _, _ = peer.Try(t, nil, "gpgconf", "--homedir", home, "--kill", "all")
		os.RemoveAll(home)
	})
	gpgsm := func(in []byte, args ...string) string {
		return string(peer.Run(t, in, append([]string{"gpgsm", "--homedir", home, "--batch", "--no-tty", "--disable-crl-checks"}, args...)...))
	}
	gpgsm(pemOf(chain...), "--import")
	for _, one := range list[:9] {
		gpgsm(pemOf(one.DER), "--import")
		out := gpgsm(nil, "--with-colons", "--list-keys", "0x"+sha1Of(one.DER))
		if !strings.Contains(out, "ada@acme.test") {
			t.Errorf("%s: %s", one.Profile, out)
		}
	}
}

// AUTHORITY 1: zlint as a second opinion over every certificate that the profiles make. It may reproach nothing.
func TestZlintReproachesNothing(t *testing.T) {
	for name, h := range map[string]*house{"public": publicHouse(t), "private": newHouse(t, nil)} {
		list, chain := specimens(t, h)
		all := slices.Clone(chain)
		for _, one := range list {
			all = append(all, one.DER)
		}
		registry, err := zlints.GlobalRegistry().Filter(zlints.FilterOptions{IncludeSources: zlints.SourceList{
			zlints.RFC3279, zlints.RFC5280, zlints.RFC5480, zlints.RFC5891, zlints.RFC8813, zlints.CABFSMIMEBaselineRequirements, zlints.Community, zlints.MozillaRootStorePolicy}})
		if err != nil {
			t.Fatal(err)
		}
		applied := 0
		for _, raw := range all {
			c, err := zx509.ParseCertificate(raw)
			if err != nil {
				t.Fatal(err)
			}
			for rule, r := range zlint.LintCertificateEx(c, registry).Results {
				if r.Status == zlints.Pass {
					applied++
				}
				if name == "private" && rule == "e_exactly_one_smime_policy" {
					continue // a private house asserts none: the requirements do not bind it (S/MIME BR §1.1)
				}
				if r.Status >= zlints.Warn {
					t.Errorf("%s: %s: %s: %s %s", name, c.Subject, rule, r.Status, r.Details)
				}
			}
		}
		if applied < 20*len(all) {
			t.Errorf("%s: zlint applied %d rules to %d certificates", name, applied, len(all))
		}
	}
}

func TestAuthoritiesAreMadeOnce(t *testing.T) {
	h := newHouse(t, nil)
	_, _, err := h.Init(t.Context(), h.d, InitOptions{Generate: h.keys.generate, By: "user:root"})
	if !errors.Is(err, ErrInitialised) {
		t.Errorf("a second time: %v", err)
	}
	err = h.d.Read(t.Context(), func(tx *db.Tx) error {
		list, err := Authorities(tx)
		if err == nil && len(list) != 2 {
			t.Errorf("%d authorities", len(list))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
