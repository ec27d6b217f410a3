package alg

import "github.com/waxwing-mail/waxwing/der"

// IsAEAD tells whether a content encryption algorithm authenticates what it encrypts, and so belongs in
// an AuthEnvelopedData and nowhere else (RFC 5083 §2).
func IsAEAD(cipher der.OID) bool {
	switch cipher {
	case OIDAES128GCM, OIDAES192GCM, OIDAES256GCM, OIDAES128CCM, OIDAES192CCM, OIDAES256CCM, OIDChaCha20Poly1305:
		return true
	}
	return false
}
