package lint

import (
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	zlints "github.com/zmap/zlint/v3/lint"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
)

// about reports whether a lint of zlint is about what we judge: RFCs and S/MIME, not servers, code and root programs.
func about(m zlints.LintMetadata) bool {
	switch m.Source {
	case zlints.RFC3279, zlints.RFC5280, zlints.RFC5480, zlints.RFC5891, zlints.RFC8813, zlints.CABFSMIMEBaselineRequirements, zlints.Community, zlints.EtsiEsi, zlints.MozillaRootStorePolicy:
		return true
	}
	return false
}

// twin is a certificate as both linters read it.
type twin struct {
	path   string
	ours   *pki.Certificate
	theirs *x509.Certificate
}

// twins reads every certificate of the collections that both can read.
func twins(t *testing.T) (out []twin) {
	dir := peer.Vectors(t)
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > 1<<17 {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		list := [][]byte{data}
		for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
			list = append(list, block.Bytes)
		}
		path, _ = filepath.Rel(dir, path)
		for _, raw := range list {
			if seen[string(raw)] {
				continue
			}
			seen[string(raw)] = true
			c, err := pki.ParseCertificate(raw)
			z, zerr := x509.ParseCertificate(raw)
			if err == nil && zerr == nil {
				out = append(out, twin{path, c, z})
			} else if zerr == nil {
				t.Errorf("%s: only zlint can read it: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestZlintFindsNothingMore runs both linters over every certificate at hand. What zlint reproaches, a rule of ours
// with the same meaning must reproach too; what ours reproaches, zlint must not have passed; but for what stands in two tables with its reason.
func TestZlintFindsNothingMore(t *testing.T) {
	rules, names := map[string][]string{}, map[string][]string{} // of zlint's name; of ours
	for _, r := range Rules() {
		for _, n := range r.Same {
			if m := zlintMetadata(n); m != nil && about(*m) {
				rules[n], names[r.Name] = append(rules[n], r.Name), append(names[r.Name], n)
			}
		}
	}
	used, count := map[string]bool{}, 0
	excused := func(list map[string]string, name string) bool {
		used[name] = true
		return list[name] != ""
	}
	for _, w := range twins(t) {
		count++
		ours := map[string]Result{}
		for _, r := range Certificate(w.ours, Options{}) {
			ours[r.Name] = r
		}
		theirs := zlint.LintCertificate(w.theirs).Results
		failed := func(n string) bool { return ours[n].Status == Fail }
		reproached := func(n string) bool { return theirs[n].Status >= zlints.Notice }
		for name, got := range theirs {
			if about(got.LintMetadata) && reproached(name) && leftOut[name] == "" && !slices.ContainsFunc(rules[name], failed) && !excused(onlyTheirs, name) {
				t.Errorf("%s: only zlint: %s %s %s: ours %v", w.path, name, got.Status, got.Details, rules[name])
			}
		}
		for name, same := range names {
			passed := func(n string) bool { return theirs[n].Status == zlints.Pass }
			if failed(name) && slices.ContainsFunc(same, passed) && !slices.ContainsFunc(same, reproached) && !excused(onlyOurs, name) {
				t.Errorf("%s: only ours: %s: %s: zlint's %v %v", w.path, name, ours[name].Detail, same, theirs[same[0]].Status)
			}
		}
	}
	t.Logf("%d certificates", count)
	for _, list := range []map[string]string{onlyTheirs, onlyOurs} {
		for name := range list {
			if !used[name] {
				t.Errorf("%s makes no difference any more: take it out of the table", name)
			}
		}
	}
}

func zlintMetadata(name string) *zlints.LintMetadata {
	if l := zlints.GlobalRegistry().CertificateLints().ByName(name); l != nil {
		return &l.LintMetadata
	}
	return nil
}

func TestEveryLintOfZlintThatARuleNamesExists(t *testing.T) {
	registry := zlints.GlobalRegistry()
	for _, r := range slices.Concat(Rules(), CRLRules(), OCSPRules()) {
		for _, n := range r.Same {
			if !strings.Contains(n, ".") && zlintMetadata(n) == nil && registry.RevocationListLints().ByName(n) == nil && registry.OcspResponseLints().ByName(n) == nil {
				t.Errorf("%s: zlint has no %s", r.Name, n)
			}
		}
	}
}

// TestEveryLintOfZlintHasARule: every lint that is about what we judge has a rule, or stands with its reason in a table.
func TestEveryLintOfZlintHasARule(t *testing.T) {
	ours := map[string]bool{}
	for _, r := range Rules() {
		for _, n := range r.Same {
			ours[n] = true
		}
	}
	for _, l := range zlints.GlobalRegistry().CertificateLints().Lints() {
		_, excused := leftOut[l.Name]
		if about(l.LintMetadata) && ours[l.Name] == excused {
			t.Errorf("%s: a rule %v, left out %v: %s", l.Name, ours[l.Name], excused, l.Description)
		}
	}
}
