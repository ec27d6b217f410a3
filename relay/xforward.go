package relay

import (
	"net/netip"
	"strconv"
	"strings"
)

// attributes reads "NAME=value ..." of XFORWARD and XCLIENT; values are xtext, [UNAVAILABLE] is empty.
func attributes(arg string, take func(name, value string) bool) bool {
	if arg == "" {
		return false
	}
	for p := range strings.FieldsSeq(arg) {
		name, value, given := strings.Cut(p, "=")
		value, good := readXtext(value)
		if !given || !good || len(value) > 512 || printable(value, 512) != value {
			return false
		}
		if strings.EqualFold(value, "[UNAVAILABLE]") || strings.EqualFold(value, "[TEMPUNAVAIL]") {
			value = ""
		}
		if !take(strings.ToUpper(name), value) {
			return false
		}
	}
	return true
}

// xforward follows https://www.postfix.org/XFORWARD_README.html: what is told holds for the next transaction.
func (n *session) xforward(arg string) {
	switch {
	case !n.trusted():
		n.fault(Reply{550, "5.7.0", "XFORWARD is not for you"})
		return
	case n.env != nil:
		n.fault(Reply{503, "5.5.1", "a transaction is open"})
		return
	}
	f := n.forward
	ok := attributes(arg, func(name, value string) bool {
		field := f.field(name)
		if field == nil {
			return false
		}
		*field = value
		return true
	})
	if !ok {
		n.fault(Reply{501, "5.5.4", "attribute not known or not valid"})
		return
	}
	n.forward = f
	n.reply(OK("ok"))
}

func (f *Forward) field(name string) *string {
	switch name {
	case "NAME":
		return &f.Name
	case "ADDR":
		return &f.Addr
	case "PORT":
		return &f.Port
	case "PROTO":
		return &f.Proto
	case "HELO":
		return &f.Helo
	case "IDENT":
		return &f.Ident
	case "SOURCE":
		return &f.Source
	}
	return nil
}

// commands writes the attributes that the next hop takes, in lines of at most 512 bytes.
func (f Forward) commands(offered string) []string {
	var lines []string
	line := ""
	for name := range strings.FieldsSeq(offered) {
		field := f.field(strings.ToUpper(name))
		if field == nil {
			continue
		}
		value := "[UNAVAILABLE]"
		if *field != "" {
			value = xtext(*field)
		}
		part := " " + strings.ToUpper(name) + "=" + value
		if len(line)+len(part) > 480 {
			lines = append(lines, "XFORWARD"+line+"\r\n")
			line = ""
		}
		line += part
	}
	if line != "" {
		lines = append(lines, "XFORWARD"+line+"\r\n")
	}
	return lines
}

// xclient follows https://www.postfix.org/XCLIENT_README.html: the peer speaks for a client of its own from here on.
func (n *session) xclient(arg string) {
	switch {
	case !n.trusted():
		n.fault(Reply{550, "5.7.0", "XCLIENT is not for you"})
		return
	case n.env != nil:
		n.fault(Reply{503, "5.5.1", "a transaction is open"})
		return
	}
	p := n.real
	ok := attributes(arg, func(name, value string) bool {
		switch name {
		case "NAME":
			p.Name = value
		case "ADDR":
			a, err := netip.ParseAddr(strings.TrimPrefix(strings.ToUpper(value), "IPV6:"))
			p.Network, p.Addr = "tcp", netip.AddrPortFrom(a.Unmap(), p.Addr.Port())
			return err == nil || value == ""
		case "PORT":
			port, err := strconv.ParseUint(value, 10, 16)
			p.Addr = netip.AddrPortFrom(p.Addr.Addr(), uint16(port))
			return err == nil || value == ""
		case "LOGIN":
			p.User = value
		case "PROTO", "HELO", "DESTADDR", "DESTPORT":
		default:
			return false
		}
		return true
	})
	if !ok {
		n.fault(Reply{501, "5.5.4", "attribute not known or not valid"})
		return
	}
	n.peer = p
	n.drop()
	n.reply(Reply{220, none, n.srv.Hostname + " " + n.service() + " ready"})
}
