package relay

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
)

// Accounts knows who may authenticate.
type Accounts interface {
	// Password checks a user's password (PLAIN, LOGIN). A Reply as error is what the peer is told; any other error is a
	// refusal without a reason.
	Password(ctx context.Context, user, password string) error

	// Secret returns what SCRAM-SHA-256 needs to check a user. An error means that the user has none; the exchange goes on
	// with a made-up secret, so that a peer cannot ask who exists.
	Secret(ctx context.Context, user string) (Secret, error)
}

var errAuthCancelled = errors.New("cancelled")

// mechanisms lists what AUTH offers now. Passwords are not asked for where others can listen (RFC 4954 §4).
func (n *session) mechanisms() string {
	if n.srv.Accounts == nil || n.peer.User != "" || !n.secure() {
		return ""
	}
	return "SCRAM-SHA-256 PLAIN LOGIN"
}

func (n *session) auth(ctx context.Context, arg string) bool {
	name, initial, _ := strings.Cut(arg, " ")
	switch {
	case n.peer.Helo == "" || n.env != nil || n.peer.User != "":
		n.fault(Reply{503, "5.5.1", "AUTH does not fit here"})
		return true
	case n.srv.Accounts == nil:
		n.fault(Reply{502, "5.5.1", "AUTH is not offered"})
		return true
	case !n.secure():
		n.fault(Reply{538, "5.7.11", "AUTH needs TLS: STARTTLS first"}) // RFC 4954 §6
		return true
	}
	var user string
	var err error
	switch strings.ToUpper(name) {
	case "PLAIN":
		user, err = n.plain(ctx, initial)
	case "LOGIN":
		user, err = n.login(ctx, initial)
	case "SCRAM-SHA-256":
		user, err = n.scram(ctx, initial)
	default:
		n.fault(Reply{504, "5.5.4", "mechanism not known"})
		return true
	}
	return n.authenticated(user, err)
}

// authenticated tells the peer how AUTH ended, and whether the connection goes on.
func (n *session) authenticated(user string, err error) bool {
	var r Reply
	switch {
	case err == nil && user != "":
		n.peer.User = user
		n.peer.Protocol = n.protocol(true)
		n.reply(Reply{235, "2.7.0", "authenticated"})
		return true
	case errors.Is(err, errAuthCancelled):
		n.fault(Reply{501, "5.7.0", "cancelled"})
	case errors.As(err, &r):
		n.fault(r)
	default:
		n.srv.Log.Info("authentication failed", "peer", n.real.Addr)
		n.faults += 2
		n.fault(Reply{535, "5.7.8", "user or password wrong"})
	}
	return true
}

// challenge sends a challenge and reads the response.
func (n *session) challenge(text string) (string, error) {
	n.reply(Reply{334, none, base64.StdEncoding.EncodeToString([]byte(text))})
	line, err := n.in.line(longestCommand)
	if err != nil {
		return "", Reply{421, "4.4.2", "AUTH was not finished"}
	}
	return n.response(line)
}

func (n *session) response(line string) (string, error) {
	switch line {
	case "*":
		return "", errAuthCancelled
	case "=": // RFC 4954 §4: an empty initial response
		return "", nil
	}
	b, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		return "", Reply{501, "5.5.2", "not base64"}
	}
	return string(b), nil
}

// first returns the initial response, or asks for it.
func (n *session) first(initial, prompt string) (string, error) {
	if initial == "" {
		return n.challenge(prompt)
	}
	return n.response(initial)
}

// plain is RFC 4616.
func (n *session) plain(ctx context.Context, initial string) (string, error) {
	text, err := n.first(initial, "")
	if err != nil {
		return "", err
	}
	part := strings.Split(text, "\x00")
	if len(part) != 3 || part[1] == "" || part[0] != "" && part[0] != part[1] {
		return "", Reply{535, "5.7.8", "user or password wrong"} // nobody acts for another here
	}
	return part[1], n.srv.Accounts.Password(ctx, part[1], part[2])
}

// login is draft-murchison-sasl-login, which Outlook and many devices speak.
func (n *session) login(ctx context.Context, initial string) (string, error) {
	user, err := n.first(initial, "Username:")
	if err != nil {
		return "", err
	}
	password, err := n.challenge("Password:")
	if err != nil {
		return "", err
	}
	if user == "" {
		return "", Reply{535, "5.7.8", "user or password wrong"}
	}
	return user, n.srv.Accounts.Password(ctx, user, password)
}
