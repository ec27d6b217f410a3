package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// makeKeys writes root.pem, and id.pem (key and certificate in one file, as both programs
// read it) with its parts key.pem and cert.pem. The peer makes them, so that neither
// side is measured on its own dialect.
func makeKeys(dir string) error { return makeKeysOf(dir, "rsa:2048") }

// makeKeysOf is makeKeys for a kind of key: "rsa:2048", or "ec" for P-256.
func makeKeysOf(dir, kind string) error {
	pick := []string{"-newkey", kind}
	if kind == "ec" {
		pick = append(pick, "-pkeyopt", "ec_paramgen_curve:P-256")
	}

	in := func(name string) string { return filepath.Join(dir, name) }
	ext := "keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement\nextendedKeyUsage=emailProtection\nsubjectAltName=email:bench@example.org\n"
	if err := os.WriteFile(in("ext.cnf"), []byte(ext), 0o600); err != nil {
		return err
	}
	steps := [][]string{
		{"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", in("root.key"), "-out", in("root.pem"), "-days", "3650",
			"-subj", "/CN=Bench Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign"},
		append([]string{"req", "-nodes", "-keyout", in("key.pem"), "-out", in("csr.pem"), "-subj", "/CN=Bench"}, pick...),
		{"x509", "-req", "-in", in("csr.pem"), "-CA", in("root.pem"), "-CAkey", in("root.key"), "-CAcreateserial",
			"-days", "3650", "-extfile", in("ext.cnf"), "-out", in("cert.pem")},
	}
	for _, s := range steps {
		if err := sh("", "openssl", s...); err != nil {
			return err
		}
	}
	return sh("", "sh", "-c", fmt.Sprintf("cat %q %q > %q && chmod 600 %q", in("key.pem"), in("cert.pem"), in("id.pem"), in("id.pem")))
}

// sh runs a command and returns its output in the error.
func sh(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}
