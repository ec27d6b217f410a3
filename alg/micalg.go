package alg

import "strings"

// Micalg returns the digest's name in the micalg parameter of multipart/signed
// (RFC 8551 §3.5.3.2): "sha-256", "md5".
func (h *Hash) Micalg() string {
	switch h.OID {
	case OIDMD5:
		return "md5"
	case OIDSHA1, OIDSHA224, OIDSHA256, OIDSHA384, OIDSHA512:
		return "sha-" + strings.TrimPrefix(strings.ToLower(h.Name), "sha-")
	}
	return strings.ToLower(h.Name)
}
