package ca

import (
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

// KeyReport is what somebody brings to show that he has the private key of a certificate. One of Private, Signature and Request
// is needed, the last two with a challenge.
type KeyReport struct {
	Private  []byte // the key itself: PEM, PKCS#8, PKCS#1, SEC 1, PKCS#12, or a private JWK (RFC 7517). It is looked at and forgotten
	Password []byte // of Private; nil: none

	Challenge string // id of a Challenge
	Signature []byte // over Challenge.Phrase by the key, as `openssl dgst -sha256 -sign` or `openssl pkeyutl -sign -rawin` makes it
	Request   []byte // or a PKCS#10 in DER by the key, with Challenge.Phrase as its common name or challengePassword

	By     string // who reports, for the log: "reporter:anonymous" will do. Required
	Report string // the problem report that it belongs to; empty: none
}

// KeyReported is what became of a report.
type KeyReported struct {
	SPKI    string // SHA-256 of the key
	New     bool   // the key was not blocked before
	Revoked []*Revocation
}

// ErrNoProof says that a report does not prove possession of a key. Nothing was done.
var ErrNoProof = errors.New("ca: this does not prove possession of the private key")

// ReportKey takes a proof that a private key is in the wrong hands. The proof is enough: every certificate with the key is revoked with
// the reason keyCompromise, and the key is blocked, in this transaction and without anybody's consent (S/MIME BR §4.9.1.1,
// §4.9.12, §6.1.2; AUTHORITY 47). A key that nobody has a certificate for is blocked too. ErrNoProof tells that the report proves nothing.
func (c *CA) ReportKey(tx *db.Tx, r KeyReport) (*KeyReported, error) {
	if r.By == "" {
		return nil, errors.New("ca: report of a key: say who reports")
	}
	spki, err := r.proven(tx)
	if err != nil {
		return nil, err
	}
	out := &KeyReported{SPKI: spki}
	source := "somebody proved possession of the private key"
	if r.Report != "" {
		source = r.Report
	}
	if out.New, err = c.Block(tx, BlockedKey{SPKI: spki, Source: source, By: r.By}); err != nil {
		return nil, err
	}
	if _, err := c.Log.Append(tx, audit.Entry{Who: r.By, What: "key.reported", Object: "key:" + spki}); err != nil {
		return nil, err
	}
	out.Revoked, err = c.Revoke(tx, RevokeOrder{SPKI: spki, Reason: pki.KeyCompromise, Cause: "key-compromise", By: r.By, Report: r.Report})
	return out, err
}

// proven is the SHA-256 of the key whose possession the report proves.
func (r *KeyReport) proven(tx *db.Tx) (string, error) {
	if r.Private != nil {
		pub, err := publicHalf(r.Private, r.Password)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoProof, err)
		}
		spki, err := alg.MarshalPublicKey(pub)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoProof, err)
		}
		return hexSum(spki), nil
	}
	h, err := openChallenge(tx, r.Challenge)
	if errors.Is(err, db.ErrNone) {
		return "", fmt.Errorf("%w: the challenge %q is unknown, used or over; ask for a new one", ErrNoProof, r.Challenge)
	}
	if err != nil {
		return "", err
	}
	if err := r.answers(tx, h); err != nil {
		return "", err
	}
	return h.SPKI, useChallenge(tx, h.ID)
}

// publicHalf reads a private key of whatever form, and returns what everybody may know of it. keyfile checks that its numbers
// belong together: somebody else's public key with made-up private numbers proves nothing.
func publicHalf(data, password []byte) (crypto.PublicKey, error) {
	if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		return jwkPublic(data)
	}
	b, err := keyfile.Read(data, keyfile.Options{Password: password})
	if err != nil {
		return nil, err
	}
	if len(b.Keys) != 1 {
		return nil, fmt.Errorf("it holds %d private keys; send one at a time", len(b.Keys))
	}
	if pub := b.Keys[0].Public(); pub != nil {
		return pub, nil
	}
	return nil, errors.New("a key of an algorithm that is not known here")
}

// Challenge is a phrase that somebody is to sign, good for one proof.
type Challenge struct {
	ID      string
	SPKI    string // SHA-256 of the key, hexadecimal
	Phrase  string // to be signed, as it stands and without a line end
	Expires time.Time
}

// challengeLife is how long a challenge may be answered.
const challengeLife = day

// ChallengeKey makes a phrase for a key that is in a certificate of this house, for those who want to prove that they have the private key
// without giving it away. db.ErrNone says that there is no certificate with this key.
func (c *CA) ChallengeKey(tx *db.Tx, spki string) (Challenge, error) {
	list, err := issuedWithKey(tx, spki)
	if err != nil {
		return Challenge{}, err
	}
	if len(list) == 0 {
		return Challenge{}, db.ErrNone
	}
	h := Challenge{ID: tx.NewID(), SPKI: plainHex(spki), Expires: tx.Now.Add(challengeLife)}
	h.Phrase = "This key is compromised " + h.ID
	return h, insertChallenge(tx, h)
}

// answers checks the signature of a report by the key of its challenge.
func (r *KeyReport) answers(tx *db.Tx, h Challenge) error {
	list, err := issuedWithKey(tx, h.SPKI)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("%w: no certificate has this key any more", ErrNoProof)
	}
	cert, err := list[0].Parsed()
	if err != nil {
		return err
	}
	if r.Request != nil {
		return answersByRequest(r.Request, cert, h)
	}
	return answersBySignature(r.Signature, cert, h)
}

func answersBySignature(signature []byte, cert *pki.Certificate, h Challenge) error {
	if cert.PublicKey == nil || len(signature) == 0 {
		return fmt.Errorf("%w: there is no signature, or the key is of a kind that does not sign", ErrNoProof)
	}
	for _, o := range []alg.SignOptions{{}, {PSS: true}} {
		scheme, err := alg.SignatureFor(cert.PublicKey, o)
		if err != nil {
			continue
		}
		v, err := alg.NewVerifier(scheme.Identifier, nil, cert.PublicKey, alg.Allow{})
		if err == nil && v.VerifyMessage([]byte(h.Phrase), signature) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: the signature is not one over %q", ErrNoProof, h.Phrase)
}

// answersByRequest wants a certification request for the key, signed by it, that carries the phrase: a signature which the key's holder never
// made for another purpose.
func answersByRequest(raw []byte, cert *pki.Certificate, h Challenge) error {
	q, err := pki.ParseRequest(raw)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoProof, err)
	}
	sum := sha256.Sum256(q.RawSPKI)
	switch {
	case hex.EncodeToString(sum[:]) != h.SPKI && !alg.SameKey(q.PublicKey, cert.PublicKey):
		return fmt.Errorf("%w: the request is for another key", ErrNoProof)
	case q.Subject.CommonName() != h.Phrase && q.Challenge != h.Phrase:
		return fmt.Errorf("%w: the request does not carry %q as its common name", ErrNoProof, h.Phrase)
	}
	if err := q.CheckSignature(alg.Allow{}); err != nil {
		return fmt.Errorf("%w: %w", ErrNoProof, err)
	}
	return nil
}
