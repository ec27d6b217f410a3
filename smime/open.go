package smime

import (
	"context"
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/eml"
)

// Open undoes every layer of a message and returns what it found. An error means that the reading
// stopped: a limit (*limit.Error), a read error, a cancelled context, an Opener without Now.
// Whatever is wrong with the message itself is a Finding. The report must be closed.
func (o *Opener) Open(ctx context.Context, m *eml.Message) (*Report, error) {
	return nil, errors.New("not yet")
}

// OpenCMS is Open for a CMS object without a mail around it, in DER, BER or PEM.
// Where it is a detached signature, Opener.Content is what it covers.
func (o *Opener) OpenCMS(ctx context.Context, src eml.Source) (*Report, error) {
	return nil, errors.New("not yet")
}

// content is what a cryptographic layer held, kept in a quarantine until the report is closed.
type content struct{}

// Content returns what a layer held, once its tag or padding was checked; nil for layers that hold
// nothing or could not be opened. It is valid until the report is closed.
func (l *Layer) Content() eml.Source { return nil }

// WriteMessage writes the message with its encryption undone: the outer header fields as they are,
// the inner content in place. Signatures inside the encryption stay.
func (r *Report) WriteMessage(w io.Writer) error { return nil }

// WritePlain writes the message with every layer of the envelope undone, signatures too.
func (r *Report) WritePlain(w io.Writer) error { return nil }

// Verified returns a proof for each signer that was judged in full and found good.
func (r *Report) Verified() []Verified { return nil }

// Close releases the decrypted contents, which were never on a disk in the clear.
func (r *Report) Close() error { return nil }
