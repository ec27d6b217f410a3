package cms

import (
	"fmt"
	"hash"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
)

// headSize is how much of a content is looked at for the form of signed attributes.
const headSize = 64 << 10

// wholeSize is how much of a content is held for signature algorithms that want it in one piece.
const wholeSize = 1 << 20

// Digests hashes a content with several digests at once. It is an io.Writer.
type Digests struct {
	list  []digest
	size  int64
	head  []byte // the first octets, if they can begin a SET
	whole []byte // the content, where keep is set and it is no longer than wholeSize
	keep  bool

	unseen bool // a digest was Set: what the content begins with is not known
}

type digest struct {
	alg   *alg.Hash
	state hash.Hash // nil when sum was given
	sum   []byte
}

// NewDigests returns Digests for the signers of o.
func NewDigests(o SignedOptions) (*Digests, error) {
	d := &Digests{list: make([]digest, 0, 1)}
	for i := range o.Signers {
		scheme, err := o.Signers[i].scheme()
		if err != nil {
			return nil, fmt.Errorf("signer %d: %w", i+1, err)
		}
		d.add(scheme.Digest)
		d.keep = d.keep || o.Signers[i].NoAttributes && scheme.Pure
	}
	return d, nil
}

// add makes d compute a digest, unless it does so already.
func (d *Digests) add(h *alg.Hash) {
	for i := range d.list {
		if d.list[i].alg == h {
			return
		}
	}
	d.list = append(d.list, digest{alg: h, state: h.New()})
}

// Write hashes p.
func (d *Digests) Write(p []byte) (int, error) {
	if d.size == 0 && len(p) > 0 && p[0] == 0x31 || len(d.head) > 0 {
		d.head = append(d.head, p[:min(len(p), headSize-len(d.head))]...)
	}
	if d.keep && d.size+int64(len(p)) <= wholeSize {
		d.whole = append(d.whole, p...)
	}
	for i := range d.list {
		if e := &d.list[i]; e.state != nil {
			e.state.Write(p)
			e.sum = nil
		}
	}
	d.size += int64(len(p))
	return len(p), nil
}

// Set takes a digest that the caller has computed, and the size of the content, in place of Write.
func (d *Digests) Set(h *alg.Hash, sum []byte, size int64) {
	d.size, d.unseen = size, true
	for i := range d.list {
		if d.list[i].alg == h {
			d.list[i] = digest{alg: h, sum: sum}
			return
		}
	}
	d.list = append(d.list, digest{alg: h, sum: sum})
}

// Size returns how many octets were hashed.
func (d *Digests) Size() int64 { return d.size }

// Sum returns the digest of what was written by a hash, if it is computed.
func (d *Digests) Sum(h *alg.Hash) ([]byte, bool) {
	for i := range d.list {
		if e := &d.list[i]; e.alg == h {
			if e.sum == nil {
				e.sum = e.state.Sum(nil)
			}
			return e.sum, true
		}
	}
	return nil, false
}

// content returns the content in one piece, if it was kept and is not too long.
func (d *Digests) content() ([]byte, bool) {
	return d.whole, d.keep && int64(len(d.whole)) == d.size
}

// hashing is a reader that hashes what is read through it.
type hashing struct {
	src io.Reader
	d   *Digests
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	h.d.Write(p[:n])
	return n, err
}

// WriteTo hashes what it writes. It spares io.Copy a buffer and reads in large pieces.
func (h *hashing) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(&hashingWriter{w, h.d}, h.src)
}

// hashingWriter hashes what w took.
type hashingWriter struct {
	w io.Writer
	d *Digests
}

func (h *hashingWriter) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	h.d.Write(p[:n])
	return n, err
}

// drain reads to the end, in large pieces.
func (h *hashing) drain() error {
	_, err := io.Copy(h.d, h.src)
	return err
}

// Hashes returns the digests that are computed, in the order of the signers that need them.
func (d *Digests) Hashes() []*alg.Hash {
	list := make([]*alg.Hash, len(d.list))
	for i := range d.list {
		list[i] = d.list[i].alg
	}
	return list
}
