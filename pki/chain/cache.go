package chain

import (
	"sync"

	"github.com/waxwing-mail/waxwing/pki"
)

// mostRemembered bounds a Cache: 64 bytes and some for each.
const mostRemembered = 50_000

// Cache remembers signatures that were found good, so that the certificates of authorities, which come
// with every mail, are checked once. It is safe for concurrent use.
type Cache struct {
	mu   sync.RWMutex
	seen map[[64]byte]struct{}
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{seen: map[[64]byte]struct{}{}} }

// pair names a certificate and its issuer by their fingerprints.
func pair(c, issuer *pki.Certificate) (p [64]byte) {
	a, b := c.Fingerprint(), issuer.Fingerprint()
	copy(p[:32], a[:])
	copy(p[32:], b[:])
	return p
}

// good tells whether the signature was found good before. A nil cache knows nothing.
func (c *Cache) good(issued, issuer *pki.Certificate) bool {
	if c == nil {
		return false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, ok := c.seen[pair(issued, issuer)]
	return ok
}

// remember keeps a good signature; where there are too many it forgets all.
func (c *Cache) remember(issued, issuer *pki.Certificate) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) >= mostRemembered {
		clear(c.seen)
	}
	c.seen[pair(issued, issuer)] = struct{}{}
}
