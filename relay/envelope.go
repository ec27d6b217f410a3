package relay

import (
	"crypto/tls"
	"net/netip"
	"slices"
)

// Envelope is everything about a message that is not in it.
type Envelope struct {
	Peer       Peer        // who handed it over
	From       string      // local@domain as received; empty is the null sender
	Recipients []Recipient // those that were accepted, in order
	Size       int64       // as declared, RFC 1870; 0 where nothing was
	Body       string      // "7BIT", "8BITMIME" or empty, RFC 6152
	SMTPUTF8   bool        // RFC 6531
	RequireTLS bool        // RFC 8689
	Ret        string      // "FULL", "HDRS" or empty, RFC 3461 §4.3
	EnvID      string      // as received, still xtext, RFC 3461 §4.4
	Auth       string      // the AUTH parameter, still xtext, RFC 4954 §5
	Forward    Forward     // what a trusted peer said about where it got the mail
}

// Recipient is one RCPT command.
type Recipient struct {
	Address string // local@domain as received
	Notify  string // as received, RFC 3461 §4.1
	ORcpt   string // as received, type and xtext, RFC 3461 §4.2
}

// Forward holds the attributes of Postfix's XFORWARD. Empty is unknown.
type Forward struct {
	Name, Addr, Port string // of the client that brought the mail to the peer
	Proto, Helo      string
	Ident            string // the peer's queue id
	Source           string // LOCAL or REMOTE
}

// Peer is the other end of a connection, or what a trusted one said with XCLIENT about the client it stands for.
type Peer struct {
	Network  string         // "tcp" or "unix"
	Addr     netip.AddrPort // not valid for a Unix socket
	Name     string         // given by XCLIENT
	Helo     string
	Protocol string               // SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA or LMTP in the same forms, RFC 3848
	TLS      *tls.ConnectionState // nil without
	User     string               // who it authenticated as; empty without AUTH
}

// Certified tells whether the peer showed a client certificate that the server's TLS configuration verified.
func (p Peer) Certified() bool { return p.TLS != nil && len(p.TLS.VerifiedChains) > 0 }

// Clone returns a deep copy, to be changed on the way to the next hop.
func (e *Envelope) Clone() *Envelope {
	c := *e
	c.Recipients = slices.Clone(e.Recipients)
	return &c
}

// For returns a copy for these recipients only.
func (e *Envelope) For(r ...Recipient) *Envelope {
	c := *e
	c.Recipients = r
	return &c
}
