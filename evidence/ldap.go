package evidence

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// fetchLDAP reads the one attribute that an LDAP URL names (RFC 4516 §2), such as certificateRevocationList;binary
// (RFC 5280 §4.2.1.13).
func (f *Fetcher) fetchLDAP(ctx context.Context, u *url.URL) ([]byte, error) {
	dn, err := url.PathUnescape(strings.TrimPrefix(u.EscapedPath(), "/"))
	if err != nil {
		return nil, errors.New("malformed LDAP address")
	}
	attributes, rest, _ := strings.Cut(u.RawQuery, "?")
	if attributes, err = url.PathUnescape(attributes); err != nil || attributes == "" {
		return nil, errors.New("the LDAP address names no attribute")
	}
	filter := "(objectClass=*)"
	if parts := strings.Split(rest, "?"); len(parts) > 1 && parts[1] != "" {
		if filter, err = url.PathUnescape(parts[1]); err != nil {
			return nil, errors.New("malformed LDAP filter")
		}
	}
	port := u.Port()
	if port == "" {
		port = "389"
	}
	raw, err := f.dialer().DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	conn := ldap.NewConn(&boundedConn{Conn: raw, left: f.o.Size + 1<<20}, false)
	conn.Start()
	defer conn.Close()
	return search(conn, dn, filter, strings.Split(attributes, ","))
}

func search(conn *ldap.Conn, dn, filter string, attributes []string) ([]byte, error) {
	q := ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 10, false, filter, attributes, nil)
	answer, err := conn.Search(q)
	if err != nil {
		return nil, fmt.Errorf("LDAP: %w", err)
	}
	for _, e := range answer.Entries {
		for _, a := range e.Attributes {
			if len(a.ByteValues) > 0 {
				return a.ByteValues[0], nil
			}
		}
	}
	return nil, errors.New("the LDAP entry has no such attribute")
}

// boundedConn ends a connection that sends too much.
type boundedConn struct {
	net.Conn
	left int64
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("the answer is too large")
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
