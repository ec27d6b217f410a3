package vault

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// field is where secrets are shared: the scalars of ristretto255 (RFC 9496), whose arithmetic takes the same time for every secret.
var field = group.Ristretto255

// scalarSize is that of an encoded scalar, and of an encoded point.
const scalarSize = 32

// share is what an officer holds, in the form in which it is sealed to him. It tells nothing about the secret, and neither do fewer
// of them than the threshold (Shamir).
type share struct {
	Kind      string `json:"waxwing"`
	Circle    string `json:"circle"`
	Sharing   int    `json:"sharing"`
	Place     int    `json:"place"`
	Threshold int    `json:"threshold"`
	Value     []byte `json:"value"`
}

const shareKind = "escrow share 1"

// maxShare is the most that is read of a share.
const maxShare = 4096

// parseShare reads an opened share.
func parseShare(text []byte) (s share, err error) {
	if len(text) > maxShare {
		return s, fmt.Errorf("vault: a share has at most %d bytes", maxShare)
	}
	// The value must not get into an error, so the JSON error is not told.
	if err := json.Unmarshal(text, &s); err != nil || s.Kind != shareKind {
		return s, errors.New("vault: this is not an opened share: open it with the officer's key first, as with openssl cms -decrypt")
	}
	if s.Place < 1 || s.Place > mostOfficers || len(s.Value) != scalarSize {
		return s, errors.New("vault: the share is damaged")
	}
	return s, nil
}

// point makes the share of the field that a share holds.
func (s share) point() (secretsharing.Share, error) {
	value := field.NewScalar()
	if err := value.UnmarshalBinary(s.Value); err != nil {
		return secretsharing.Share{}, errors.New("vault: the share is damaged")
	}
	return secretsharing.Share{ID: field.NewScalar().SetUint64(uint64(s.Place)), Value: value}, nil
}

// split shares a secret anew. The commitments let anybody check a share (Feldman) and show that a new sharing is of the same secret.
func split(secret group.Scalar, threshold, n int) (values [][]byte, commitments []byte, err error) {
	ss := secretsharing.New(rand.Reader, uint(threshold-1), secret)
	for _, s := range ss.Share(uint(n)) {
		raw, err := s.Value.MarshalBinary()
		if err != nil {
			return nil, nil, err
		}
		values = append(values, raw)
	}
	for _, c := range ss.CommitSecret() {
		raw, err := c.MarshalBinaryCompress()
		if err != nil {
			return nil, nil, err
		}
		commitments = append(commitments, raw...)
	}
	return values, commitments, nil
}

// join finds the secret that threshold shares are of. Each is checked for itself, so that the wrong one is named.
func join(shares []share, threshold int, commitments []byte) (group.Scalar, error) {
	if len(shares) < threshold {
		return nil, fmt.Errorf("vault: %d shares are not enough, %d are needed", len(shares), threshold)
	}
	if len(commitments) != threshold*scalarSize {
		return nil, errors.New("vault: the commitments of the circle are damaged")
	}
	var committed secretsharing.SecretCommitment
	for raw := range slices.Chunk(commitments, scalarSize) {
		e := field.NewElement()
		if err := e.UnmarshalBinary(raw); err != nil {
			return nil, errors.New("vault: the commitments of the circle are damaged")
		}
		committed = append(committed, e)
	}
	var points []secretsharing.Share
	for _, s := range shares {
		p, err := s.point()
		if err != nil || !secretsharing.Verify(uint(threshold-1), p, committed) {
			return nil, fmt.Errorf("vault: the share at place %d is not one of this circle's", s.Place)
		}
		points = append(points, p)
	}
	return secretsharing.Recover(uint(threshold-1), points)
}

// escrowKey makes the HPKE key (RFC 9180 §7.1.3) that a secret stands for.
func escrowKey(secret group.Scalar) (hpke.PrivateKey, error) {
	raw, err := secret.MarshalBinary()
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	return escrowKEM().DeriveKeyPair(raw)
}

func escrowKEM() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// escrowSeal encrypts to a circle; the info binds what for.
func escrowSeal(public, info, plain []byte) ([]byte, error) {
	to, err := escrowKEM().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("vault: the circle's public key: %w", err)
	}
	return hpke.Seal(to, hpke.HKDFSHA256(), hpke.AES256GCM(), info, plain)
}

func escrowOpen(key hpke.PrivateKey, info, sealed []byte) ([]byte, error) {
	plain, err := hpke.Open(key, hpke.HKDFSHA256(), hpke.AES256GCM(), info, sealed)
	if err != nil {
		return nil, errOpen
	}
	return plain, nil
}
