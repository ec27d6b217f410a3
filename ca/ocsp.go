package ca

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// OCSP answers whether certificates are good (RFC 6960, RFC 9654; for answers out of a cache RFC 5019 and RFC 9919). It takes and
// returns bytes; a face such as web/public carries them over HTTP.
//
//	o := &ca.OCSP{CA: authority, DB: d}
//	reply, err := o.Answer(ctx, request)
//	w.Write(reply.DER)
//
// Each answer is looked up in the database when it is asked for, so that a revocation shows at once on every node. What is
// signed anew is the rest: an answer about one certificate without a nonce is kept until it is half as old as it may get.
// Where the signer is away the kept one is given for as long as it holds, and after that the answer is tryLater: never an old one.
type OCSP struct {
	CA *CA    // required
	DB *db.DB // required

	kept  answers
	index authorityIndex
}

// Reply is an answer with what HTTP must know of it.
type Reply struct {
	DER    []byte
	Status pki.OCSPStatus

	// The times of a successful answer without a nonce, which caches may keep; zero otherwise.
	ProducedAt, NextUpdate time.Time

	at time.Time // when it was asked for
}

// Cacheable reports whether a cache may keep the answer.
func (r *Reply) Cacheable() bool { return !r.NextUpdate.IsZero() }

// cacheFor is how long caches on the way may keep an answer. It is short, so that a revocation shows within five minutes (AUTHORITY 48),
// whatever RFC 5019 §6.2 would allow.
const cacheFor = 5 * time.Minute

// Headers are those of the answer in HTTP (RFC 5019 §6.2).
func (r *Reply) Headers() map[string]string {
	h := map[string]string{"Content-Type": "application/ocsp-response", "Content-Length": strconv.Itoa(len(r.DER))}
	if !r.Cacheable() {
		h["Cache-Control"] = "no-store"
		return h
	}
	const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"
	age := min(cacheFor, r.NextUpdate.Sub(r.at))
	h["Last-Modified"], h["Expires"] = r.ProducedAt.UTC().Format(httpDate), r.NextUpdate.UTC().Format(httpDate)
	h["ETag"] = `"` + hexSum(r.DER) + `"`
	h["Cache-Control"] = fmt.Sprintf("max-age=%d,public,no-transform,must-revalidate", max(0, int(age/time.Second)))
	return h
}

// Answer answers a request in DER. There is always a reply; an error beside it is for the log, and says why the reply is
// internalError or tryLater.
func (o *OCSP) Answer(ctx context.Context, request []byte) (*Reply, error) {
	q, status := readQuestion(request)
	if q == nil {
		return failure(status), nil
	}
	var s *situation
	err := o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = o.look(tx, q)
		return err
	})
	switch {
	case errors.Is(err, errForeign):
		return failure(pki.OCSPUnauthorized), nil // RFC 5019 §2.2.3: we cannot speak of that authority
	case err != nil:
		return failure(pki.OCSPInternalError), fmt.Errorf("answer an OCSP request: %w", err)
	}
	if kept := o.fresh(s); kept != nil {
		return kept.reply(s.now), nil
	}
	made, err := o.sign(ctx, s)
	if err == nil {
		if s.cacheable() {
			o.kept.put(made)
		}
		return made.reply(s.now), nil
	}
	if failed := o.DB.Read(ctx, s.loadStored); failed != nil {
		return failure(pki.OCSPInternalError), fmt.Errorf("answer an OCSP request: %w", errors.Join(err, failed))
	}
	if kept := o.holding(s); kept != nil { // AUTHORITY 51: the signer is away. RFC 9654 §2.1: an answer without the nonce is one
		return kept.reply(s.now), fmt.Errorf("answer an OCSP request: the answer of %v is given again: %w", kept.this, err)
	}
	return failure(pki.OCSPTryLater), fmt.Errorf("answer an OCSP request: %w", err)
}

// failure is an unsigned answer.
func failure(status pki.OCSPStatus) *Reply {
	raw, err := pki.CreateOCSPError(status)
	if err != nil {
		raw = []byte{0x30, 3, 0x0a, 1, 2} // internalError; five octets cannot fail to be built
	}
	return &Reply{DER: raw, Status: status}
}

// keptAnswer is an answer as it was signed.
type keptAnswer struct {
	key    string // SHA-256 of the CertID, or "" for one that is not kept
	status string // of the certificate, as situation.state writes it
	der    []byte
	this   time.Time
	next   time.Time
	nonce  bool
	signer string // id of the key
}

func (k *keptAnswer) reply(at time.Time) *Reply {
	r := &Reply{DER: k.der, at: at}
	if !k.nonce {
		r.ProducedAt, r.NextUpdate = k.this, k.next
	}
	return r
}

// refresh is when an answer is to be made anew: at half its life, and after four days at the latest (S/MIME BR §4.9.10).
func (k *keptAnswer) refresh() time.Time { return k.this.Add(min(k.next.Sub(k.this)/2, 4*day)) }

// fresh is a kept answer that says what is so now, and is young enough.
func (o *OCSP) fresh(s *situation) *keptAnswer {
	k := o.holding(s)
	if k == nil || s.question.nonce != nil || !s.now.Before(k.refresh()) {
		return nil
	}
	return k
}

// holding is a kept answer that says what is so now, and still holds.
func (o *OCSP) holding(s *situation) *keptAnswer {
	if len(s.singles) != 1 || s.singles[0].row == nil {
		return nil // about several certificates, or about none of ours
	}
	one := s.singles[0]
	for _, k := range []*keptAnswer{o.kept.get(one.key()), s.stored} {
		if k != nil && k.status == one.status && s.authority.trusts(k) && !s.now.Before(k.this) && s.now.Before(k.next) {
			return k
		}
	}
	return nil
}
