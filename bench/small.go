package main

import (
	"bytes"
	"context"
	"crypto"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// runSmall measures a 10 KB mail in process, in operations per CPU second, beside libcrypto and beside what the
// public-key operation alone allows.
func runSmall(dir string) error {
	fmt.Println("| key | job | libcrypto/s | waxwing/s | ratio | of Go's public-key operation |\n|---|---|---:|---:|---:|---:|")
	for _, kind := range []string{"rsa:2048", "ec"} {
		s, err := newSmall(dir, kind)
		if err != nil {
			return err
		}
		peer, err := s.libcrypto()
		if err != nil {
			fmt.Fprintln(os.Stderr, "note: libcrypto is left out:", err)
		}
		for _, j := range s.jobs() {
			ours, best := rate(j.run), rate(j.least)
			ratio := ""
			if p := peer[j.name]; p > 0 {
				ratio = fmt.Sprintf("**%.2f**", ours/p)
			}
			fmt.Printf("| %s | %s | %.0f | %.0f | %s | %.0f %% |\n", kind, j.name, peer[j.name], ours, ratio, 100*ours/best)
		}
	}
	return nil
}

// small is one identity and a mail of 10 KB.
type small struct {
	dir     string
	key     crypto.PrivateKey
	cert    *pki.Certificate
	root    *pki.Certificate
	anchors *chain.Anchors
	mail    []byte
	signed  []byte
	sealed  []byte
}

// job is an operation, and the public-key operations that it cannot avoid.
type job struct {
	name  string
	run   func() error
	least func() error
}

func newSmall(dir, kind string) (*small, error) {
	if err := makeKeysOf(dir, kind); err != nil {
		return nil, err
	}
	s := &small{dir: dir}
	data, err := os.ReadFile(filepath.Join(dir, "id.pem"))
	if err != nil {
		return nil, err
	}
	b, err := keyfile.Read(data, keyfile.Options{})
	if err != nil {
		return nil, err
	}
	s.key, s.cert = b.Keys[0].Private, b.Certificates[0]
	if data, err = os.ReadFile(filepath.Join(dir, "root.pem")); err != nil {
		return nil, err
	}
	root, err := keyfile.Read(data, keyfile.Options{})
	if err != nil {
		return nil, err
	}
	s.root = root.Certificates[0]
	s.anchors = chain.NewAnchors(chain.Anchor{Certificate: s.root})
	if err := writeMail(filepath.Join(dir, "small.eml"), 10<<10); err != nil {
		return nil, err
	}
	if s.mail, err = os.ReadFile(filepath.Join(dir, "small.eml")); err != nil {
		return nil, err
	}
	if s.signed, err = s.sign(); err != nil {
		return nil, err
	}
	s.sealed, err = s.encrypt(1)
	return s, err
}

func (s *small) sign() ([]byte, error) {
	o := cms.SignedOptions{Detached: true, Certificates: []*pki.Certificate{s.cert},
		Signers: []cms.SignerOptions{{Certificate: s.cert, Key: s.key.(crypto.Signer), SigningTime: time.Now()}}}
	d, err := cms.NewDigests(o)
	if err != nil {
		return nil, err
	}
	d.Write(s.mail)
	m, err := cms.Sign(o, d)
	if err != nil {
		return nil, err
	}
	return m.Detached(), nil
}

func (s *small) verify(withChain bool, cache *chain.Cache) error {
	c, err := cms.Read(bytes.NewReader(s.signed), limit.New(limit.Limits{}))
	if err != nil {
		return err
	}
	signed := c.(*cms.Signed)
	if err := signed.Finish(); err != nil {
		return err
	}
	if err := signed.Hash(bytes.NewReader(s.mail)); err != nil {
		return err
	}
	check, err := signed.Check(signed.Signers[0], nil, alg.Allow{})
	if err != nil || !check.OK() {
		return fmt.Errorf("signature: %v %v", check.Findings, err)
	}
	if !withChain {
		return nil
	}
	r := chain.Verify(context.Background(), chain.Request{Leaf: check.Certificate, Anchors: s.anchors, Time: time.Now(), Cache: cache})
	if !r.OK {
		return fmt.Errorf("chain: %v", r.Failures)
	}
	return nil
}

func (s *small) encrypt(recipients int) ([]byte, error) {
	o := cms.EnvelopeOptions{Cipher: alg.OIDAES256CBC, Size: int64(len(s.mail))}
	for range recipients {
		o.Recipients = append(o.Recipients, cms.RecipientOptions{Certificate: s.cert})
	}
	var out bytes.Buffer
	w, err := cms.NewEnvelopedWriter(&out, o)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(s.mail); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func (s *small) decrypt() error {
	c, err := cms.Read(bytes.NewReader(s.sealed), limit.New(limit.Limits{}))
	if err != nil {
		return err
	}
	return c.(*cms.Enveloped).Decrypt(context.Background(), io.Discard, cms.DecryptOptions{Keys: cms.KeyList{{Certificate: s.cert, Private: s.key}}})
}

// chain validates a certificate of an authority that is known: nothing of it is cached.
func (s *small) chain() error {
	r := chain.Verify(context.Background(), chain.Request{Leaf: s.cert, Anchors: s.anchors, Time: time.Now()})
	if !r.OK {
		return fmt.Errorf("chain: %v", r.Failures)
	}
	return nil
}

func (s *small) jobs() []job {
	cache := chain.NewCache()
	encrypt := func(n int) func() error { return func() error { _, err := s.encrypt(n); return err } }
	return []job{
		{"sign", func() error { _, err := s.sign(); return err }, s.leastSign},
		{"verify", func() error { return s.verify(false, nil) }, s.leastVerify(1)},
		{"verify-chain", func() error { return s.verify(true, cache) }, s.leastVerify(1)},
		{"encrypt-1", encrypt(1), s.leastEncrypt(1)},
		{"encrypt-10", encrypt(10), s.leastEncrypt(10)},
		{"encrypt-100", encrypt(100), s.leastEncrypt(100)},
		{"chain", s.chain, s.leastChain()},
		{"decrypt", s.decrypt, s.leastDecrypt()},
	}
}

// rate returns operations per CPU second, over one second.
func rate(f func() error) float64 {
	if err := f(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 0
	}
	start, n := cpuTime(), 0
	for cpuTime()-start < time.Second {
		for range 10 {
			_ = f() // it succeeded before
			n++
		}
	}
	return float64(n) / (cpuTime() - start).Seconds()
}

// cpuTime returns the processor time of this process.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for no process of ours
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// libcrypto builds and runs the peer and returns its rates by job.
func (s *small) libcrypto() (map[string]float64, error) {
	bin := filepath.Join(s.dir, "libcrypto")
	if err := sh("", "cc", "-O2", "-o", bin, "bench/libcrypto/libcrypto.c", "-lcrypto"); err != nil {
		return nil, fmt.Errorf("build the peer (it needs cc and libssl-dev): %w", err)
	}
	in := func(n string) string { return filepath.Join(s.dir, n) }
	out, err := exec.Command(bin, in("cert.pem"), in("key.pem"), in("root.pem"), in("small.eml")).Output()
	if err != nil {
		return nil, err
	}
	rates := map[string]float64{}
	for _, line := range strings.Split(string(out), "\n") {
		if name, value, ok := strings.Cut(line, " "); ok {
			rates[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return rates, nil
}
