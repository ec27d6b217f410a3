package cms

import (
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
)

// sealed is what the readers of encrypted contents share: a ciphertext, and what stands behind it.
type sealed struct {
	object
	ciphertext io.Reader // nil when detached
	size       int64     // octets of ciphertext that were read
}

// read reads up to the ciphertext.
func (e *Enveloped) read() (err error) {
	if err := e.r.Enter(der.Sequence); err != nil {
		return err
	}
	if e.Version, err = e.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	set, err := e.readOriginatorInfo(&e.Findings)
	if err != nil {
		return err
	}
	if e.originator = set; set != nil {
		e.OriginatorCertificates, e.OriginatorCRLs = set.Certificates, set.CRLs
	}
	if e.Recipients, err = e.readRecipients(); err != nil {
		return err
	}
	e.ContentType, e.Cipher, e.Detached, err = e.readEncrypted()
	return err
}

// readOriginatorInfo reads [0] IMPLICIT OriginatorInfo OPTIONAL (RFC 5652 §6.1); nil when it is absent.
func (o *object) readOriginatorInfo(found *[]finding.Finding) (*CertificateSet, error) {
	if ok, err := o.at(der.Context(0)); err != nil || !ok {
		return nil, err
	}
	if err := o.r.Enter(der.Context(0)); err != nil {
		return nil, err
	}
	set := &CertificateSet{}
	var err error
	if *found, err = set.read(o, *found); err != nil {
		return nil, fmt.Errorf("originator: %w", err)
	}
	return set, o.r.Leave()
}

// readEncrypted reads an EncryptedContentInfo up to its octets (RFC 5652 §6.1).
func (s *sealed) readEncrypted() (contentType der.OID, cipher alg.Identifier, detached bool, err error) {
	if err := s.r.Enter(der.Sequence); err != nil {
		return "", cipher, false, fmt.Errorf("encrypted content: %w", err)
	}
	if contentType, err = s.oid(); err != nil {
		return "", cipher, false, fmt.Errorf("content type: %w", err)
	}
	if cipher, err = s.algorithm(); err != nil {
		return "", cipher, false, fmt.Errorf("content encryption algorithm: %w", err)
	}
	present, err := s.at(der.Context(0))
	if err != nil || !present {
		return contentType, cipher, true, err
	}
	s.ciphertext, err = s.r.Octets(der.Context(0))
	return contentType, cipher, false, err
}

// copyCiphertext writes the ciphertext to w and leaves the EncryptedContentInfo.
func (s *sealed) copyCiphertext(w io.Writer) error {
	if s.ciphertext != nil {
		n, err := io.Copy(w, s.ciphertext)
		s.size = n
		if err != nil {
			return err
		}
	}
	return s.r.Leave()
}

// attributes reads [n] IMPLICIT SET OF Attribute OPTIONAL. set is what was received, as the SET OF in DER that it stands
// for; both are nil when it is absent.
func (o *object) attributes(n uint32) (list []Attribute, set []byte, err error) {
	if ok, err := o.at(der.Context(n)); err != nil || !ok {
		return nil, nil, err
	}
	raw, err := o.r.Value(maxValue)
	if err != nil {
		return nil, nil, err
	}
	err = o.parseRaw(raw, func(c *der.Cursor) { list = readAttributes(c.Enter(der.Context(n))) })
	if err != nil {
		return nil, nil, fmt.Errorf("attributes: %w", err)
	}
	if list == nil {
		list = []Attribute{}
	}
	set, err = o.derSet(raw)
	return list, set, err
}

// derSet returns the DER of an implicitly tagged SET OF, with the tag of a SET (RFC 5083 §2.2: the tag is EXPLICIT SET OF).
func (o *object) derSet(raw []byte) ([]byte, error) {
	normal, err := der.Normalize(raw, o.b)
	if err != nil {
		return nil, err
	}
	v, err := der.ParseOne(normal)
	if err != nil {
		return nil, err
	}
	var elements [][]byte
	for c := der.NewCursor(v.Body); c.More(); {
		elements = append(elements, c.Next().Raw)
	}
	var b der.Builder
	b.SetOf(elements)
	return b.Bytes()
}

// readBehind reads what stands behind the ciphertext: the tag and the authenticated attributes as they were authenticated.
func (e *Enveloped) readBehind() (tag, aad []byte, err error) {
	if !e.Authenticated {
		if e.Attributes, _, err = e.attributes(1); err != nil {
			return nil, nil, err
		}
		return nil, nil, e.finish()
	}
	if e.AuthAttributes, aad, err = e.attributes(1); err != nil {
		return nil, nil, err
	}
	if err = e.parse(func(c *der.Cursor) { tag = c.OctetString() }); err != nil {
		return nil, nil, fmt.Errorf("tag: %w", err)
	}
	if e.Attributes, _, err = e.attributes(2); err != nil {
		return nil, nil, err
	}
	return tag, aad, e.finish()
}

// finish leaves the object and says what is odd about it.
func (e *Enveloped) finish() error {
	trailing, err := e.end(3)
	if trailing {
		e.note(finding.New(finding.CMSTrailing))
	}
	if len(e.Attributes) > 0 {
		e.note(finding.New(finding.CMSOpenAttributes).Because("%s", AttributeName(e.Attributes[0].Type)))
	}
	if want := e.rightVersion(); e.Version != want {
		e.note(finding.New(finding.CMSVersion).Because("enveloped data says %d and is %d", e.Version, want))
	}
	return err
}

func (e *Enveloped) note(f finding.Finding) { e.Findings = append(e.Findings, f) }

// Skip reads past the content, so that the fields behind it are known.
func (e *Enveloped) Skip() error {
	if err := e.copyCiphertext(io.Discard); err != nil {
		return err
	}
	_, aad, err := e.readBehind()
	e.ahead = alg.Ahead{Known: true, AAD: aad, Size: e.size}
	return err
}
