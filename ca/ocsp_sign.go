package ca

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// sign makes a new answer, with the first key that is there and signs rightly.
func (o *OCSP) sign(ctx context.Context, s *situation) (*keptAnswer, error) {
	times := o.CA.Times.orDefaults()
	if err := times.check(); err != nil {
		return nil, err
	}
	err := errors.New("there is no key that may sign: make a responder, or give the authority its key back")
	for _, r := range s.authority.usable(s.now) {
		made, failed := o.signWith(ctx, s, r, times)
		if failed == nil {
			return made, nil
		}
		err = failed
	}
	return nil, err
}

func (o *OCSP) signWith(ctx context.Context, s *situation, r *responder, times Times) (*keptAnswer, error) {
	signer, err := o.CA.Keys.Signer(ctx, r.keyID)
	if err != nil {
		return nil, fmt.Errorf("the key of the responder %s: %w", r.cert.Subject, err)
	}
	return s.answer(r, signer, times)
}

// answer builds and signs the answer of a responder.
func (s *situation) answer(r *responder, signer crypto.Signer, times Times) (*keptAnswer, error) {
	this := s.now.Truncate(time.Second)
	out := &keptAnswer{signer: r.keyID, this: this, nonce: s.question.nonce != nil, next: this.Add(times.AnswerValid)}
	t := pki.OCSPTemplate{ProducedAt: this, Nonce: s.question.nonce}
	for _, one := range s.singles {
		if one.row == nil {
			out.next = this.Add(min(times.UnknownValid, times.AnswerValid)) // it may be issued soon
		}
	}
	if out.next.After(r.cert.NotAfter) {
		out.next = r.cert.NotAfter // whoever checks the answer then finds its signer expired
	}
	for _, one := range s.singles {
		t.Responses = append(t.Responses, one.response(this, out.next))
	}
	if len(s.singles) == 1 {
		out.key, out.status = s.singles[0].key(), s.singles[0].status
	}
	if r.delegated {
		t.Certificates = []*pki.Certificate{r.cert} // RFC 6960 §4.2.2.2
	}
	var err error
	if out.der, err = pki.CreateOCSP(t, r.cert, signer); err != nil {
		return nil, err
	}
	made, err := pki.ParseOCSPResponse(out.der)
	if err != nil {
		return nil, err
	}
	return out, made.CheckSignatureBy(r.cert.PublicKey, alg.Allow{}) // AUTHORITY 36
}

// response is what is said of one certificate. The reason stands in RevokedInfo, and not among the extensions (S/MIME BR §7.3).
func (s *single) response(this, next time.Time) pki.SingleResponse {
	r := pki.SingleResponse{CertID: s.id, Status: pki.OCSPGood, ThisUpdate: this, NextUpdate: next}
	switch {
	case s.row == nil:
		r.Status = pki.OCSPUnknown // never good for a number that was not issued (S/MIME BR §4.9.10)
	case s.revocation.Counts():
		r.Status, r.Revoked = pki.OCSPRevoked, s.revocation.Revoked.Truncate(time.Second)
		r.HasReason, r.Reason = s.revocation.Reason != pki.Unspecified, s.revocation.Reason
	}
	return r
}
