package trust

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// ForMail are the purposes of an authority that a root program trusts for mail.
var ForMail = []chain.Purpose{chain.SMIMESign, chain.SMIMEEncrypt}

// ErrEmpty says that a list holds no authority that is trusted for mail.
var ErrEmpty = errors.New("the list holds no authority that is trusted for mail")

// Bundle reads a list of authorities: certificates in PEM or DER, the CCADB's CSV report with PEM, or Mozilla's certdata.txt. Of the last
// two it takes those that are trusted for mail.
func Bundle(data []byte) ([]Entry, error) {
	var list []Entry
	var err error
	switch {
	case bytes.Contains(data[:min(len(data), 64<<10)], []byte("CKA_CLASS")) || bytes.Contains(data[:min(len(data), 64<<10)], []byte("BEGINDATA")):
		list, err = certdata(data)
	case isCCADB(data):
		list, err = ccadb(data)
	default:
		list, err = certificates(data)
	}
	if err == nil && len(list) == 0 {
		err = ErrEmpty
	}
	return list, err
}

// certificates takes every certificate of a file: who gives it chose them.
func certificates(data []byte) ([]Entry, error) {
	b, err := keyfile.Read(data, keyfile.Options{})
	if err != nil {
		return nil, err
	}
	if len(b.Keys) > 0 {
		return nil, fmt.Errorf("the file holds a private key; give the certificate alone")
	}
	var list []Entry
	for _, c := range b.Certificates {
		list = append(list, Entry{Certificate: c})
	}
	return list, nil
}
