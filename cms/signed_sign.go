package cms

import (
	"io"

	"github.com/waxwing-mail/waxwing/alg"
)

// Digests hashes a content with every digest that its signers need. It is an io.Writer.
type Digests struct{ size int64 }

// NewDigests returns Digests for the signers of o.
func NewDigests(o SignedOptions) (*Digests, error) { return &Digests{}, nil }

// Write hashes p.
func (d *Digests) Write(p []byte) (int, error) { d.size += int64(len(p)); return len(p), nil }

// Set takes a digest of the content that the caller has computed, and the size of the content.
func (d *Digests) Set(h *alg.Hash, sum []byte, size int64) {}

// Message is a SignedData that lacks nothing but its content.
type Message struct{}

// Sign signs the content whose digests are d. Each signer's key is used once.
func Sign(o SignedOptions, d *Digests) (*Message, error) { return &Message{}, nil }

// Detached returns the DER without the content.
func (m *Message) Detached() []byte { return nil }

// Size returns how many octets Write writes.
func (m *Message) Size() int64 { return 0 }

// Write writes the DER with the content, which must be what was hashed. With SignedOptions.Detached,
// content is not read and may be nil.
func (m *Message) Write(w io.Writer, content io.Reader) error { return nil }
