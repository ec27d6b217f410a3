package relay

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Secret is what a server keeps of a password for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677).
type Secret struct {
	Salt       []byte
	Iterations int
	StoredKey  []byte
	ServerKey  []byte
}

// NewSecret derives a secret from a password with a fresh salt. Zero iterations takes 600,000.
func NewSecret(password string, iterations int) (Secret, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	if iterations == 0 {
		iterations = 600_000
	}
	return deriveSecret(password, salt, iterations)
}

func deriveSecret(password string, salt []byte, iterations int) (Secret, error) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, iterations, sha256.Size)
	if err != nil {
		return Secret{}, fmt.Errorf("SCRAM secret: %w", err)
	}
	stored := sha256.Sum256(mac(salted, "Client Key"))
	return Secret{salt, iterations, stored[:], mac(salted, "Server Key")}, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func nonce() string { return rand.Text() + rand.Text() }

var errSCRAM = errors.New("SCRAM message not valid")

// scram is the server's side of RFC 5802 §3 without channel binding.
func (n *session) scram(ctx context.Context, initial string) (string, error) {
	text, err := n.first(initial, "")
	if err != nil {
		return "", err
	}
	x, err := newExchange(text, nonce())
	if err != nil {
		return "", Reply{501, "5.5.2", err.Error()}
	}
	secret, unknown := n.srv.Accounts.Secret(ctx, x.user)
	if unknown != nil {
		secret = madeUp(x.user, n.srv.decoy())
	}
	text, err = n.challenge(x.challenge(secret))
	if err != nil {
		return "", err
	}
	proof, err := x.check(text, secret)
	if err != nil {
		return "", err
	}
	if unknown != nil {
		return "", unknown
	}
	if _, err := n.challenge(proof); err != nil { // RFC 5802 §5: the server proves itself too
		return "", err
	}
	return x.user, nil
}

// madeUp gives a user that does not exist the same salt each time.
func madeUp(user string, key []byte) Secret {
	return Secret{mac(key, user)[:16], 600_000, make([]byte, 32), make([]byte, 32)}
}

// exchange is what was said so far.
type exchange struct {
	user, header, clientFirst, serverFirst, nonce string
}

// newExchange reads "n,,n=user,r=nonce".
func newExchange(text, own string) (*exchange, error) {
	flag, rest, _ := strings.Cut(text, ",")
	_, bare, ok := strings.Cut(rest, ",")
	if !ok || flag != "n" && flag != "y" {
		return nil, errSCRAM
	}
	x := &exchange{clientFirst: bare, header: text[:len(text)-len(bare)]}
	f := strings.Split(bare, ",")
	if len(f) < 2 || !strings.HasPrefix(f[0], "n=") || !strings.HasPrefix(f[1], "r=") || len(f[1]) < 10 {
		return nil, errSCRAM
	}
	x.user = strings.NewReplacer("=2C", ",", "=3D", "=").Replace(f[0][2:])
	x.nonce = f[1][2:] + own
	return x, nil
}

func (x *exchange) challenge(s Secret) string {
	x.serverFirst = "r=" + x.nonce + ",s=" + base64.StdEncoding.EncodeToString(s.Salt) + ",i=" + strconv.Itoa(s.Iterations)
	return x.serverFirst
}

// check compares the client's proof with the secret and returns the server's.
func (x *exchange) check(text string, s Secret) (string, error) {
	without, proofText, ok := strings.Cut(text, ",p=")
	proof, err := base64.StdEncoding.DecodeString(proofText)
	if !ok || err != nil || len(proof) != sha256.Size {
		return "", errSCRAM
	}
	// The binding repeats the first header, so that nobody between us can take the offer of a stronger way away.
	if without != "c="+base64.StdEncoding.EncodeToString([]byte(x.header))+",r="+x.nonce {
		return "", errSCRAM
	}
	message := x.clientFirst + "," + x.serverFirst + "," + without
	key := mac(s.StoredKey, message)
	subtle.XORBytes(key, key, proof)
	stored := sha256.Sum256(key)
	if subtle.ConstantTimeCompare(stored[:], s.StoredKey) != 1 {
		return "", errors.New("wrong password")
	}
	return "v=" + base64.StdEncoding.EncodeToString(mac(s.ServerKey, message)), nil
}
