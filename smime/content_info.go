package smime

import (
	"bytes"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// isObject tells whether a content type is that of a CMS object.
func isObject(t der.OID) bool {
	switch t {
	case alg.OIDSignedData, alg.OIDEnvelopedData, alg.OIDAuthEnvelopedData, alg.OIDCompressedData,
		alg.OIDEncryptedData, alg.OIDDigestedData, alg.OIDAuthenticatedData:
		return true
	}
	return false
}

// contentInfo returns the start of a ContentInfo of indefinite length (RFC 5652 §3), and
// endOfContents its end.
func contentInfo(t der.OID) io.Reader {
	b := der.AppendIndefinite(nil, der.Sequence)
	b = append(der.AppendHeader(b, der.ObjectIdentifier, false, int64(len(t))), t...)
	return bytes.NewReader(der.AppendIndefinite(b, der.Context(0)))
}

func endOfContents() io.Reader { return bytes.NewReader(der.AppendEnd(der.AppendEnd(nil))) }
