// Package public is the doors for machines that ask about certificates: CRLs, the responder, the certificates of authorities.
//
//	http.Serve(listener, &public.Doors{DB: d, OCSP: &ca.OCSP{CA: authority, DB: d}})
//
// What stands where is what certificates say (ca.Init writes it so):
//
//	GET  /crl/AUTHORITY-SHARD.crl         the list of a shard         RFC 5280 §4.2.1.13, RFC 2585
//	GET  /crl/AUTHORITY-SHARD.delta.crl   its delta, if there is one
//	GET  /ca/AUTHORITY.cer                the certificate of an authority, in DER
//	POST /ocsp, GET /ocsp/BASE64          the responder                RFC 6960 Appendix A, RFC 5019 §5
//
// Everything here is signed and public, so it is given over plain HTTP (S/MIME BR §7.1.2.3b) to everybody, and nothing is asked of who
// asks. Caches may keep it for five minutes, so that a revocation shows in time. The package decides nothing: package ca does.
// It does not listen by itself, knows no TLS, and has no pages for people.
package public

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crypto/sha256"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// Doors is the handler. Its fields are set before use and not changed.
type Doors struct {
	DB   *db.DB           // required
	OCSP *ca.OCSP         // required
	Note func(what error) // is told what went wrong here, not what others did wrong; nil: nobody is
}

// cacheFor is how long caches may keep lists and certificates.
const cacheFor = 5 * time.Minute

// ServeHTTP implements http.Handler. It looks at the path as it was sent: http.ServeMux would tidy the base64 of OCSP requests.
func (d *Doors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	path := r.URL.EscapedPath()
	if path == "/ocsp" || strings.HasPrefix(path, "/ocsp/") {
		d.answer(w, r, strings.TrimPrefix(strings.TrimPrefix(path, "/ocsp"), "/"))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "ask with GET", http.StatusMethodNotAllowed)
		return
	}
	file, err := d.find(r.Context(), path)
	switch {
	case errors.Is(err, db.ErrNone):
		w.Header().Set("Cache-Control", "no-store") // it may be there soon
		http.Error(w, "there is nothing of this name", http.StatusNotFound)
	case err != nil:
		d.fail(w, r, err)
	default:
		file.serve(w, r)
	}
}

func (d *Doors) note(err error) {
	if d.Note != nil {
		d.Note(err)
	}
}

func (d *Doors) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // who asked is still there
		d.note(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "something went wrong here; try again later", http.StatusServiceUnavailable)
}

// file is something to be given.
type file struct {
	kind     string // media type
	data     []byte
	modified time.Time
	expires  time.Time // zero: does not
}

// serve gives the file, or says that what the client has is the same.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256(f.data)
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d, no-transform, must-revalidate", int(cacheFor/time.Second)))
	if !f.expires.IsZero() {
		h.Set("Expires", f.expires.UTC().Format(http.TimeFormat))
	}
	http.ServeContent(w, r, "", f.modified, bytes.NewReader(f.data))
}

// find looks a path up; db.ErrNone if there is nothing.
func (d *Doors) find(ctx context.Context, path string) (f *file, err error) {
	name, isList := strings.CutPrefix(path, "/crl/")
	stem, isCertificate := strings.CutPrefix(path, "/ca/")
	err = d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		switch {
		case isList:
			f, err = list(tx, name)
		case isCertificate:
			f, err = certificate(tx, stem)
		default:
			err = db.ErrNone
		}
		return err
	})
	return f, err
}

// list is a CRL: AUTHORITY-SHARD.crl or AUTHORITY-SHARD.delta.crl.
func list(tx *db.Tx, name string) (*file, error) {
	stem, ok := strings.CutSuffix(name, ".crl")
	stem, delta := strings.CutSuffix(stem, ".delta")
	i := strings.LastIndexByte(stem, '-')
	if !ok || i < 0 {
		return nil, db.ErrNone
	}
	shard, err := strconv.Atoi(stem[i+1:])
	if err != nil || shard < 0 || strconv.Itoa(shard) != stem[i+1:] {
		return nil, db.ErrNone
	}
	a, err := ca.GetAuthority(tx, stem[:i])
	if err != nil {
		return nil, err
	}
	l, err := ca.CurrentCRL(tx, a.ID, shard, delta)
	if err != nil {
		return nil, err
	}
	return &file{"application/pkix-crl", l.DER, l.ThisUpdate, l.NextUpdate}, nil // RFC 2585 §4.2
}

// certificate is that of an authority.
func certificate(tx *db.Tx, name string) (*file, error) {
	stem, ok := strings.CutSuffix(name, ".cer")
	if !ok {
		return nil, db.ErrNone
	}
	a, err := ca.GetAuthority(tx, stem)
	if err != nil {
		return nil, err
	}
	if a.Certificate == nil {
		return nil, db.ErrNone
	}
	return &file{"application/pkix-cert", a.Certificate, a.Created, time.Time{}}, nil // RFC 2585 §4.1
}

// answer is the responder.
func (d *Doors) answer(w http.ResponseWriter, r *http.Request, encoded string) {
	var request []byte
	var err error
	switch {
	case r.Method == http.MethodPost && encoded == "":
		// One byte more than is allowed is enough to be refused as too long.
		if request, err = io.ReadAll(io.LimitReader(r.Body, ca.MaxOCSPRequest+1)); err != nil {
			http.Error(w, "the request broke off", http.StatusBadRequest)
			return
		}
	case (r.Method == http.MethodGet || r.Method == http.MethodHead) && encoded != "":
		request, _ = ca.DecodeGET(encoded) // what cannot be read is malformedRequest
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "this is an OCSP responder: POST a request, or GET /ocsp/ and the request in base64 (RFC 6960 Appendix A.1)", http.StatusMethodNotAllowed)
		return
	}
	reply, err := d.OCSP.Answer(r.Context(), request)
	if err != nil && r.Context().Err() == nil {
		d.note(err)
	}
	for name, value := range reply.Headers() {
		w.Header().Set(name, value)
	}
	if r.Method == http.MethodPost {
		w.Header().Set("Cache-Control", "no-store")
	} else if reply.Cacheable() && r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
		w.Header().Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(reply.DER) // who went away needs no answer
	}
}
