// Package limit is the one budget that all readers of a message share.
//
// ASN.1, MIME, zlib and key derivation take what they use from the same Budget,
// so that nested formats cannot add up to more than any of them may use alone:
//
//	b := limit.New(limit.Limits{})          // the zero value takes the defaults
//	if err := b.Take(limit.Parts, 1); err != nil {
//		return err                          // *limit.Error names the limit
//	}
//
// A Budget belongs to one reading of one message and is not safe for concurrent use.
// It measures what is used; it does not measure time.
package limit

import "fmt"

// What names a limit. The text appears in error messages and in the command's --limit flag.
type What string

// The limits. Depth is a momentary value (see Budget.Within); all others are sums.
const (
	Bytes        What = "bytes"        // bytes held in memory for structures (not streamed content)
	Depth        What = "depth"        // nesting of ASN.1 elements
	Elements     What = "elements"     // ASN.1 elements read
	Layers       What = "layers"       // MIME and CMS layers inside each other
	Parts        What = "parts"        // MIME parts
	HeaderBytes  What = "header-bytes" // header field bytes of all parts
	Signers      What = "signers"      // SignerInfos
	Recipients   What = "recipients"   // RecipientInfos
	Certificates What = "certificates" // certificates and CRLs carried by a message
	KDF          What = "kdf"          // iterations of password-based key derivation
	Expansion    What = "expansion"    // bytes that decompression produced
	PublicKey    What = "public-key"   // public-key operations
)

// Limits holds the most that one reading may use. A zero field takes its default.
type Limits struct {
	Bytes        int64 // default 64 MiB
	Depth        int64 // default 64
	Elements     int64 // default 4,000,000
	Layers       int64 // default 32
	Parts        int64 // default 10,000
	HeaderBytes  int64 // default 16 MiB
	Signers      int64 // default 64
	Recipients   int64 // default 10,000
	Certificates int64 // default 10,000
	KDF          int64 // default 10,000,000 iterations
	Expansion    int64 // default 16 GiB, and see Ratio
	Ratio        int64 // decompressed bytes per compressed byte after the first MiB; default 250
	PublicKey    int64 // default 2,000
}

// Default returns the limits that zero fields take.
func Default() Limits {
	return Limits{
		Bytes: 64 << 20, Depth: 64, Elements: 4_000_000, Layers: 32, Parts: 10_000,
		HeaderBytes: 16 << 20, Signers: 64, Recipients: 10_000, Certificates: 10_000,
		KDF: 10_000_000, Expansion: 16 << 30, Ratio: 250, PublicKey: 2_000,
	}
}

// Error says which limit a message exceeded.
type Error struct {
	What What
	Max  int64
}

func (e *Error) Error() string {
	return fmt.Sprintf("message exceeds the limit of %d for %s", e.Max, e.What)
}

// Budget is what is left of the limits.
type Budget struct {
	max, used Limits
}

// New returns a full budget. Zero fields of l take their defaults.
func New(l Limits) *Budget {
	d := Default()
	b := &Budget{max: l}
	for _, w := range names {
		if f := b.max.field(w); *f == 0 {
			*f = *d.field(w)
		}
	}
	return b
}

// ratio is kept beside the sums; it is asked for through Budget.Ratio.
const ratio What = "ratio"

// Take uses n of a limit for good. It fails with *Error, leaving the budget unchanged,
// when less than n is left or when n is negative.
func (b *Budget) Take(w What, n int64) error {
	if n < 0 || n > b.Left(w) {
		return &Error{What: w, Max: b.most(w)}
	}
	if used := b.used.field(w); used != nil {
		*used += n
	}
	return nil
}

// Within fails with *Error when a momentary value, such as a depth, is over its limit.
func (b *Budget) Within(w What, n int64) error {
	if most := b.most(w); n > most {
		return &Error{What: w, Max: most}
	}
	return nil
}

// Left returns what is left of a limit.
func (b *Budget) Left(w What) int64 {
	if used := b.used.field(w); used != nil {
		return b.most(w) - *used
	}
	return 0
}

// most returns a limit, and 0 for an unknown name.
func (b *Budget) most(w What) int64 {
	if f := b.max.field(w); f != nil {
		return *f
	}
	return 0
}

// Expand accounts for n more decompressed bytes after in compressed ones have been read
// and out have been produced, n included. It fails when the sum or the ratio is exceeded.
func (b *Budget) Expand(n, in, out int64) error {
	const grace = 1 << 20
	if out > grace && out > in*b.max.Ratio {
		return &Error{What: Expansion, Max: b.max.Ratio}
	}
	return b.Take(Expansion, n)
}
