package chain

import (
	"crypto/sha256"
	"sync"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// mostRemembered bounds each of the two generations of a Cache: some 5 MB.
const mostRemembered = 32_768

// Cache remembers signatures that were found good, so that the certificates of authorities, which come
// with every mail, are checked once. It is safe for concurrent use. It is bounded: when many new ones have come, those that were
// not asked for since are forgotten.
type Cache struct {
	mu         sync.RWMutex
	young, old map[cacheKey]struct{}
}

// cacheKey names a certificate, the key that signed it, and what was allowed when that was checked.
type cacheKey struct {
	issued, key [sha256.Size]byte
	allow       alg.Allow
}

func cacheKeyOf(c, issuer *pki.Certificate, allow alg.Allow) cacheKey {
	return cacheKey{c.Fingerprint(), sha256.Sum256(issuer.RawSPKI), allow}
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{young: map[cacheKey]struct{}{}} }

// has tells whether a signature was found good before.
func (c *Cache) has(k cacheKey) bool {
	c.mu.RLock()
	_, young := c.young[k]
	_, old := c.old[k]
	c.mu.RUnlock()
	if old && !young {
		c.put(k)
	}
	return young || old
}

// put remembers a good signature. The zero Cache works too.
func (c *Cache) put(k cacheKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.young == nil || len(c.young) >= mostRemembered {
		c.young, c.old = map[cacheKey]struct{}{}, c.young
	}
	c.young[k] = struct{}{}
}
