package evidence

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/waxwing-mail/waxwing/shelf"
)

// Options says how to fetch. The zero value fetches CRLs and OCSP answers over HTTP and remembers them in memory.
type Options struct {
	Shelf   shelf.Shelf   // the cache: a folder, or db.Documents("evidence"); nil keeps it in memory
	Offline bool          // use what is in the cache and fetch nothing
	Issuers bool          // also fetch issuers' certificates, which tells their host that a mail is looked at
	Private bool          // also ask private, loopback and link-local addresses
	Hosts   []string      // when not empty, the only hosts that are asked
	Timeout time.Duration // for one request; zero takes 10 seconds
	Most    int           // requests in the life of a Fetcher's view (see For); zero takes 20
	Size    int64         // octets of one answer; zero takes 64 MiB
	Stale   time.Duration // how long after its end an answer still serves when no fresh one can be had
	Nonce   bool          // ask OCSP with a nonce (RFC 9654); such answers are not kept

	Now func() time.Time // nil takes time.Now
}

// Fetcher fetches evidence and remembers it. It is safe for concurrent use.
type Fetcher struct {
	o      Options
	client *http.Client
	cache  *cache
	flight singleflight.Group

	mu     sync.Mutex
	events []Event
	down   map[string]outage // by address
}

// outage is an address that did not answer, so that a hundred mails do not each wait for it.
type outage struct {
	until time.Time
	err   error
}

// restAfter is how long an address that did not answer is left alone.
const restAfter = 2 * time.Minute

// failing returns why an address is left alone for the time being; nil when it is not.
func (f *Fetcher) failing(url string, now time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o, ok := f.down[url]; ok && now.Before(o.until) {
		return o.err
	}
	return nil
}

func (f *Fetcher) failed(url string, now time.Time, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	const most = 10_000
	if f.down == nil || len(f.down) > most {
		f.down = map[string]outage{}
	}
	f.down[url] = outage{now.Add(restAfter), err}
}

// New returns a Fetcher.
func New(o Options) *Fetcher {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Most == 0 {
		o.Most = 20
	}
	if o.Size == 0 {
		o.Size = 64 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Fetcher{o: o, cache: &cache{shelf: o.Shelf, memory: map[string]entry{}}}
	f.client = f.newClient()
	return f
}

// Event is one attempt to get a piece of evidence.
type Event struct {
	What   string        `json:"what"` // "CRL", "OCSP", "issuer"
	URL    string        `json:"url"`
	From   string        `json:"from"` // "network", "cache", "stale cache", "refused"
	Took   time.Duration `json:"-"`
	Millis int64         `json:"ms"`
	Err    string        `json:"error,omitempty"` // why nothing came back
}

// String is the event in one line.
func (e Event) String() string {
	if e.Err != "" {
		return fmt.Sprintf("%s from %s: %s", e.What, e.URL, e.Err)
	}
	return fmt.Sprintf("%s from %s (%s, %d ms)", e.What, e.URL, e.From, e.Millis)
}

func (f *Fetcher) note(e Event) {
	e.Millis = e.Took.Milliseconds()
	f.mu.Lock()
	defer f.mu.Unlock()
	const most = 1000 // a long-lived Fetcher keeps the newest
	if len(f.events) >= most {
		f.events = f.events[1:]
	}
	f.events = append(f.events, e)
}

// Events returns what was done so far, and forgets it. A nil Fetcher did nothing.
func (f *Fetcher) Events() []Event {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.events
	f.events = nil
	return out
}

// get returns the body of an answer: out of the cache while it is fresh, else from the network, else stale. until tells from the body how long
// it is good; a zero time keeps it for an hour.
func (f *Fetcher) get(ctx context.Context, q question) ([]byte, error) {
	now := f.o.Now()
	old, found := f.cache.get(q.key())
	if found && now.Before(old.until) {
		f.note(Event{What: q.what, URL: q.url, From: "cache"})
		return old.body, nil
	}
	if f.o.Offline {
		return f.stale(q, old, found, errOffline)
	}
	start := time.Now()
	if why := f.failing(q.url, now); why != nil {
		return f.stale(q, old, found, why)
	}
	body, err, _ := f.flight.Do(q.key(), func() (any, error) { return f.fetch(ctx, q) })
	if err != nil {
		f.failed(q.url, now, err)
		return f.stale(q, old, found, err)
	}
	raw := body.([]byte)
	f.note(Event{What: q.what, URL: q.url, From: "network", Took: time.Since(start)})
	if !q.once {
		f.keep(q, raw, now)
	}
	return raw, nil
}

// keep puts an answer into the cache for as long as it is good, at most a day and at least a minute: an authority
// publishes urgent lists before the end of the last one.
func (f *Fetcher) keep(q question, body []byte, now time.Time) {
	until := q.until(body)
	if until.IsZero() {
		until = now.Add(time.Hour)
	}
	if day := now.Add(24 * time.Hour); until.After(day) {
		until = day
	}
	if least := now.Add(time.Minute); until.Before(least) {
		until = least
	}
	err := f.cache.put(q.key(), entry{body: body, until: until})
	if f.o.Shelf != nil && err == nil && strings.HasPrefix(q.key(), "00") { // one answer in 256 sweeps the shelf
		err = f.cache.sweep(now.Add(-f.o.Stale - keptAfter))
	}
	if err != nil {
		f.note(Event{What: q.what, URL: q.url, From: "network", Err: "keep it in the cache: " + err.Error()})
	}
}

// keptAfter is how long an answer stays on the shelf after the end of its use.
const keptAfter = 30 * 24 * time.Hour

// stale returns an answer past its end where that is allowed, else the error.
func (f *Fetcher) stale(q question, old entry, found bool, err error) ([]byte, error) {
	if found && f.o.Now().Before(old.until.Add(f.o.Stale)) {
		f.note(Event{What: q.what, URL: q.url, From: "stale cache"})
		return old.body, nil
	}
	f.note(Event{What: q.what, URL: q.url, From: "refused", Err: err.Error()})
	return nil, err
}
