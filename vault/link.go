package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// tokenTimeout is how long a token may take for one answer. Making an RSA key takes the longest.
const tokenTimeout = 60 * time.Second

// link is a session with a token, with the PIN told.
type link struct {
	client  *p11rpc.Client
	session p11rpc.Session
	slot    p11rpc.Slot
}

// links are the open sessions, one for each server and token.
type links struct {
	mu   sync.Mutex
	open map[string]*link
}

// String shows nothing of them.
func (l *links) String() string { return "links to tokens" }

// use runs f with a session of the token that a URI names, and once more with a new one if the connection turned out to be gone.
func (l *links) use(u p11rpc.URI, f func(*link) error) error {
	for again := range 2 {
		k, fresh, err := l.get(u)
		if err != nil {
			return err
		}
		if err = f(k); err == nil {
			return nil
		}
		var refused *p11rpc.Error
		switch {
		case errors.As(err, &refused) && !refused.Unavailable():
			return fmt.Errorf("vault: %w", err)
		case k.client.Broken() == nil && refused == nil:
			return err // not about the token
		}
		l.drop(u, k)
		if fresh || again > 0 {
			return fmt.Errorf("vault: %w: %w", alg.ErrKeyUnavailable, err)
		}
	}
	return alg.ErrKeyUnavailable
}

func linkName(u p11rpc.URI) string {
	return strings.Join([]string{u.Socket, u.Token, u.Manufacturer, u.Model, u.Serial, u.PINSource}, "\x00")
}

// get returns an open link, or a fresh one.
func (l *links) get(u p11rpc.URI) (k *link, fresh bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := linkName(u)
	if k, ok := l.open[name]; ok && k.client.Broken() == nil {
		return k, false, nil
	}
	k, err = dial(u)
	if err != nil {
		return nil, true, err
	}
	if l.open == nil {
		l.open = map[string]*link{}
	}
	l.open[name] = k
	return k, true, nil
}

func (l *links) drop(u p11rpc.URI, k *link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k.client.Close()
	if l.open[linkName(u)] == k {
		delete(l.open, linkName(u))
	}
}

// close ends all sessions.
func (l *links) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, k := range l.open {
		k.client.Close()
		delete(l.open, name)
	}
}

// dial opens a session with the one token that the URI names.
func dial(u p11rpc.URI) (*link, error) {
	c, err := dialServer(u)
	if err != nil {
		return nil, err
	}
	k := &link{client: c}
	if err := k.login(u); err != nil {
		c.Close()
		return nil, err
	}
	return k, nil
}

// dialServer connects to the server that the URI or the environment names.
func dialServer(u p11rpc.URI) (*p11rpc.Client, error) {
	socket := u.Socket
	if socket == "" {
		socket = strings.TrimPrefix(os.Getenv("P11_KIT_SERVER_ADDRESS"), "unix:path=")
	}
	if socket == "" {
		return nil, errors.New("vault: the URI of the token needs x-socket=, the socket of p11-kit server, or P11_KIT_SERVER_ADDRESS has to be set")
	}
	c, err := p11rpc.Dial(context.Background(), socket, tokenTimeout)
	if err != nil {
		return nil, fmt.Errorf("vault: %w: %w", alg.ErrKeyUnavailable, err)
	}
	return c, nil
}

func (k *link) login(u p11rpc.URI) error {
	slots, err := k.client.Slots()
	if err != nil {
		return fmt.Errorf("vault: %w: %w", alg.ErrKeyUnavailable, err)
	}
	n := 0
	for _, s := range slots {
		if u.Fits(s) {
			k.slot = s
			n++
		}
	}
	switch {
	case n == 0:
		return fmt.Errorf("vault: %w: no token %q behind the socket", alg.ErrKeyUnavailable, u.Token)
	case n > 1:
		return fmt.Errorf("vault: %d tokens fit the URI: name one by token= or serial=", n)
	}
	if k.session, err = k.client.OpenSession(k.slot.ID, true); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if u.PINSource == "" {
		return nil
	}
	text, err := readSecret(u.PINSource)
	if err != nil {
		return fmt.Errorf("vault: the PIN: %w", err)
	}
	defer clear(text)
	pin, _, _ := bytes.Cut(text, []byte("\n"))
	if err := k.client.Login(k.session, bytes.TrimSuffix(pin, []byte("\r"))); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return nil
}

// find looks for the one object of a class that the URI names.
func (k *link) find(u p11rpc.URI, class uint64) (p11rpc.Object, error) {
	with := []p11rpc.Attribute{p11rpc.Ulong(p11rpc.Class, class)}
	if u.Object != "" {
		with = append(with, p11rpc.Bytes(p11rpc.Label, []byte(u.Object)))
	}
	if u.ID != nil {
		with = append(with, p11rpc.Bytes(p11rpc.ID, u.ID))
	}
	if len(with) == 1 {
		return 0, errors.New("vault: the URI of a key needs object= or id=")
	}
	found, err := k.client.Find(k.session, with, 2)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, fmt.Errorf("vault: the token has no key %q", u.Object)
	case len(found) > 1:
		return 0, fmt.Errorf("vault: the token has several keys %q: name one by id=", u.Object)
	}
	return found[0], nil
}
