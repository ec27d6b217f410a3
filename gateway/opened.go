package gateway

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// fromInside are the fields that a protected header may bring out (RFC 9788): these whatever the mail is worth ...
var fromInside = map[string]bool{"subject": true, "keywords": true, "comments": true}

// ... and these, which say who speaks to whom, only where the signer is the sender and everything is good.
var fromGenuine = map[string]bool{"from": true, "to": true, "cc": true, "date": true, "message-id": true, "in-reply-to": true, "references": true, "reply-to": true}

// open writes the mail with its encryption undone. Of the outer header everything stays but what describes the content and
// our forged marks; of the inner header comes what describes the content, and what is protected.
func (g *Inbound) open(r *smime.Report, m *eml.Message, v policy.Verdict) (*eml.Spool, error) {
	content := innermost(r.Root, nil)
	if content == nil {
		return nil, errors.New("gateway: an opened mail without content")
	}
	inner, err := eml.Parse(content, limit.New(g.Opener.Limits))
	if err != nil {
		return nil, err
	}
	protected := map[string][]byte{}
	if r.Headers != nil {
		for _, f := range r.Headers.Fields {
			name := strings.ToLower(f.Name)
			if f.State != smime.Unprotected && (fromInside[name] || fromGenuine[name] && v.Word == policy.Genuine) {
				if protected[name], err = eml.AppendField(protected[name], f.Name, f.Value); err != nil {
					return nil, err
				}
			}
		}
	}
	s := eml.NewSpool(g.Opener.Spool)
	w := eml.NewCRLFWriter(s) // some programs encrypt with LF alone, which no next hop takes
	if err := g.writeOpened(w, m, inner, protected); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (g *Inbound) writeOpened(w io.Writer, m, inner *eml.Message, protected map[string][]byte) error {
	for _, f := range m.Root.Header.Fields {
		name := strings.ToLower(f.Name)
		if describes(name) || f.Name == "" || isMark(f, g.ID) || protected[name] != nil {
			continue
		}
		if err := writeField(w, f); err != nil {
			return err
		}
	}
	if !has(inner, "mime-version") {
		if _, err := io.WriteString(w, "MIME-Version: 1.0\r\n"); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(protected)) {
		if _, err := w.Write(protected[name]); err != nil {
			return err
		}
	}
	for _, f := range inner.Root.Header.Fields {
		if !describes(strings.ToLower(f.Name)) {
			continue
		}
		if err := writeField(w, f); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(w, "\r\n"); err != nil {
		return err
	}
	_, err := io.Copy(w, inner.Root.Body())
	return err
}

// writeField writes a field whose line end may be missing.
func writeField(w io.Writer, f eml.Field) error {
	_, err := io.WriteString(w, strings.TrimRight(string(f.Raw), "\r\n")+"\r\n")
	return err
}

// describes tells whether a field is about the content and not about the mail.
func describes(name string) bool {
	return strings.HasPrefix(name, "content-") || name == "mime-version"
}

func has(m *eml.Message, name string) bool {
	_, ok := m.Root.Header.Lookup(name)
	return ok
}

// innermost returns what the last encryption of the envelope held.
func innermost(l *smime.Layer, found eml.Source) eml.Source {
	if l.InEnvelope && l.Encryption != nil && l.Encryption.Opened {
		if c := l.Content(); c != nil {
			found = c
		}
	}
	for _, c := range l.Children {
		if c.InEnvelope {
			found = innermost(c, found)
		}
	}
	return found
}
