package alg

import (
	"cmp"
	"slices"

	"github.com/waxwing-mail/waxwing/der"
)

// Kind says what an algorithm is for.
type Kind string

// The kinds of algorithms. A few identifiers serve two purposes, such as rsaEncryption;
// they have the kind that they were made for.
const (
	KindDigest       Kind = "digest"
	KindSignature    Kind = "signature"
	KindPublicKey    Kind = "public key"
	KindCurve        Kind = "curve"
	KindCipher       Kind = "content encryption"
	KindWrap         Kind = "key wrap"
	KindKeyTransport Kind = "key transport"
	KindKeyAgreement Kind = "key agreement"
	KindKEM          Kind = "key encapsulation"
	KindMAC          Kind = "message authentication"
	KindKDF          Kind = "key derivation"
	KindPBE          Kind = "password-based encryption"
	KindMGF          Kind = "mask generation"
	KindCompression  Kind = "compression"
)

// ParamRule says what stands in the parameters.
type ParamRule uint8

// The rules. Where nothing is to be said, absent and NULL are both read, and the rule
// tells which of them is written (RFC 5754 §2).
const (
	ParamsAbsent   ParamRule = iota // written as absent
	ParamsNull                      // written as NULL
	ParamsRequired                  // the algorithm has parameters and is an error without them
)

// Entry is one row of the table of algorithms.
type Entry struct {
	OID    der.OID
	Name   string // as it is shown to people
	Kind   Kind
	Params ParamRule
	Bits   int // strength against the best known attack for its kind; 0 when the key decides
	Status Status
	Source string // the document that defines it
}

// String returns the name, or the dotted identifier of an entry without one.
func (e Entry) String() string {
	if e.Name == "" {
		return e.OID.String()
	}
	return e.Name
}

// Identifier returns the identifier as it is written when the algorithm has no parameters to state.
func (e Entry) Identifier() Identifier {
	if e.Params == ParamsNull {
		return Identifier{OID: e.OID, Params: null()}
	}
	return Identifier{OID: e.OID}
}

// checkParams fails when parameters stand where none belong, or are missing where some do.
func (e Entry) checkParams(id Identifier) error {
	switch {
	case e.Params == ParamsRequired && id.noParams():
		return &ParamsError{Algorithm: e.Name, Reason: "missing"}
	case e.Params != ParamsRequired && !id.noParams():
		return &ParamsError{Algorithm: e.Name, Reason: "there should be none"}
	}
	return nil
}

// table holds every algorithm by its identifier.
var table = index(digestRows, signatureRows, keyRows, cipherRows, wrapRows, agreementRows, kdfRows, postQuantumRows)

// index joins lists of rows and panics on an identifier that is in two of them.
func index(lists ...[]Entry) map[der.OID]Entry {
	m := make(map[der.OID]Entry, 256)
	for _, list := range lists {
		for _, e := range list {
			if _, twice := m[e.OID]; twice {
				panic("alg: in the table twice: " + e.Name)
			}
			m[e.OID] = e
		}
	}
	return m
}

// Lookup returns the row of an algorithm. The row of an unknown one holds its OID
// and the status Unknown.
func Lookup(oid der.OID) (Entry, bool) {
	e, ok := table[oid]
	if !ok {
		return Entry{OID: oid}, false
	}
	return e, true
}

// Table returns every row, by kind and name.
func Table() []Entry {
	all := make([]Entry, 0, len(table))
	for _, e := range table {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.OID, b.OID))
	})
	return all
}

// Name returns the name of an algorithm, or its dotted identifier when it has none.
func Name(oid der.OID) string {
	e, _ := Lookup(oid)
	return e.String()
}

// find returns the row of an identifier that stands where kind is expected.
func find(oid der.OID, kind Kind) (Entry, error) {
	e, ok := table[oid]
	if !ok || e.Kind != kind {
		return e, &UnsupportedError{Algorithm: Name(oid), Status: e.Status, Use: string(kind)}
	}
	return e, nil
}
