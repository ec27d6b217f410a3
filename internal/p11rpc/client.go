package p11rpc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// handshake is what both sides know each other by.
const handshake = "PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1"

// maxAnswer is the longest answer that is read: keys and signatures are far smaller.
const maxAnswer = 1 << 20

// Client is a connection to a PKCS #11 module.
type Client struct {
	mu      sync.Mutex
	conn    net.Conn
	timeout time.Duration // of each call
	code    uint32        // of the last frame
	greeted bool
	broken  error // why nothing more can be asked
}

// Dial connects to the socket of a p11-kit server and initializes the module behind it. Every call has to be answered within the timeout.
func Dial(ctx context.Context, socket string, timeout time.Duration) (*Client, error) {
	d := net.Dialer{Timeout: timeout}
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("p11rpc: reach the token's server: %w", err)
	}
	c, err := NewClient(conn, timeout)
	if err != nil {
		conn.Close()
	}
	return c, err
}

// NewClient initializes the module at the other end of a connection.
func NewClient(conn net.Conn, timeout time.Duration) (*Client, error) {
	c := &Client{conn: conn, timeout: timeout, code: 0x10}
	return c, c.do(callInitialize, func(w *writer) {
		w.array([]byte(handshake))
		w.byte(0)
		w.array([]byte{0})
	}, nil)
}

// Close ends the connection; the module closes its sessions.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken == nil {
		c.broken = net.ErrClosed
	}
	return c.conn.Close()
}

// Broken returns why the connection can no longer be used, or nil.
func (c *Client) Broken() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// do does one call.
func (c *Client) do(k call, ask func(*writer), answer func(*reader)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.locked(k, ask, answer)
}

// locked is do for who holds the lock. An error of the token leaves the connection usable, any other ends it.
func (c *Client) locked(k call, ask func(*writer), answer func(*reader)) error {
	if c.broken != nil {
		return fmt.Errorf("p11rpc: the connection to the token has ended: %w", c.broken)
	}
	err := c.exchange(k, ask, answer)
	var token *Error
	if err != nil && !errors.As(err, &token) {
		c.broken = err
		c.conn.Close()
	}
	return err
}

func (c *Client) exchange(k call, ask func(*writer), answer func(*reader)) error {
	w := &writer{}
	w.uint32(k.id)
	w.raw([]byte(k.request))
	if ask != nil {
		ask(w)
	}
	defer clear(w.b) // there may be a PIN in it
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	raw, err := c.frame(w.b)
	if err != nil {
		return fmt.Errorf("p11rpc: %s: %w", k.name, err)
	}
	r := &reader{b: raw}
	id, signature := r.uint32(), string(r.raw())
	switch {
	case r.bad:
		return errAnswer
	case id == callError.id && signature == callError.response:
		code := r.ulong()
		if err := r.end(); err != nil {
			return err
		}
		if code == 0 {
			return errAnswer
		}
		return &Error{Call: k.name, Code: code}
	case id != k.id || signature != k.response:
		return fmt.Errorf("%w: it answers call %d (%.20q), not %s", errAnswer, id, signature, k.name)
	}
	if answer != nil {
		answer(r)
	}
	return r.end()
}

// frame sends a request and reads the frame that answers it.
func (c *Client) frame(data []byte) ([]byte, error) {
	c.code++
	var out []byte
	if !c.greeted {
		out = append(out, 0) // version 0 of the protocol, where older servers expect any byte
	}
	out = binary.BigEndian.AppendUint32(out, c.code)
	out = binary.BigEndian.AppendUint32(out, 0) // no options
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	out = append(out, data...)
	defer clear(out)
	if _, err := c.conn.Write(out); err != nil {
		return nil, err
	}
	if !c.greeted {
		var version [1]byte
		if _, err := io.ReadFull(c.conn, version[:]); err != nil {
			return nil, err
		}
		if version[0] != 0 {
			return nil, fmt.Errorf("%w: it wants version %d of the protocol", errAnswer, version[0])
		}
		c.greeted = true
	}
	var head [12]byte
	if _, err := io.ReadFull(c.conn, head[:]); err != nil {
		return nil, err
	}
	code, options, size := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[4:]), binary.BigEndian.Uint32(head[8:])
	if code != c.code || uint64(options)+uint64(size) > maxAnswer {
		return nil, errAnswer
	}
	raw := make([]byte, options+size)
	if _, err := io.ReadFull(c.conn, raw); err != nil {
		return nil, err
	}
	return raw[options:], nil
}
