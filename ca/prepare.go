package ca

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// Ready is one certificate that may be signed: looked at, and recorded as planned. It is good for one Issue, for as long as Window.
type Ready struct {
	row       *Certificate
	authority *Authority
}

// Certificate is the row as planned, or the certificate that the same Reference got before.
func (r *Ready) Certificate() *Certificate { return r.row }

// Prepare checks an order against its profile, builds what would be signed, lints it, reserves the serial number and records the
// intent. A *Refusal lists what is wrong with the order. If the order's Reference has a certificate, Ready carries it and Issue returns
// it; if it has an intent that was not carried out, that one becomes Void.
func (c *CA) Prepare(tx *db.Tx, o Order) (*Ready, error) {
	return nil, errors.New("ca: preparing lands next")
}
