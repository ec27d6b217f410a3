package pki_test

import (
	"bytes"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// object is something of the third-party test data: the block of a PEM file, or a file in DER.
type object struct {
	path string // below the vectors
	kind string // of the PEM block; for DER the extension of the file
	raw  []byte
}

// corpus returns every object below some folders of the test data.
func corpus(t testing.TB, folders ...string) []object {
	t.Helper()
	var list []object
	for _, folder := range folders {
		root := peer.Vectors(t, folder)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name := folder + strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(root))
			if bytes.HasPrefix(data, []byte{0x30}) {
				list = append(list, object{name, strings.TrimPrefix(filepath.Ext(name), "."), data})
				return nil
			}
			for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
				list = append(list, object{name, block.Type, block.Bytes})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// everywhere are the folders that hold certificates, lists, requests and answers.
var everywhere = []string{"pkits", "rfc4134", "rfc9216", "openssl", "lamps", "go-pkcs7-pem", "rustcrypto", "zlint", "boringssl-pki", "MimeKit"}

// kinds of objects as they are named in the data.
func (o object) isCertificate() bool {
	switch o.kind {
	case "CERTIFICATE", "TRUSTED CERTIFICATE", "crt", "cer":
		return true
	}
	return o.kind == "der" && strings.Contains(o.path, "x509-cert") && !strings.Contains(o.path, "-pub") && !strings.Contains(o.path, "-pr") && !strings.Contains(o.path, "-csr")
}

func (o object) isCRL() bool { return o.kind == "X509 CRL" || o.kind == "crl" }
