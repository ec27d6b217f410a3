package relay

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// peerOf reads the address of a connection.
func peerOf(c net.Conn) Peer {
	p := Peer{Network: "unix"}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		p.Network, p.Addr = "tcp", netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	}
	return p
}

func (n *session) hello(verb, arg string) {
	// RFC 2033 §4.1: LHLO, and neither of the others.
	if n.srv.LMTP != (verb == "LHLO") {
		n.fault(Reply{500, "5.5.1", "this is " + n.service()})
		return
	}
	name, _, _ := strings.Cut(arg, " ")
	if name == "" || len(name) > 255 || printable(name, 255) != name {
		n.fault(Reply{501, "5.5.4", verb + " needs a name"})
		return
	}
	n.drop()
	n.forward = Forward{}
	n.peer.Helo = name
	n.peer.Protocol = n.protocol(verb != "HELO")
	if verb == "HELO" {
		n.reply(Reply{250, none, n.srv.Hostname})
		return
	}
	n.reply(Reply{250, none, strings.Join(append([]string{n.srv.Hostname}, n.extensions()...), "\n")})
}

// extensions is what EHLO announces.
func (n *session) extensions() []string {
	size := max(n.srv.limits.Size, 0)
	list := []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "DSN", "SIZE " + strconv.FormatInt(size, 10)}
	if n.srv.TLS != nil && n.peer.TLS == nil {
		list = append(list, "STARTTLS")
	}
	if n.peer.TLS != nil {
		list = append(list, "REQUIRETLS") // RFC 8689 §2: only where TLS is active
	}
	if m := n.mechanisms(); m != "" {
		list = append(list, "AUTH "+m)
	}
	if n.trusted() {
		list = append(list, "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE", "XCLIENT NAME ADDR PORT PROTO HELO LOGIN")
	}
	return list
}

// secure tells whether nobody between us and the peer can listen.
func (n *session) secure() bool { return n.peer.TLS != nil || n.real.Network == "unix" }

// trusted is about the peer itself, not about whom it speaks for.
func (n *session) trusted() bool {
	return n.real.Network == "unix" || within(n.srv.Trust, n.real.Addr.Addr())
}

// admitted tells whether the peer may send mail.
func (n *session) admitted() bool {
	return n.peer.Network == "unix" || n.peer.User != "" || n.peer.Certified() || within(n.srv.Admit, n.peer.Addr.Addr())
}
