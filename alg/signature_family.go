package alg

import "github.com/waxwing-mail/waxwing/der"

// familyName is the kind of key behind a signature algorithm.
type familyName string

const (
	familyRSA   familyName = "RSA"
	familyECDSA familyName = "ECDSA"
	familyDSA   familyName = "DSA"
)

// signatureHashes are the digests that signature identifiers name.
var signatureHashes = map[der.OID]der.OID{
	OIDMD5WithRSA: OIDMD5, OIDSHA1WithRSA: OIDSHA1, OIDSHA1WithRSAOIW: OIDSHA1,
	OIDSHA224WithRSA: OIDSHA224, OIDSHA256WithRSA: OIDSHA256, OIDSHA384WithRSA: OIDSHA384, OIDSHA512WithRSA: OIDSHA512,
	OIDSHA512224WithRSA: OIDSHA512224, OIDSHA512256WithRSA: OIDSHA512256,
	OIDSHA3224WithRSA: OIDSHA3224, OIDSHA3256WithRSA: OIDSHA3256, OIDSHA3384WithRSA: OIDSHA3384, OIDSHA3512WithRSA: OIDSHA3512,
	OIDECDSAWithSHA1: OIDSHA1, OIDECDSAWithSHA224: OIDSHA224, OIDECDSAWithSHA256: OIDSHA256,
	OIDECDSAWithSHA384: OIDSHA384, OIDECDSAWithSHA512: OIDSHA512,
	OIDECDSAWithSHA3224: OIDSHA3224, OIDECDSAWithSHA3256: OIDSHA3256,
	OIDECDSAWithSHA3384: OIDSHA3384, OIDECDSAWithSHA3512: OIDSHA3512,
	OIDECDSAWithSHAKE128: OIDSHAKE128, OIDECDSAWithSHAKE256: OIDSHAKE256,
	OIDDSAWithSHA1: OIDSHA1, OIDDSAWithSHA1OIW: OIDSHA1, OIDDSAWithSHA224: OIDSHA224,
	OIDDSAWithSHA256: OIDSHA256, OIDDSAWithSHA384: OIDSHA384, OIDDSAWithSHA512: OIDSHA512,
}

// family returns the kind of key that a signature identifier belongs to.
func family(oid der.OID) familyName {
	switch oid {
	case OIDRSA:
		return familyRSA
	case OIDECPublicKey:
		return familyECDSA
	case OIDDSA:
		return familyDSA
	}
	switch name := table[oid].Name; {
	case len(name) > 4 && name[:4] == "RSA ":
		return familyRSA
	case len(name) > 6 && name[:6] == "ECDSA ":
		return familyECDSA
	}
	return familyDSA
}

// signatureOID returns the identifier of a kind of key with a digest, and false when it has none.
func signatureOID(f familyName, h *Hash) (der.OID, bool) {
	for oid, digest := range signatureHashes {
		if digest == h.OID && family(oid) == f && oid != OIDSHA1WithRSAOIW && oid != OIDDSAWithSHA1OIW {
			return oid, true
		}
	}
	return "", false
}
