package evidence

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// entry is an answer in the cache, and until when it is fresh.
type entry struct {
	body  []byte
	until time.Time
}

// cache keeps answers in memory, and in a folder if there is one: a file an answer, eight octets of time before the body.
type cache struct {
	dir string

	mu     sync.Mutex
	memory map[string]entry
	held   int64
}

// mostHeld bounds the memory of the cache.
const mostHeld = 256 << 20

func newCache(dir string) (*cache, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	return &cache{dir: dir, memory: map[string]entry{}}, nil
}

func (c *cache) get(key string) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.memory[key]; ok {
		return e, true
	}
	if c.dir == "" {
		return entry{}, false
	}
	data, err := os.ReadFile(filepath.Join(c.dir, key))
	if err != nil || len(data) < 8 {
		return entry{}, false
	}
	e := entry{body: data[8:], until: time.Unix(int64(binary.BigEndian.Uint64(data)), 0)}
	c.remember(key, e)
	return e, true
}

// put keeps an answer. The file appears under its name when it is whole.
func (c *cache) put(key string, e entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(key, e)
	if c.dir == "" {
		return nil
	}
	f, err := os.CreateTemp(c.dir, ".part-*")
	if err != nil {
		return err
	}
	data := append(binary.BigEndian.AppendUint64(nil, uint64(e.until.Unix())), e.body...)
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.dir, key))
	}
	if err != nil {
		if removeErr := os.Remove(f.Name()); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
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
