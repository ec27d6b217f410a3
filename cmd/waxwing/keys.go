package main

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"golang.org/x/term"
)

// largestKeyFile bounds files with keys and certificates. The largest bundles of authorities have 2 MiB.
const largestKeyFile = 64 << 20

// keyFlags are the flags that name keys.
type keyFlags struct {
	keys         []string
	passwordFile string
}

func (k *keyFlags) add(c *cobra.Command, what string) {
	c.Flags().StringArrayVarP(&k.keys, "key", "k", nil, what)
	c.Flags().StringVar(&k.passwordFile, "password-file", "", "file whose first line is the password of the keys")
}

// read reads one file with keys or certificates.
func (a *app) read(path string, k keyFlags, allow alg.Allow) (*keyfile.Bundle, error) {
	data, err := readAll(path, largestKeyFile)
	if err != nil {
		return nil, err
	}
	o := keyfile.Options{Allow: allow, Ask: a.asker(path)}
	if k.passwordFile != "" {
		if o.Password, err = readPassword(k.passwordFile); err != nil {
			return nil, err
		}
		o.Ask = nil
	}
	b, err := keyfile.Read(data, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// readPassword returns the first line of a file.
func readPassword(path string) ([]byte, error) {
	data, err := readAll(path, 1<<20)
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// asker asks for a password on the terminal, where there is one.
func (a *app) asker(path string) func(string) ([]byte, error) {
	if !isTerminal(a.err) {
		return nil
	}
	return func(what string) ([]byte, error) {
		tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return nil, fmt.Errorf("ask for the password: %w", err)
		}
		defer tty.Close()
		fmt.Fprintf(tty, "Password of the %s %s: ", what, path)
		defer fmt.Fprintln(tty)
		return term.ReadPassword(int(tty.Fd()))
	}
}

// identities reads every key with its certificates.
func (a *app) identities(k keyFlags, allow alg.Allow) ([]keyfile.Identity, []*pki.Certificate, error) {
	var all keyfile.Bundle
	for _, path := range k.keys {
		b, err := a.read(path, k, allow)
		if err != nil {
			return nil, nil, err
		}
		all.Add(b)
	}
	if len(all.Keys) == 0 && len(k.keys) > 0 {
		return nil, nil, fmt.Errorf("%s: %w", k.keys[0], keyfile.ErrNoKey)
	}
	return all.Match(), all.Certificates, nil
}

// decryptionKeys are the keys that may open a message: each one under every certificate that it ever had.
func (a *app) decryptionKeys(k keyFlags, allow alg.Allow) (cms.KeyList, error) {
	ids, _, err := a.identities(k, allow)
	if err != nil {
		return nil, err
	}
	var list cms.KeyList
	for _, id := range ids {
		if len(id.Others) == 0 {
			return nil, failed(exitUsage, "name the file with its certificate too, with another -k",
				"there is no certificate for the key in %s", k.keys[0])
		}
		for _, c := range id.Others {
			list = append(list, cms.Key{Certificate: c, Private: id.Key.Private})
		}
	}
	return list, nil
}

// signingIdentity picks the key to sign with: the first that can, with a certificate that is meant for it.
func (a *app) signingIdentity(k keyFlags, extra []*pki.Certificate, allow alg.Allow) (crypto.Signer, *pki.Certificate, []*pki.Certificate, error) {
	ids, carried, err := a.identities(k, allow)
	if err != nil {
		return nil, nil, nil, err
	}
	carried = append(carried, extra...)
	var unfit error
	for _, id := range ids {
		signer, ok := id.Key.Signer()
		if !ok {
			unfit = fmt.Errorf("the key in %s cannot sign", k.keys[0])
			continue
		}
		for _, c := range withKey(id, extra) {
			if c.Allows(pki.DigitalSignature | pki.NonRepudiation) {
				return signer, c, carried, nil
			}
			unfit = fmt.Errorf("the certificate of %s is not meant for signing", c.Subject.Display())
		}
	}
	if unfit != nil {
		return nil, nil, nil, failed(exitUsage, "give the identity for signing with -k", "%w", unfit)
	}
	return nil, nil, nil, failed(exitUsage, "name the file with the certificate: -c CERT", "there is no certificate for the key in %s", k.keys[0])
}

// withKey returns the certificates of a key: those of its own file, then those given beside it.
func withKey(id keyfile.Identity, extra []*pki.Certificate) []*pki.Certificate {
	list := id.Others
	for _, c := range extra {
		if alg.SameKey(id.Key.Public(), c.PublicKey) {
			list = append(list, c)
		}
	}
	return list
}

// certificates reads the certificates of files.
func (a *app) certificates(paths []string) ([]*pki.Certificate, error) {
	var list []*pki.Certificate
	for _, path := range paths {
		b, err := a.read(path, keyFlags{}, alg.Allow{})
		if errors.Is(err, keyfile.ErrPassword) {
			return nil, failed(exitUsage, "give the certificate alone; the key is not needed here", "%w", err)
		}
		if err != nil {
			return nil, err
		}
		if len(b.Certificates) == 0 {
			return nil, failed(exitError, "give a file with a certificate", "%s holds no certificate", path)
		}
		list = append(list, b.Certificates...)
	}
	return list, nil
}
