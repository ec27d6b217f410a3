package ca

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
)

// fileKeeper keeps the keys of a test's authorities in a folder, so that the next process has them.
type fileKeeper struct{ dir string }

func (k fileKeeper) Signer(_ context.Context, id string) (s cryptoSigner, err error) {
	raw, err := os.ReadFile(filepath.Join(k.dir, id))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, err
	}
	return key.(*ecdsa.PrivateKey), nil
}

func (k fileKeeper) generate(tx *db.Tx, algorithm, _, _ string) (string, []byte, error) {
	s, err := makeKey(algorithm)
	if err != nil {
		return "", nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(s)
	if err != nil {
		return "", nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(s.Public())
	id := tx.NewID()
	return id, spki, errors.Join(err, os.WriteFile(filepath.Join(k.dir, id), raw, 0o600))
}

// crasher opens a house in a process of its own.
func crasher(dsn, keys string) (*CA, *db.DB, error) {
	d, err := db.Open(context.Background(), dsn, schema()...)
	return &CA{Log: &audit.Log{Origin: "test"}, Keys: fileKeeper{keys}}, d, err
}

// TestHelperThatCrashes is no test: it is the program that TestACrashAtAnyStep kills. It issues one certificate and dies at a point.
func TestHelperThatCrashes(t *testing.T) {
	point := os.Getenv("WAXWING_CRASH_AT")
	if point == "" {
		t.Skip("this is the program that another test starts")
	}
	c, d, err := crasher(os.Getenv("WAXWING_CRASH_DSN"), os.Getenv("WAXWING_CRASH_KEYS"))
	if err != nil {
		t.Fatal(err)
	}
	c.Fault = func(at string) error {
		if at == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return nil
	}
	request, err := os.ReadFile(filepath.Join(os.Getenv("WAXWING_CRASH_KEYS"), "request"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.issueForTest(d, crashOrder(request)); err != nil {
		t.Fatal(err)
	}
}

func crashOrder(request []byte) Order {
	return Order{Profile: "mailbox-strict-dual", Addresses: []string{"ada@acme.test"}, Request: request, Holder: "person:ada", Reference: "application:1", By: "ra", Approvers: []string{"user:ann"}}
}

func (c *CA) issueForTest(d *db.DB, o Order) (*Issued, error) {
	var r *Ready
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) { r, err = c.Prepare(tx, o); return err })
	if err != nil {
		return nil, err
	}
	return c.Issue(context.Background(), d, r)
}

// AUTHORITY 35: kill -9 at every step of issuing, on both engines. After a restart the certificate is planned or issued, the same order
// gets its certificate, no serial number is used twice, and the log holds.
func TestACrashAtAnyStep(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		keys := t.TempDir()
		c, d, err := crasher(dsn, keys)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		o := InitOptions{Generate: fileKeeper{keys}.generate, By: "user:root"}
		if _, _, err := c.Init(t.Context(), d, o); err != nil {
			t.Fatal(err)
		}
		for _, point := range Points() {
			request := csr(t, "P-256")
			if err := os.WriteFile(filepath.Join(keys, "request"), request, 0o600); err != nil {
				t.Fatal(err)
			}
			if point == "prepare.voided" { // there has to be something to give up
				kill(t, dsn, keys, "issue.signed")
			}
			kill(t, dsn, keys, point)
			again := crashOrder(request)
			out, err := c.issueForTest(d, again)
			if err != nil {
				t.Fatalf("%s: the order gets no certificate after the restart: %v", point, err)
			}
			if committed := point == "issue.committed"; out.Again != committed {
				t.Errorf("%s: issued before: %v", point, out.Again)
			}
			checkAfterCrash(t, d, c, point, out)
			retire(t, d, out)
		}
	})
}

// kill runs the helper until it dies at a point.
func kill(t *testing.T, dsn, keys, point string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestHelperThatCrashes$", "-test.count=1")
	cmd.Env = append(os.Environ(), "WAXWING_CRASH_AT="+point, "WAXWING_CRASH_DSN="+dsn, "WAXWING_CRASH_KEYS="+keys)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !exit.Sys().(syscall.WaitStatus).Signaled() {
		t.Fatalf("%s: the program was not killed: %v\n%s", point, err, out)
	}
}

// checkAfterCrash looks at all that was ever planned for the order.
func checkAfterCrash(t *testing.T, d *db.DB, c *CA, point string, out *Issued) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		list, err := Find(tx, Query{Limit: 1000})
		serials, issued := map[string]bool{}, 0
		for _, row := range list {
			if serials[row.Serial] {
				t.Errorf("%s: the serial number %s was used twice", point, row.Serial)
			}
			serials[row.Serial] = true
			if row.Reference == out.Reference && row.State == Valid {
				issued++
			}
			cert, parseErr := row.Parsed()
			if parseErr != nil || fmt.Sprintf("%040x", cert.Serial) != row.Serial {
				t.Errorf("%s: the row %s does not hold its certificate: %v", point, row.ID, parseErr)
			}
		}
		if issued != 1 {
			t.Errorf("%s: %d certificates for one order", point, issued)
		}
		if _, verifyErr := c.Log.Verify(tx, someVerifiers(t)); verifyErr != nil {
			t.Errorf("%s: the log: %v", point, verifyErr)
		}
		return errors.Join(err, logMatches(tx))
	})
	if err != nil {
		t.Errorf("%s: %v", point, err)
	}
}

// someVerifiers are those of a log that was never signed.
func someVerifiers(t *testing.T) note.Verifiers {
	t.Helper()
	_, key, err := note.GenerateKey(rand.Reader, "test")
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	return note.VerifierList(v)
}

// logMatches compares the log with the rows: every issued row has its entry, and every entry its row.
func logMatches(tx *db.Tx) error {
	entries := map[string]int{}
	err := audit.List(tx, audit.Query{}, func(e audit.Entry) error { entries[e.What+" "+e.Object]++; return nil })
	if err != nil {
		return err
	}
	list, err := Find(tx, Query{Limit: 100_000})
	for _, row := range list {
		if n := entries["certificate.planned certificate:"+row.ID]; n != 1 {
			return fmt.Errorf("%s was planned %d times", row.ID, n)
		}
		if n := entries["certificate.issued certificate:"+row.ID]; (n == 1) != (row.State == Valid) || n > 1 {
			return fmt.Errorf("%s is %s and was issued %d times by the log", row.ID, row.State, n)
		}
		if n := entries["certificate.void certificate:"+row.ID]; (n == 1) != (row.State == Void) {
			return fmt.Errorf("%s is %s and was given up %d times by the log", row.ID, row.State, n)
		}
	}
	return err
}

// retire frees the reference and the key for the next round.
func retire(t *testing.T, d *db.DB, out *Issued) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE ca_certificate SET reference = reference || id WHERE id = $1`, out.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnIntentIsSignedOnceAndInTime(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		moment := now
		d.Clock = func() time.Time { return moment }
		h := open(t, d, nil)
		r, err := h.prepare(order(t, "mailbox-strict-dual"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Issue(t.Context(), d, r); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Issue(t.Context(), d, r); !errors.Is(err, ErrUsed) {
			t.Errorf("what was prepared once was signed twice: %v", err)
		}
		late := order(t, "mailbox-strict-dual")
		if r, err = h.prepare(late); err != nil {
			t.Fatal(err)
		}
		moment = now.Add(Window + time.Second)
		if _, err := h.Issue(t.Context(), d, r); !errors.Is(err, ErrStale) {
			t.Errorf("an intent was signed after its time: %v", err)
		}
		var given []*Certificate
		err = d.Write(t.Context(), func(tx *db.Tx) (err error) { given, err = h.Recover(tx, "server"); return err })
		if err != nil || len(given) != 1 || given[0].Reference != late.Reference {
			t.Errorf("recovering gave up %d intents: %v", len(given), err)
		}
		if out, err := h.issue(late); err != nil || out.Again {
			t.Errorf("the order gets no certificate afterwards: %v", err)
		}
		rolledBack := errors.New("rolled back")
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			r, err = h.Prepare(tx, order(t, "mailbox-strict-dual"))
			return errors.Join(err, rolledBack)
		})
		if !errors.Is(err, rolledBack) {
			t.Fatal(err)
		}
		if _, err := h.Issue(t.Context(), d, r); !errors.Is(err, ErrStale) {
			t.Errorf("something was signed whose intent is not on the disk: %v", err)
		}
	})
}

// Two nodes on one database: both try the same orders at once, and each order has one certificate in the end.
func TestTwoNodesIssueOnceEach(t *testing.T) {
	dsn := testdb.Postgres(t)
	keys := t.TempDir()
	a, d, err := crasher(dsn, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, _, err := a.Init(t.Context(), d, InitOptions{Generate: fileKeeper{keys}.generate, By: "user:root"}); err != nil {
		t.Fatal(err)
	}
	b, d2, err := crasher(dsn, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer d2.Close()
	const n = 8
	requests := make([][]byte, n)
	for i := range requests {
		requests[i] = csr(t, "P-256")
	}
	var wait sync.WaitGroup
	for _, node := range []struct {
		c *CA
		d *db.DB
	}{{a, d}, {b, d2}} {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i, request := range requests {
				o := crashOrder(request)
				o.Reference, o.Holder = fmt.Sprint("application:", i), fmt.Sprint("person:", i)
				for try := 0; ; try++ {
					_, err := node.c.issueForTest(node.d, o)
					if err == nil {
						break
					}
					if !errors.Is(err, ErrStale) || try > 50 {
						t.Errorf("order %d: %v", i, err)
						break
					}
				}
			}
		}()
	}
	wait.Wait()
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		for i := range n {
			list, err := Find(tx, Query{Reference: fmt.Sprint("application:", i), State: Valid})
			if err != nil || len(list) != 1 {
				t.Errorf("order %d has %d certificates: %v", i, len(list), err)
			}
		}
		return logMatches(tx)
	})
	if err != nil {
		t.Error(err)
	}
}

// AUTHORITY 36: a signer that is away, or signs with another key or something else, publishes nothing; the order goes on afterwards.
func TestASignerThatFailsPublishesNothing(t *testing.T) {
	h := newHouse(t, nil)
	good := h.Keys
	stranger, err := makeKey("P-256")
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string]Keys{
		"away":                   keysFunc(func() (cryptoSigner, error) { return nil, errors.New("no token in the slot") }),
		"another key":            keysFunc(func() (cryptoSigner, error) { return stranger, nil }),
		"a signature of nothing": keysFunc(func() (cryptoSigner, error) { return liar{stranger}, nil }),
	} {
		o := order(t, "mailbox-strict-signing")
		h.Keys = keys
		if _, err := h.issue(o); err == nil {
			t.Errorf("%s: a certificate was issued", name)
		}
		h.Keys = good
		err := h.d.Read(t.Context(), func(tx *db.Tx) error {
			list, err := Find(tx, Query{Reference: o.Reference})
			if err == nil && (len(list) != 1 || list[0].State != Planned) {
				t.Errorf("%s: %d rows", name, len(list))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if out, err := h.issue(o); err != nil || out.State != Valid {
			t.Errorf("%s: the order does not go on: %v", name, err)
		}
	}
}

func TestTheLintingCertificateNeverVerifies(t *testing.T) {
	h := newHouse(t, nil)
	r, err := h.prepare(order(t, "mailbox-strict-dual"))
	if err != nil {
		t.Fatal(err)
	}
	cert, err := r.Certificate().Parsed()
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := pki.ParseCertificate(r.chain[0])
	if err != nil {
		t.Fatal(err)
	}
	if cert.CheckSignatureFrom(issuer, allowNothing) == nil {
		t.Error("the dummy signature verifies")
	}
	sum := sha256.Sum256(cert.RawTBS)
	if got := hexSum(r.draft.tbs); got != hex.EncodeToString(sum[:]) {
		t.Error("the linting certificate does not hold what would be signed")
	}
}
