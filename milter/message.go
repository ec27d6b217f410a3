package milter

import (
	"net/netip"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
)

// Message is a mail as the MTA showed it.
type Message struct {
	Client     Client
	From       string   // without angle brackets; empty is the null sender
	FromArgs   []string // ESMTP parameters of MAIL, as "SIZE=100"
	Recipients []Recipient
	Macros     map[string]string // of all stages, without braces: "i" is the queue id, "auth_authen" the login
	Header     []Field           // in order, as they came
	Content    eml.Source        // header, empty line and body, lines ended by CRLF; good until the handler returns
}

// Client is who brought the mail to the MTA.
type Client struct {
	Name string // as the MTA resolved it
	Addr netip.AddrPort
	Path string // of a Unix socket
	Helo string
}

// Recipient is one that the MTA accepted so far.
type Recipient struct {
	Address string // without angle brackets
	Args    []string
}

// Field is a header field. Value is everything after the colon, with folding as CRLF, without the last line end.
type Field struct{ Name, Value string }

// unbracket reads "<address>" and its arguments.
func unbracket(list []string) (address string, args []string, ok bool) {
	if len(list) == 0 {
		return "", nil, false
	}
	a := list[0]
	if strings.HasPrefix(a, "<") && strings.HasSuffix(a, ">") {
		a = a[1 : len(a)-1]
	}
	return a, list[1:], true
}

// client reads the data of SMFIC_CONNECT: name, family, port and address.
func client(data []byte) (Client, error) {
	name, rest, ok := strings.Cut(string(data), "\x00")
	if !ok || rest == "" {
		return Client{}, errPacket
	}
	c := Client{Name: name}
	family, rest := rest[0], rest[1:]
	if family == 'U' {
		return c, nil
	}
	if len(rest) < 3 || rest[len(rest)-1] != 0 {
		return Client{}, errPacket
	}
	port, text := uint16(rest[0])<<8|uint16(rest[1]), rest[2:len(rest)-1]
	switch family {
	case '4', '6':
		a, err := netip.ParseAddr(strings.TrimPrefix(strings.TrimPrefix(text, "IPv6:"), "IPV6:"))
		if err != nil {
			return Client{}, errPacket
		}
		c.Addr = netip.AddrPortFrom(a.Unmap(), port)
	case 'L':
		c.Path = text
	default:
		return Client{}, errPacket
	}
	return c, nil
}
