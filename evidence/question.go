package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

var errOffline = errors.New("not in the cache, and nothing is fetched")

// question is one thing to be fetched.
type question struct {
	what  string
	url   string
	post  []byte // an OCSP request; nil asks with GET
	kind  string // media type of post
	nonce []byte // in post, which the answer must repeat; nil for none
	once  bool   // the answer is for this question alone: not kept
	until func(body []byte) time.Time
}

// key names the answer in the cache.
func (q question) key() string {
	sum := sha256.New()
	io.WriteString(sum, q.what+" "+q.url+" ")
	sum.Write(q.post)
	return hex.EncodeToString(sum.Sum(nil))
}

// fetch asks the network.
func (f *Fetcher) fetch(ctx context.Context, q question) ([]byte, error) {
	u, err := url.Parse(q.url)
	if err != nil {
		return nil, errors.New("malformed address")
	}
	if err := f.allowed(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.o.Timeout)
	defer cancel()
	if u.Scheme == "ldap" {
		return f.fetchLDAP(ctx, u)
	}
	return f.fetchHTTP(ctx, q)
}

// allowed refuses schemes and hosts that are not asked.
func (f *Fetcher) allowed(u *url.URL) error {
	switch u.Scheme {
	case "http", "https", "ldap":
	default:
		return fmt.Errorf("addresses of the kind %q are not asked", u.Scheme)
	}
	if u.Hostname() == "" {
		return errors.New("the address names no host")
	}
	if len(f.o.Hosts) > 0 && !slices.Contains(f.o.Hosts, u.Hostname()) {
		return fmt.Errorf("host %s is not among those that may be asked", u.Hostname())
	}
	return nil
}

func (f *Fetcher) fetchHTTP(ctx context.Context, q question) ([]byte, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if q.post != nil {
		method, body = http.MethodPost, bytes.NewReader(q.post)
	}
	r, err := http.NewRequestWithContext(ctx, method, q.url, body)
	if err != nil {
		return nil, errors.New("malformed address")
	}
	r.Header.Set("User-Agent", "waxwing")
	if q.post != nil {
		r.Header.Set("Content-Type", q.kind)
	}
	answer, err := f.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", answer.Status)
	}
	return readMost(answer.Body, f.o.Size)
}

// readMost reads an answer up to a limit.
func readMost(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("the answer is larger than %d octets", most)
	}
	return data, nil
}
