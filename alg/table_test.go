package alg

import (
	"crypto"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

func TestEveryRowIsWhole(t *testing.T) {
	kinds := map[Kind]bool{KindDigest: true, KindSignature: true, KindPublicKey: true, KindCurve: true, KindCipher: true, KindWrap: true,
		KindKeyTransport: true, KindKeyAgreement: true, KindKEM: true, KindMAC: true, KindKDF: true, KindPBE: true, KindMGF: true, KindCompression: true}
	names := make(map[string]der.OID)
	rows := Table()
	for i, e := range rows {
		if e.Name == "" || e.Source == "" || !kinds[e.Kind] || e.Status == Unknown || e.Status > Refused || e.Bits < 0 || e.Bits > 512 {
			t.Errorf("%+v lacks something", e)
		}
		if other, twice := names[e.Name]; twice {
			t.Errorf("%v and %v are both called %q", e.OID, other, e.Name)
		}
		names[e.Name] = e.OID
		if got, ok := Lookup(e.OID); !ok || got != e || Name(e.OID) != e.Name || e.String() != e.Name {
			t.Errorf("%s is looked up as %v", e.Name, got)
		}
		if i > 0 && rows[i-1].Kind > e.Kind {
			t.Errorf("%s stands after %s", e.Name, rows[i-1].Name)
		}
	}
	if len(rows) != len(table) {
		t.Errorf("%d rows of %d", len(rows), len(table))
	}
	unknown, ok := Lookup("\x2a\x03\x04")
	if ok || unknown.Status != Unknown || unknown.String() != "1.2.3.4" || Name("\x2a\x03\x04") != "1.2.3.4" {
		t.Errorf("1.2.3.4 is %+v", unknown)
	}
}

func TestARowTwiceIsAPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	index(digestRows, digestRows)
}

// What the table calls current is implemented, what it calls later or refused is not, and says its name.
func TestStatusAndImplementationAgree(t *testing.T) {
	keys := signingKeys(t)
	fits := func(oid der.OID) crypto.PublicKey {
		switch {
		case oid == OIDEd25519 || oid == OIDEd448:
			return keys[Name(oid)].Public()
		case strings.HasPrefix(Name(oid), "RSA"):
			return keys["RSA"].Public()
		case strings.HasPrefix(Name(oid), "ECDSA"):
			return keys["P-256"].Public()
		}
		return dsaKey()
	}
	for _, e := range Table() {
		var err error
		switch id := e.Identifier(); e.Kind {
		case KindSignature:
			switch e.OID {
			case OIDRSASSAPSS:
				id = (&PSSParams{SHA256, SHA256, 32}).identifier()
			case OIDECDSASpecified:
				id.Params = SHA256.Identifier().Bytes()
			}
			_, err = NewVerifier(id, nil, fits(e.OID), Allow{Legacy: true})
		case KindDigest:
			if e.OID == OIDSHAKE256Len {
				id.Params = []byte{2, 2, 2, 0}
			}
			_, err = HashOf(id)
		case KindCurve:
			if _, ok := CurveOf(e.OID); !ok {
				err = &UnsupportedError{Algorithm: e.Name, Status: e.Status}
			}
		default:
			continue
		}
		there := e.Status != Later && e.Status != Refused
		var u *UnsupportedError
		if there && err != nil {
			t.Errorf("%s is %v: %v", e.Name, e.Status, err)
		}
		if !there && (!errors.As(err, &u) || u.Algorithm != e.Name || u.Status != e.Status) {
			t.Errorf("%s is %v: %v", e.Name, e.Status, err)
		}
	}
	for oid := range hashes {
		if e := table[oid]; e.Kind != KindDigest {
			t.Errorf("%s is a digest and a %s", e.Name, e.Kind)
		}
	}
	for oid, h := range signatureHashes {
		if e := table[oid]; e.Kind != KindSignature || !strings.Contains(e.Name, table[h].Name) || e.Status < table[h].Status {
			t.Errorf("%s has the digest %s", e.Name, table[h].Name)
		}
	}
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		status            Status
		none, sha1, every bool
		text              string
	}{
		{Current, true, true, true, "current"},
		{Discouraged, false, true, true, "discouraged"},
		{Legacy, false, false, true, "legacy"},
		{Later, false, false, false, "not yet implemented"},
		{Refused, false, false, false, "never implemented"},
		{Unknown, false, false, false, "unknown"},
	} {
		e := Entry{Name: "RC7", Status: c.status}
		if c.status.String() != c.text {
			t.Errorf("%v, want %s", c.status, c.text)
		}
		for allow, want := range map[Allow]bool{{}: c.none, {SHA1: true}: c.sha1, {Legacy: true}: c.every, {SHA1: true, Legacy: true}: c.every} {
			err := allow.Check(e)
			if (err == nil) != want {
				t.Errorf("%v with %+v: %v", c.status, allow, err)
			}
			if err != nil && !strings.Contains(err.Error(), "RC7") {
				t.Errorf("%v: %q does not name it", c.status, err)
			}
			var n *NotAllowedError
			if needs := c.status == Discouraged || c.status == Legacy; err != nil && errors.As(err, &n) != needs {
				t.Errorf("%v with %+v: %T", c.status, allow, err)
			}
			if n != nil && (n.Flag == "--allow-sha1") != (c.status == Discouraged) {
				t.Errorf("%v: a flag %s", c.status, n.Flag)
			}
		}
	}
	for _, err := range []error{&UnsupportedError{Algorithm: "X"}, &UnsupportedError{Algorithm: "X", Use: "digest"}, &ParamsError{"X", "missing"}} {
		if !strings.Contains(fmt.Sprint(err), "X") {
			t.Error(err)
		}
	}
}
