package p11rpc

import (
	"fmt"
	"net/url"
	"strings"
)

// URI names a token and an object on it (RFC 7512), and how to get at them.
type URI struct {
	Token, Manufacturer, Model, Serial string // of the token; what is empty fits any
	Object                             string // label
	ID                                 []byte

	PINSource string // a file whose first line is the PIN (RFC 7512 §2.4)
	Socket    string // of the p11-kit server: the vendor attribute x-socket; empty: P11_KIT_SERVER_ADDRESS
}

// ParseURI reads a URI. A PIN in it (pin-value) is refused: it would be where URIs are, in arguments, tables and logs. Attributes that
// are not known are refused too, so that a mistyped one does not widen the search.
func ParseURI(text string) (u URI, err error) {
	rest, ok := strings.CutPrefix(text, "pkcs11:")
	if !ok {
		return u, fmt.Errorf("p11rpc: the URI of a token begins with pkcs11: (RFC 7512 §2.3), unlike %q", text)
	}
	path, query, _ := strings.Cut(rest, "?")
	for part := range strings.SplitSeq(path, ";") {
		if err := u.set(part, false); err != nil {
			return URI{}, err
		}
	}
	for part := range strings.SplitSeq(query, "&") {
		if err := u.set(part, true); err != nil {
			return URI{}, err
		}
	}
	return u, nil
}

// set takes one attribute.
func (u *URI) set(part string, query bool) error {
	if part == "" {
		return nil
	}
	name, coded, ok := strings.Cut(part, "=")
	value, err := url.PathUnescape(coded)
	if !ok || err != nil {
		return fmt.Errorf("p11rpc: the attribute %q of the URI is not written as name=value (RFC 7512 §2.3)", name)
	}
	if name == "pin-value" {
		return fmt.Errorf("p11rpc: a PIN does not belong into a URI: write it to a file for the owner alone, and name that with pin-source=")
	}
	field := map[string]*string{"token": &u.Token, "manufacturer": &u.Manufacturer, "model": &u.Model, "serial": &u.Serial, "object": &u.Object}
	if query {
		field = map[string]*string{"pin-source": &u.PINSource, "x-socket": &u.Socket}
	}
	at, known := field[name]
	switch {
	case !query && name == "id":
		if u.ID != nil {
			return fmt.Errorf("p11rpc: the URI has id twice")
		}
		u.ID = []byte(value)
		return nil
	case !query && name == "type" && value == "private":
		return nil
	case !known:
		return fmt.Errorf("p11rpc: the URI has the attribute %q, which is not known here", name)
	case *at != "":
		return fmt.Errorf("p11rpc: the URI has %s twice", name)
	}
	if query { // RFC 7512 §2.4: pin-source is a URI, mostly of a file
		value = strings.TrimPrefix(value, "file:")
	}
	*at = value
	return nil
}

// String writes the URI, which ParseURI reads as the same.
func (u URI) String() string {
	var path, query []string
	add := func(to *[]string, name, value string) {
		if value != "" {
			*to = append(*to, name+"="+strings.ReplaceAll(url.PathEscape(value), "&", "%26"))
		}
	}
	for _, a := range [][2]string{{"token", u.Token}, {"manufacturer", u.Manufacturer}, {"model", u.Model}, {"serial", u.Serial}, {"object", u.Object}} {
		add(&path, a[0], a[1])
	}
	if u.ID != nil {
		coded := ""
		for _, b := range u.ID {
			coded += fmt.Sprintf("%%%02X", b)
		}
		path = append(path, "id="+coded)
	}
	add(&query, "pin-source", u.PINSource)
	add(&query, "x-socket", u.Socket)
	text := "pkcs11:" + strings.Join(path, ";")
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	return text
}

// Fits tells whether a slot's token is the one the URI names.
func (u URI) Fits(s Slot) bool {
	for _, p := range [][2]string{{u.Token, s.Label}, {u.Manufacturer, s.Manufacturer}, {u.Model, s.Model}, {u.Serial, s.Serial}} {
		if p[0] != "" && p[0] != p[1] {
			return false
		}
	}
	return true
}
