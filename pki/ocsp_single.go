package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// readSingle reads a SingleResponse (RFC 6960 §4.2.1).
func readSingle(c *der.Cursor, f *faults) (SingleResponse, error) {
	s := SingleResponse{CertID: readCertID(c)}
	status, this := c.Next(), c.Next()
	if err := c.Err(); err != nil {
		return s, err
	}
	if err := s.readStatus(status, f); err != nil {
		return s, err
	}
	s.ThisUpdate = readTime(this, "thisUpdate", f)
	if wrapped, ok := c.Explicit(0); ok {
		next := wrapped.Next()
		if err := wrapped.Done(); err != nil {
			return s, fmt.Errorf("nextUpdate: %w", err)
		}
		s.NextUpdate = readTime(next, "nextUpdate", f)
	}
	if wrapped, ok := c.Explicit(1); ok {
		if err := s.readExtensions(wrapped, f); err != nil {
			return s, fmt.Errorf("singleExtensions: %w", err)
		}
	}
	return s, c.Done()
}

// readStatus reads CertStatus: [0] and [2] IMPLICIT NULL, [1] IMPLICIT RevokedInfo.
func (s *SingleResponse) readStatus(v der.Value, f *faults) error {
	switch v.Tag {
	case der.Context(0), der.Context(2):
		s.Status = CertStatus(v.Tag.Number())
		if len(v.Body) > 0 {
			return errors.New("certStatus: a NULL with contents")
		}
		return nil
	case der.Context(1):
	default:
		return fmt.Errorf("certStatus: unknown choice %v", v.Tag)
	}
	s.Status = OCSPRevoked
	c := der.NewCursor(v.Body)
	at := c.Next()
	wrapped, ok := c.Explicit(0)
	if err := c.Done(); err != nil {
		return fmt.Errorf("revokedInfo: %w", err)
	}
	s.Revoked = readTime(at, "revocationTime", f)
	if !ok {
		return nil
	}
	reason := wrapped.Expect(der.Enumerated)
	s.HasReason, s.Reason = true, reasonOf(reason.Body)
	return wrapped.Done()
}

func (s *SingleResponse) readExtensions(wrapped *der.Cursor, f *faults) (err error) {
	list := wrapped.Expect(der.Sequence)
	if err = wrapped.Done(); err != nil {
		return err
	}
	if s.Extensions, err = readExtensions(list.Body, f); err != nil {
		return err
	}
	for _, e := range s.Extensions {
		switch e.ID {
		case alg.OIDOCSPArchiveCutoff:
			s.ArchiveCutoff = readTime(der.NewCursor(e.Value).Next(), "archiveCutoff", f)
		case alg.OIDExtInvalidityDate:
			s.Invalid = readTime(der.NewCursor(e.Value).Next(), "invalidityDate", f)
		case alg.OIDExtReasonCode, alg.OIDOCSPCRLReference:
			// RFC 6960 §4.4.5 and §4.4.2 permit them; the reason counts in RevokedInfo.
		case alg.OIDExtSCTList:
			// RFC 6962 §3.3: statements of transparency logs, which bear on no status.
		default:
			if e.Critical {
				s.UnhandledCritical = append(s.UnhandledCritical, e.ID)
			}
		}
	}
	return nil
}
