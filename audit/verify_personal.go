package audit

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// personal checks that sealed data opens with the key of its document, or that the log says who destroyed the key.
func (r *verification) personal(e *Entry) error {
	if e.What == Erased {
		if wrapped, by, err := documentKey(r.tx, e.Object); err != nil && !errors.Is(err, db.ErrNone) {
			return err
		} else if err != nil || by != e.Seq || wrapped != nil {
			return faultAt(e.Seq, "the key of %s, which it destroyed, is not destroyed", e.Object)
		}
	}
	if e.Document == "" {
		return nil
	}
	wrapped, erasedBy, err := documentKey(r.tx, e.Document)
	switch {
	case errors.Is(err, db.ErrNone):
		return faultAt(e.Seq, "the key of its personal data is gone, and no entry erased it")
	case err != nil:
		return err
	case erasedBy >= 0 || wrapped == nil:
		return r.erasedBy(e, erasedBy)
	case r.log.Keys == nil:
		return nil
	}
	if _, err := r.log.Personal(r.tx, *e); err != nil {
		return faultAt(e.Seq, "its personal data cannot be opened: %v", err)
	}
	return nil
}

// erasedBy checks that the entry which is said to have erased the personal data of another did so.
func (r *verification) erasedBy(e *Entry, seq int64) error {
	by, err := entries(r.tx, seq, 1)
	if err != nil {
		return err
	}
	if seq < 0 || len(by) == 0 || by[0].Seq != seq || by[0].What != Erased || by[0].Object != e.Document {
		return faultAt(e.Seq, "the key of its personal data is gone, and no entry erased it")
	}
	return nil
}
