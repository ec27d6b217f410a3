package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/web/public"
)

// Kept is what one round of KeepStatus did.
type Kept struct {
	Responders int // certificates of responders that were made
	Lists      int // CRLs that were signed and published
	Answers    int // OCSP answers that were signed in advance
}

// KeepStatus does what is due about the status of certificates: it makes the CRLs that are missing, old or behind a revocation, and replaces
// responders whose time runs out; with presign it also signs the OCSP answers in advance that are missing or getting old, which looks at every
// certificate. Call it every minute, and with presign every hour; with several nodes, on each. What fails for one authority
// does not stop the others.
func (h *House) KeepStatus(ctx context.Context, by string, presign bool) (k Kept, err error) {
	var all, due []*ca.Authority
	err = h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if all, err = ca.Authorities(tx); err != nil {
			return err
		}
		due, err = h.CA.DueCRLs(tx)
		return err
	})
	if err != nil {
		return k, err
	}
	var errs []error
	for _, a := range due {
		b, err := h.CA.BuildCRLs(ctx, h.DB, ca.CRLOptions{Authority: a.ID, By: by})
		switch {
		case errors.Is(err, db.ErrHeld): // another node is at it
		case err != nil:
			errs = append(errs, err)
		default:
			k.Lists += b.Shards
		}
	}
	for _, a := range all {
		if a.State == ca.AuthorityActive && a.KeyID != "" && a.OCSPURL != "" {
			errs = append(errs, h.keepAnswers(ctx, a, by, presign, &k))
		}
	}
	return k, errors.Join(errs...)
}

func (h *House) keepAnswers(ctx context.Context, a *ca.Authority, by string, presign bool, k *Kept) error {
	r, err := h.CA.RenewResponder(ctx, h.DB, a.ID, ca.ResponderOptions{Generate: h.AuthorityKey(by), By: by})
	if err != nil {
		return fmt.Errorf("the responder of %s: %w", a.Name, err)
	}
	if r != nil {
		k.Responders++
	}
	if !presign {
		return nil
	}
	p, err := h.OCSP().Presign(ctx, a.ID)
	k.Answers += p.Signed
	if err != nil {
		return fmt.Errorf("the answers about certificates of %s: %w", a.Name, err)
	}
	return nil
}

// OCSP is a responder for the authorities of the house.
func (h *House) OCSP() *ca.OCSP { return &ca.OCSP{CA: h.CA, DB: h.DB} }

// PublicOptions say how ServePublic serves.
type PublicOptions struct {
	By    string              // who does what is due, for the log; empty: server
	Every time.Duration       // how often it is done; zero: a minute; negative: never, another program does
	Note  func(err error)     // is told what goes wrong; nil: nobody is
	Did   func(k Kept)        // is told what was done, if anything was; nil: nobody is
	Ready func(addr net.Addr) // is called when everything is up; nil: nothing is
}

// ServePublic serves the machines' doors until the context ends, and keeps the status of certificates meanwhile. It closes the listener.
func (h *House) ServePublic(ctx context.Context, l net.Listener, o PublicOptions) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Note == nil {
		o.Note = func(error) {}
	}
	o.By = cmp.Or(o.By, "server")
	s := &http.Server{Handler: &public.Doors{DB: h.DB, OCSP: h.OCSP(), Note: o.Note}, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 60 * time.Second, MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx }}
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		h.keepRounds(ctx, o)
	}()
	if o.Ready != nil {
		o.Ready(l.Addr())
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- s.Shutdown(late)
	}()
	err := s.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		err = <-stopped
	}
	stop()
	<-kept
	return err
}

// keepRounds does what is due at once, and then every so often.
func (h *House) keepRounds(ctx context.Context, o PublicOptions) {
	if o.Every < 0 {
		return
	}
	tick := time.NewTicker(cmp.Or(o.Every, time.Minute))
	defer tick.Stop()
	var presigned time.Time
	for ctx.Err() == nil {
		presign := time.Since(presigned) > time.Hour
		k, err := h.KeepStatus(ctx, o.By, presign)
		if presign {
			presigned = time.Now()
		}
		if err != nil && ctx.Err() == nil {
			o.Note(err)
		}
		if k != (Kept{}) && o.Did != nil {
			o.Did(k)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}
