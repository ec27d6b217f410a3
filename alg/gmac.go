package alg

import "hash"

// parseGMAC reads GMACParameters (RFC 9044 §3), which are those of GCM.
func (m *MAC) parseGMAC() error {
	nonce, tag, err := parseNonceAndTag(m.id.Params)
	if err != nil || len(nonce) < 1 || len(nonce) > maxGCMNonce || tag < 12 || tag > 16 {
		return &ParamsError{Algorithm: m.Name, Reason: "malformed"}
	}
	m.nonce, m.Size = nonce, int(tag)
	return nil
}

// gmac is AES-GMAC (RFC 9044 §2): GCM over no content, with what is authenticated as additional data.
type gmac struct {
	gcm
	in   []byte // less than a chunk
	size int    // octets of the MAC
	new  gcm    // as it was in the beginning
}

func newGMAC(key, nonce []byte, size int) (hash.Hash, error) {
	g, err := newGCM(key, nonce, true)
	if err != nil {
		return nil, err
	}
	return &gmac{gcm: *g, new: *g, size: size, in: make([]byte, 0, chunkSize)}, nil
}

func (g *gmac) Size() int      { return g.size }
func (g *gmac) BlockSize() int { return 16 }

func (g *gmac) Reset() { g.gcm, g.in = g.new, g.in[:0] }

func (g *gmac) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if len(g.in) == chunkSize {
			g.hash(g.in)
			g.in = g.in[:0]
		}
		n := min(len(p), chunkSize-len(g.in))
		g.in = append(g.in, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// Sum leaves the state as it was.
func (g *gmac) Sum(b []byte) []byte {
	s := g.gcm
	s.hash(g.in)
	return append(b, s.seal(s.z.add(lengths(s.size, 0).mul(s.h)))[:g.size]...)
}
