package cms

import (
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// maxStreamed is how many digests are computed while the content streams. A list of all that exist
// would cost the reader ten times the work of one; signers that need another are told by NeedsContent.
const maxStreamed = 4

// Signed is a SignedData as it is read (RFC 5652 §5.1). The fields below Detached are filled by Finish.
type Signed struct {
	Version          int
	DigestAlgorithms []alg.Identifier // as announced; may be empty or wrong
	ContentType      der.OID          // of what is signed: eContentType
	Detached         bool             // the content is elsewhere

	CertificateSet
	Signers []*Signer // none is not a success: see certs-only, RFC 8551 §3.8

	Findings []finding.Finding // about the object as a whole

	object
	content *hashing // nil when detached
	digests Digests
}

// Type returns id-signedData.
func (s *Signed) Type() der.OID { return alg.OIDSignedData }

// Content returns the signed octets, nil when Detached. They are hashed while they are read,
// with every digest in DigestAlgorithms that is known, up to four.
func (s *Signed) Content() io.Reader {
	if s.content == nil {
		return nil
	}
	return s.content
}

// read reads up to the content.
func (s *Signed) read() (err error) {
	if err := s.r.Enter(der.Sequence); err != nil {
		return err
	}
	if s.Version, err = s.object.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if err := s.readDigestAlgorithms(); err != nil {
		return fmt.Errorf("digest algorithms: %w", err)
	}
	if err := s.readEncapsulated(); err != nil {
		return fmt.Errorf("encapsulated content: %w", err)
	}
	return nil
}

// readDigestAlgorithms reads the announced digests and starts those that are known. An empty set
// (as in a certs-only message) and unknown digests are no error (STANDARDS item 16).
func (s *Signed) readDigestAlgorithms() error {
	err := s.parse(func(c *der.Cursor) {
		s.DigestAlgorithms = s.DigestAlgorithms[:0]
		for set := c.Set(); counted(set, len(s.DigestAlgorithms)); {
			s.DigestAlgorithms = append(s.DigestAlgorithms, alg.ParseIdentifier(set))
		}
	})
	for _, id := range s.DigestAlgorithms {
		if h, err := alg.HashOf(id); err == nil && len(s.digests.list) < maxStreamed {
			s.digests.add(h)
		}
	}
	return err
}

// readEncapsulated reads the EncapsulatedContentInfo up to its octets (RFC 5652 §5.2).
func (s *Signed) readEncapsulated() (err error) {
	if err := s.r.Enter(der.Sequence); err != nil {
		return err
	}
	if s.ContentType, err = s.oid(); err != nil {
		return err
	}
	_, present, err := s.next()
	if err != nil {
		return err
	}
	if s.Detached = !present; s.Detached {
		s.digests = Digests{} // of nothing, which is not the content
		return nil
	}
	if err := s.r.Enter(der.Context(0)); err != nil {
		return err
	}
	src, foreign, err := s.octets()
	if foreign {
		s.note(finding.New(finding.CMSForeignContent))
	}
	s.content = &hashing{src: src, d: &s.digests}
	return err
}

func (s *Signed) note(f finding.Finding) { s.Findings = append(s.Findings, f) }

// Finish skips what is left of the content (hashing it) and reads certificates, revocation
// information and signers.
func (s *Signed) Finish() error {
	elements := 1 // EncapsulatedContentInfo
	if s.content != nil {
		if err := s.content.drain(); err != nil {
			return err
		}
		elements = 2 // and [0] around its octets
	}
	for range elements {
		if err := s.r.Leave(); err != nil {
			return err
		}
	}
	var err error
	if s.Findings, err = s.CertificateSet.read(&s.object, s.Findings); err != nil {
		return err
	}
	if err := s.readSigners(); err != nil {
		return err
	}
	trailing, err := s.end(3)
	if trailing {
		s.note(finding.New(finding.CMSTrailing))
	}
	s.inspect()
	return err
}

// readSigners reads the SignerInfos.
func (s *Signed) readSigners() error {
	if err := s.r.Enter(der.Set); err != nil {
		return fmt.Errorf("signers: %w", err)
	}
	for {
		more, err := s.r.More()
		if err != nil || !more {
			return joined(err, s.r.Leave)
		}
		if err := s.b.Take(limit.Signers, 1); err != nil {
			return err
		}
		g := &Signer{}
		if err := s.parse(func(c *der.Cursor) { *g = readSigner(c) }); err != nil {
			return fmt.Errorf("signer %d: %w", len(s.Signers)+1, err)
		}
		g.object = &s.object
		s.Signers = append(s.Signers, g)
	}
}

// joined returns the error or, without one, what leave returns.
func joined(err error, leave func() error) error {
	if err != nil {
		return err
	}
	return leave()
}

// inspect states what is odd about the whole object.
func (s *Signed) inspect() {
	if want := s.rightVersion(); s.Version != want {
		s.note(finding.New(finding.CMSVersion).Because("signed data says %d and is %d", s.Version, want))
	}
	for _, g := range s.Signers {
		if !s.announces(g.Digest) {
			s.note(finding.New(finding.CMSDigestList).Because("%v", g.Digest))
			return
		}
	}
}

func (s *Signed) announces(id alg.Identifier) bool {
	for _, a := range s.DigestAlgorithms {
		if a.OID == id.OID {
			return true
		}
	}
	return false
}

// rightVersion returns the version that the contents ask for (RFC 5652 §5.1; STANDARDS item 32).
func (s *Signed) rightVersion() int {
	v := s.CertificateSet.version()
	for _, g := range s.Signers {
		if g.Version == 3 {
			v = max(v, 3)
		}
	}
	if s.ContentType != alg.OIDData {
		v = max(v, 3)
	}
	return max(v, 1)
}

// Digests returns the digests of the content that were computed.
func (s *Signed) Digests() *Digests { return &s.digests }

// NeedsContent reports whether the content must be given to Hash before every signer can be checked: it
// is detached, or a signer uses a digest that was not announced, or an algorithm that takes no digest.
func (s *Signed) NeedsContent() bool {
	for _, g := range s.Signers {
		if h, err := alg.HashOf(g.Digest); err == nil {
			if _, ok := s.digests.Sum(h); !ok {
				return true
			}
		}
		if g.wantsContent() && !s.digests.keep {
			return true
		}
	}
	return false
}

// Hash reads the content, for the first time when it is detached and else once more, and hashes it with
// every digest that signers need. It replaces earlier digests.
func (s *Signed) Hash(content io.Reader) error {
	s.digests = Digests{}
	for _, g := range s.Signers {
		if h, err := alg.HashOf(g.Digest); err == nil {
			s.digests.add(h)
		}
		s.digests.keep = s.digests.keep || g.wantsContent()
	}
	_, err := io.Copy(&s.digests, content)
	return err
}

// Check looks for the signer's certificate among those carried and the given candidates, tries each
// that matches, and returns the facts about the one that verifies, or about the first that does not.
// It fails with ErrNotHashed when the content must be hashed first (see NeedsContent), and on limits.
func (s *Signed) Check(g *Signer, candidates []*pki.Certificate, allow alg.Allow) (Check, error) {
	in := checkInput{contentType: s.ContentType, allow: allow, digests: &s.digests}
	if h, err := alg.HashOf(g.Digest); err == nil {
		sum, ok := s.digests.Sum(h)
		if !ok {
			return Check{}, ErrNotHashed
		}
		in.digest = sum
	}
	return g.checkAny(in, s.Certificates, candidates)
}
