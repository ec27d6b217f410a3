package relay

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// strongest lists the mechanisms we speak, best first.
func strongest() []string { return []string{"SCRAM-SHA-256", "PLAIN", "LOGIN"} }

func (l *link) login(a *Login) error {
	offered := strings.Fields(strings.ToUpper(l.has["AUTH"]))
	name := strings.ToUpper(a.Mechanism)
	if name == "" {
		for _, m := range strongest() {
			if slices.Contains(offered, m) {
				name = m
				break
			}
		}
	}
	if name == "" || !slices.Contains(offered, name) {
		return Temporary("4.7.0", "the next hop offers no mechanism of AUTH that we speak; it offers "+strings.Join(offered, " "))
	}
	var err error
	switch name {
	case "PLAIN":
		err = l.need("AUTH PLAIN " + b64("\x00"+a.User+"\x00"+a.Password) + "\r\n")
	case "LOGIN":
		for _, line := range []string{"AUTH LOGIN", b64(a.User), b64(a.Password)} {
			if err = l.need(line + "\r\n"); err != nil {
				break
			}
		}
	case "SCRAM-SHA-256":
		err = l.loginSCRAM(a)
	default:
		err = Temporary("4.7.0", "mechanism not known: "+name)
	}
	if r, ok := err.(Reply); ok && r.IsPermanent() {
		// A wrong password of ours is no reason to give the sender the mail back.
		return Temporary("4.7.8", "the next hop refuses our login: "+r.String())
	}
	return err
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// step sends a response and returns the decoded challenge.
func (l *link) step(line string) (string, error) {
	r, err := l.ask(line + "\r\n")
	if err != nil {
		return "", err
	}
	if r.Code != 334 {
		return "", r
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.Text))
	return string(b), err
}

// loginSCRAM is the client's side of RFC 5802 §3.
func (l *link) loginSCRAM(a *Login) error {
	user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(a.User)
	own := nonce()
	bare := "n=" + user + ",r=" + own
	first, err := l.step("AUTH SCRAM-SHA-256 " + b64("n,,"+bare))
	if err != nil {
		return err
	}
	response, proof, err := answerSCRAM(a.Password, own, bare, first)
	if err != nil {
		return err
	}
	last, err := l.step(b64(response))
	if err != nil {
		return err
	}
	// RFC 5802 §3: a server that cannot prove that it knows the secret is another's.
	v, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(last, "v="))
	if err != nil || !hmac.Equal(v, proof) {
		return errSCRAM
	}
	return l.need("\r\n")
}

// answerSCRAM answers the server's first message, and says what its last must prove.
func answerSCRAM(password, own, bare, first string) (response string, server []byte, err error) {
	f := strings.Split(first, ",")
	if len(f) < 3 || !strings.HasPrefix(f[0], "r="+own) || !strings.HasPrefix(f[1], "s=") || !strings.HasPrefix(f[2], "i=") {
		return "", nil, errSCRAM
	}
	salt, err := base64.StdEncoding.DecodeString(f[1][2:])
	rounds, err2 := strconv.Atoi(f[2][2:])
	if err != nil || err2 != nil || rounds < 1 || rounds > 10_000_000 {
		return "", nil, errSCRAM
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", nil, err
	}
	without := "c=biws," + f[0]
	message := bare + "," + first + "," + without
	key := mac(salted, "Client Key")
	stored := sha256.Sum256(key)
	subtle.XORBytes(key, key, mac(stored[:], message))
	return without + ",p=" + base64.StdEncoding.EncodeToString(key), mac(mac(salted, "Server Key"), message), nil
}
