package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
)

// linted is one object of a file: a certificate, a revocation list, an OCSP answer, or a certificate that cannot be read.
type linted struct {
	file   string
	cert   *pki.Certificate
	list   *pki.CRL
	answer *pki.OCSPResponse
	broken error
}

// lintedIn reads what a file holds: PEM with any number of objects, DER of one, or what keys are kept in.
func (a *app) lintedIn(path string) ([]linted, error) {
	data, err := a.readFileOrInput(path)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, failed(exitError, "give a certificate, a CRL or an OCSP answer, in PEM or DER", "%s is empty", nameOf(path))
	}
	if found := lintedPEM(path, data); len(found) > 0 {
		return found, nil
	}
	l := linted{file: path}
	var notCert error
	if l.cert, notCert = pki.ParseCertificate(data); notCert == nil {
		return []linted{l}, nil
	}
	if l.list, err = pki.ParseCRL(data); err == nil {
		return []linted{l}, nil
	}
	if l.answer, err = pki.ParseOCSPResponse(data); err == nil {
		return []linted{l}, nil
	}
	var found []linted
	if path != "-" {
		certs, err := a.certificates([]string{path}) // PKCS #7 and the like
		for _, c := range certs {
			found = append(found, linted{file: path, cert: c})
		}
		if err == nil {
			return found, nil
		}
	}
	return nil, failed(exitError, "give a certificate, a CRL or an OCSP answer, in PEM or DER", "%s is neither a certificate, a CRL nor an OCSP answer: %w", nameOf(path), notCert)
}

// lintedPEM reads the blocks of PEM; keys and requests are passed over.
func lintedPEM(path string, data []byte) (found []linted) {
	for b, rest := pem.Decode(data); b != nil; b, rest = pem.Decode(rest) {
		l := linted{file: path}
		switch b.Type {
		case "CERTIFICATE", "X509 CERTIFICATE":
			l.cert, l.broken = pki.ParseCertificate(b.Bytes)
		case "X509 CRL", "CRL":
			l.list, l.broken = pki.ParseCRL(b.Bytes)
		case "OCSP RESPONSE":
			l.answer, l.broken = pki.ParseOCSPResponse(b.Bytes)
		default:
			continue
		}
		found = append(found, l)
	}
	return found
}

func nameOf(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

func (a *app) readFileOrInput(path string) ([]byte, error) {
	if path != "-" {
		return readAll(path, largestList)
	}
	data, err := io.ReadAll(io.LimitReader(a.in, largestList+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(data) > largestList {
		return nil, failed(exitLimit, "is it the right file?", "standard input is larger than %d MiB", largestList>>20)
	}
	return data, nil
}

// lint applies the rules for the kind of object.
func (l linted) lint(o lint.Options) []lint.Result {
	switch {
	case l.broken != nil:
		return lint.Unreadable(l.broken)
	case l.list != nil:
		return lint.CRL(l.list, o)
	case l.answer != nil:
		return lint.OCSP(l.answer, o)
	}
	return lint.Certificate(l.cert, o)
}
