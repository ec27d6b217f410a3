package keyfile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// armour is one block of a PEM file.
type armour struct {
	kind    string            // between BEGIN and the dashes
	line    int               // where it begins, counted from 1
	headers map[string]string // of the old encryption (RFC 1421 §4.6)
	data    []byte
	label   Label // what the text before the block says, as OpenSSL writes it
}

// pem reads every block of a file, in any order. Text around them is skipped (RFC 7468 §2), and so are blocks of
// other kinds, which are noted.
func (r *reader) pem(data []byte) error {
	lines := splitLines(data)
	before := 0
	for i := 0; i < len(lines); i++ {
		kind, ok := boundary(lines[i], "BEGIN ")
		if !ok {
			continue
		}
		b := &armour{kind: kind, line: i + 1, label: bagAttributes(lines[before:i])}
		end, err := b.read(lines[i+1:])
		if err != nil {
			return err
		}
		i += 1 + end
		before = i + 1
		if err := r.block(b); err != nil {
			return err
		}
	}
	if before == 0 {
		return formatError("the PEM text is damaged: no line begins with -----BEGIN")
	}
	return nil
}

// splitLines cuts text at line ends of every kind, and white space at both ends of lines, which mail and editors add.
func splitLines(data []byte) []string {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	var lines []string
	for line := range bytes.Lines(data) {
		lines = append(lines, string(bytes.TrimSpace(line)))
	}
	return lines
}

// boundary reads a line such as -----BEGIN CERTIFICATE-----.
func boundary(line, word string) (kind string, ok bool) {
	if kind, ok = strings.CutPrefix(line, "-----"+word); !ok {
		return "", false
	}
	return strings.TrimSpace(strings.TrimRight(kind, "-")), true
}

// read takes the lines up to the end of the block, and returns the number of the one with the end.
func (b *armour) read(lines []string) (end int, err error) {
	for end < len(lines) && !strings.HasPrefix(lines[end], "-----") {
		end++
	}
	if end == len(lines) {
		return 0, b.damaged("has no end: the text was cut off")
	}
	if kind, ok := boundary(lines[end], "END "); !ok || kind != b.kind {
		return 0, b.damaged("ends with " + short(strings.Trim(lines[end], "-")))
	}
	body := b.readHeaders(lines[:end])
	data, ok := decodeBase64([]byte(strings.Join(body, "")))
	if !ok {
		return 0, b.damaged("is not base64")
	}
	b.data = data
	return end, nil
}

// readHeaders takes the headers, which an empty line ends (RFC 1421 §4.4), and returns the lines behind them.
func (b *armour) readHeaders(lines []string) []string {
	if len(lines) == 0 || !strings.Contains(lines[0], ":") {
		return lines
	}
	b.headers = map[string]string{}
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return lines[i:]
		}
		b.headers[name] = strings.TrimSpace(value)
	}
	return nil
}

func (b *armour) damaged(how string) error {
	return formatError(fmt.Sprintf("the %s block at line %d %s", short(b.kind), b.line, how))
}

// bagAttributes reads what OpenSSL writes before a block that comes out of a PKCS#12 file.
func bagAttributes(lines []string) (l Label) {
	for _, line := range lines {
		if line == "Bag Attributes" {
			l = Label{}
		}
		if name, ok := strings.CutPrefix(line, "friendlyName: "); ok {
			l.Name = clean(name)
		}
		if id, ok := strings.CutPrefix(line, "localKeyID: "); ok {
			l.LocalKeyID, _ = hex.DecodeString(strings.ReplaceAll(id, " ", ""))
		}
	}
	return l
}

func (r *reader) block(b *armour) error {
	if strings.Contains(b.headers["Proc-Type"], "ENCRYPTED") {
		var err error
		if b.data, err = r.traditional(b); err != nil {
			return err
		}
	}
	switch b.kind {
	case "CERTIFICATE", "X509 CERTIFICATE":
		return r.certificate(b.data, b.label)
	case "TRUSTED CERTIFICATE": // OpenSSL appends its own data
		return r.certificate(firstElement(b.data), b.label)
	case "X509 CRL", "CRL":
		return r.crl(b.data)
	case "PKCS7", "CMS", "PKCS #7 SIGNED DATA", "PKCS12":
		return r.objects(b.data)
	case "EC PARAMETERS":
		r.curve = b.data
		return nil
	case "DSA PARAMETERS":
		return nil // the key repeats them
	case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "ANY PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY":
		return r.keyBlock(b)
	}
	r.skip("a block of type "+short(b.kind), skipped(b.kind))
	return nil
}

// skipped says what to do with a block that is none of ours.
func skipped(kind string) string {
	switch kind {
	case "OPENSSH PRIVATE KEY", "SSH2 ENCRYPTED PRIVATE KEY":
		return "this is an OpenSSH key; convert it with: ssh-keygen -p -m PKCS8 -f FILE"
	case "PUBLIC KEY", "RSA PUBLIC KEY", "SSH2 PUBLIC KEY":
		return hintPublicKey
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return hintRequest
	case "PGP PUBLIC KEY BLOCK", "PGP PRIVATE KEY BLOCK", "PGP MESSAGE":
		return "this is for OpenPGP; S/MIME needs an X.509 certificate and its key"
	}
	return ""
}

// keyBlock reads a private key in PEM, whichever of the forms its name promises.
func (r *reader) keyBlock(b *armour) error {
	normal, err := r.normal("private key", b.data)
	if err != nil {
		return err
	}
	switch shapeOf(normal) {
	case shapePKCS8:
		return r.privateKeyInfo(normal, b.label)
	case shapeEncryptedPKCS8:
		return r.encryptedKey(normal, b.label)
	case shapePKCS1, shapeSEC1, shapeDSA:
		return r.bareKey(normal, b.label)
	}
	return b.damaged("holds no private key")
}
