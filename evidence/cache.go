package evidence

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/shelf"
)

// entry is an answer in the cache, and until when it is fresh.
type entry struct {
	body  []byte
	until time.Time
}

// cache keeps answers in memory, and on a shelf if there is one: eight octets of time before the body.
type cache struct {
	shelf shelf.Shelf

	mu     sync.Mutex
	memory map[string]entry
	held   int64
}

// mostHeld bounds the memory of the cache.
const mostHeld = 256 << 20

func (c *cache) get(key string) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.memory[key]; ok {
		return e, true
	}
	if c.shelf == nil {
		return entry{}, false
	}
	data, err := c.shelf.Get(key)
	if err != nil || len(data) < 8 {
		return entry{}, false
	}
	e := entry{body: data[8:], until: time.Unix(int64(binary.BigEndian.Uint64(data)), 0)}
	c.remember(key, e)
	return e, true
}

// put keeps an answer.
func (c *cache) put(key string, e entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(key, e)
	if c.shelf == nil {
		return nil
	}
	data := append(binary.BigEndian.AppendUint64(nil, uint64(e.until.Unix())), e.body...)
	return c.shelf.Update(key, func([]byte) ([]byte, error) { return data, nil })
}

// sweep takes away what ended before a moment.
func (c *cache) sweep(before time.Time) error {
	var old []string
	err := c.shelf.Each(func(key string, data []byte) error {
		if len(data) < 8 || int64(binary.BigEndian.Uint64(data)) < before.Unix() {
			old = append(old, key)
		}
		return nil
	})
	for _, key := range old {
		if err == nil {
			err = c.shelf.Update(key, func([]byte) ([]byte, error) { return nil, nil })
		}
	}
	return err
}

// remember keeps an answer in memory, and forgets all others when there is no room.
func (c *cache) remember(key string, e entry) {
	c.held += int64(len(e.body)) - int64(len(c.memory[key].body))
	if c.held > mostHeld {
		c.memory, c.held = map[string]entry{}, int64(len(e.body))
	}
	c.memory[key] = e
}
