package lint

import (
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
)

// FuzzCertificate: no certificate makes a rule panic, and the same one is judged the same twice.
func FuzzCertificate(f *testing.F) {
	f.Add(mailbox(f).make().Raw)
	f.Add(subCA(f).make().Raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := pki.ParseCertificate(raw)
		if err != nil {
			return
		}
		if o := (Options{Regime: Public}); !reflect.DeepEqual(Certificate(c, o), Certificate(c, o)) {
			t.Error("judged otherwise the second time")
		}
	})
}

// FuzzCRL and FuzzOCSP: the same of lists and answers.
func FuzzCRL(f *testing.F) {
	f.Add(fullList(f).make().Raw)
	f.Add(deltaList(f).make().Raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := pki.ParseCRL(raw)
		if err != nil {
			return
		}
		if o := (Options{Regime: Public}); !reflect.DeepEqual(CRL(l, o), CRL(l, o)) {
			t.Error("judged otherwise the second time")
		}
	})
}

func FuzzOCSP(f *testing.F) {
	f.Add(goodAnswer(f).make().Raw)
	f.Add(delegatedAnswer(f).make().Raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := pki.ParseOCSPResponse(raw)
		if err != nil {
			return
		}
		if o := (Options{Regime: Public}); !reflect.DeepEqual(OCSP(a, o), OCSP(a, o)) {
			t.Error("judged otherwise the second time")
		}
	})
}

func TestNoCertificateOfTheCollectionsMakesARulePanic(t *testing.T) {
	n := 0
	err := filepath.WalkDir(peer.Vectors(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > 1<<16 {
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
		for _, raw := range list {
			if c, err := pki.ParseCertificate(raw); err == nil {
				n++
				Certificate(c, Options{Issuer: c, Regime: Public})
			}
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Errorf("%d certificates, %v", n, err)
	}
	t.Logf("%d certificates", n)
}
