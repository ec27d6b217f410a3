package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/waxwing-mail/waxwing/pki"
)

// largestList bounds CRLs and OCSP answers.
const largestList = 512 << 20

// revocationLists reads CRLs out of files, and of every file of a folder.
func (a *app) revocationLists(paths []string) ([]*pki.CRL, error) {
	var list []*pki.CRL
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		files, inFolder := []string{path}, info.IsDir()
		if inFolder {
			if files, err = filesIn(path); err != nil {
				return nil, err
			}
		}
		for _, f := range files {
			some, err := readCRLs(f)
			if err != nil && !inFolder {
				return nil, err
			}
			list = append(list, some...)
		}
	}
	return list, nil
}

func filesIn(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

func readCRLs(path string) ([]*pki.CRL, error) {
	data, err := readAll(path, largestList)
	if err != nil {
		return nil, err
	}
	var list []*pki.CRL
	for _, raw := range pemOrDER(data, "X509 CRL", "CRL") {
		crl, err := pki.ParseCRL(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: not a CRL: %w", path, err)
		}
		list = append(list, crl)
	}
	return list, nil
}

func readAnswers(paths []string) ([]*pki.OCSPResponse, error) {
	var list []*pki.OCSPResponse
	for _, path := range paths {
		data, err := readAll(path, largestList)
		if err != nil {
			return nil, err
		}
		for _, raw := range pemOrDER(data, "OCSP RESPONSE") {
			answer, err := pki.ParseOCSPResponse(raw)
			if err != nil {
				return nil, fmt.Errorf("%s: not an OCSP answer: %w", path, err)
			}
			list = append(list, answer)
		}
	}
	return list, nil
}
