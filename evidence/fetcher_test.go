package evidence_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/shelf"
)

// house is an authority with its servers.
type house struct {
	root, issuing, alice *testca.Entity
	requests             atomic.Int64
	server               *httptest.Server
	answer               func(w http.ResponseWriter, r *http.Request)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.requests.Add(1)
		h.answer(w, r)
	}))
	t.Cleanup(h.server.Close)
	h.root = testca.Root(t, "Root")
	h.issuing = h.root.Issue(testca.Authority("Issuing"))
	h.alice = h.issuing.Issue(testca.Person("alice@example.org").With(func(s *testca.Spec) {
		s.CRLPoints, s.OCSP = []string{h.server.URL + "/crl"}, h.server.URL+"/ocsp"
	}))
	h.answer = func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/crl":
			w.Write(h.issuing.CRL(h.alice.Revoke(pki.KeyCompromise)).Raw)
		case "/ocsp":
			w.Write(h.issuing.OCSP(h.alice, pki.OCSPGood).Raw)
		}
	}
	return h
}

func fetcher(t *testing.T, o evidence.Options) *evidence.Fetcher {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return testca.Now }
	}
	return evidence.New(o)
}

func (h *house) judge(t *testing.T, f *evidence.Fetcher) *chain.Result {
	t.Helper()
	return chain.Verify(t.Context(), chain.Request{Leaf: h.alice.Certificate, Pool: h.alice.Chain(), Time: testca.Now,
		Anchors: chain.NewAnchors(chain.Anchor{Certificate: h.root.Certificate}), Evidence: f.For(t.Context())})
}

func TestARevocationIsFetchedAndFound(t *testing.T) {
	h := newHouse(t)
	served := h.answer
	h.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ocsp" {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		served(w, r)
	}
	f := fetcher(t, evidence.Options{Private: true})
	r := h.judge(t, f)
	if r.OK || r.Revocation[0].State != chain.Revoked {
		t.Fatalf("%+v", r.Revocation)
	}
	events := f.Events()
	if len(events) != 2 || events[0].What != "OCSP" || events[0].Err == "" || events[1].What != "CRL" || events[1].From != "network" {
		t.Errorf("%v", events)
	}
}

func TestPrivateAddressesAreNotAsked(t *testing.T) {
	h := newHouse(t)
	f := fetcher(t, evidence.Options{})
	r := h.judge(t, f)
	if !r.OK || r.Revocation[0].State != chain.Unknown || h.requests.Load() != 0 {
		t.Errorf("%v after %d requests", r.Revocation[0], h.requests.Load())
	}
	for _, e := range f.Events() {
		if !strings.Contains(e.Err, "private address") {
			t.Errorf("%v", e)
		}
	}
}

func TestNobodyIsAskedAboutACertificateThatNobodyVouchesFor(t *testing.T) {
	h := newHouse(t)
	other := testca.Root(t, "Other root")
	f := fetcher(t, evidence.Options{Private: true})
	r := chain.Verify(t.Context(), chain.Request{Leaf: h.alice.Certificate, Pool: h.alice.Chain(), Time: testca.Now,
		Anchors: chain.NewAnchors(chain.Anchor{Certificate: other.Certificate}), Evidence: f.For(t.Context())})
	if r.OK || h.requests.Load() != 0 {
		t.Errorf("%d requests", h.requests.Load())
	}
}

func TestAnswersAreKeptAndServeStaleWhereAllowed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	answersAreKept(t, shelf.Folder(dir, "", shelf.Private))
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the cache is readable by others: %v %v", info, err)
	}
	testdb.Each(t, nil, func(t *testing.T, d *db.DB) { answersAreKept(t, d.Documents("evidence")) })
}

func answersAreKept(t *testing.T, cache shelf.Shelf) {
	h := newHouse(t)
	now := testca.Now
	o := evidence.Options{Private: true, Shelf: cache, Now: func() time.Time { return now }, Stale: 48 * time.Hour}
	h.judge(t, fetcher(t, o))
	first := h.requests.Load()
	f := fetcher(t, o) // another process
	if r := h.judge(t, f); r.Revocation[0].State != chain.Revoked || h.requests.Load() != first {
		t.Errorf("%+v after %d more requests", r.Revocation[0], h.requests.Load()-first)
	}
	h.server.Close()
	now = now.Add(30 * time.Hour)
	f = fetcher(t, o)
	h.judge(t, f)
	stale := false
	for _, e := range f.Events() {
		stale = stale || e.From == "stale cache"
	}
	if !stale {
		t.Error("the kept answer was not used")
	}
	o.Stale = 0
	f = fetcher(t, o)
	if r := h.judge(t, f); r.Revocation[0].State != chain.Unknown {
		t.Errorf("a stale answer was used: %+v", r.Revocation[0])
	}
}

func TestManyAskOnce(t *testing.T) {
	h := newHouse(t)
	served := h.answer
	h.answer = func(w http.ResponseWriter, r *http.Request) { time.Sleep(100 * time.Millisecond); served(w, r) }
	f := fetcher(t, evidence.Options{Private: true})
	var all sync.WaitGroup
	for range 20 {
		all.Add(1)
		go func() { defer all.Done(); h.judge(t, f) }()
	}
	all.Wait()
	if n := h.requests.Load(); n > 4 {
		t.Errorf("%d requests for 20 judgements", n)
	}
}

func TestServersCannotHoldUsUp(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"too slow":      func(w http.ResponseWriter, r *http.Request) { time.Sleep(2 * time.Second) },
		"too large":     func(w http.ResponseWriter, r *http.Request) { io.CopyN(w, zeros{}, 10<<20) },
		"goes in rings": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		},
		"nonsense": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") },
		"nothing":  func(w http.ResponseWriter, r *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.answer = answer
			f := fetcher(t, evidence.Options{Private: true, Timeout: 300 * time.Millisecond, Size: 1 << 20})
			if r := h.judge(t, f); !r.OK || r.Revocation[0].State != chain.Unknown {
				t.Errorf("%+v", r)
			}
			asked := h.requests.Load()
			h.judge(t, f)
			if name == "too slow" && h.requests.Load() != asked {
				t.Error("a server that does not answer is asked again at once")
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestOnlyTheHostsThatAreNamedAreAsked(t *testing.T) {
	h := newHouse(t)
	f := fetcher(t, evidence.Options{Private: true, Hosts: []string{"crl.example.org"}})
	if h.judge(t, f); h.requests.Load() != 0 {
		t.Error("another host was asked")
	}
}

func TestIssuersAreFetchedOnlyOnDemand(t *testing.T) {
	h := newHouse(t)
	access, err := pki.AccessExtension(pki.AccessDescription{Method: "\x2b\x06\x01\x05\x05\x07\x30\x02", Location: pki.URI(h.server.URL + "/issuer")})
	if err != nil {
		t.Fatal(err)
	}
	bob := h.issuing.Issue(testca.Person("bob@example.org").With(func(s *testca.Spec) { s.More = append(s.More, access) }))
	h.answer = func(w http.ResponseWriter, r *http.Request) { w.Write(h.issuing.Certificate.Raw) }
	for _, allowed := range []bool{false, true} {
		f := fetcher(t, evidence.Options{Private: true, Issuers: allowed})
		r := chain.Verify(t.Context(), chain.Request{Leaf: bob.Certificate, Time: testca.Now,
			Anchors: chain.NewAnchors(chain.Anchor{Certificate: h.root.Certificate}), Evidence: f.For(t.Context())})
		if r.OK != allowed {
			t.Errorf("fetching issuers %v: %v", allowed, r.Failures)
		}
	}
}
