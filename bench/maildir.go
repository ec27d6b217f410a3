package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// sampled is how many mails of a Maildir the peer verifies, a process each.
const sampled = 200

// runMaildir measures a Maildir of n signed mails of 10 KB: waxwing verifies the folder in one process, openssl a sample with
// a process each, libcrypto one mail again and again in one process, which reads no files and parses no mail.
func runMaildir(n int, dir string) error {
	dir, remove, err := workFolder(dir)
	if err != nil {
		return err
	}
	defer remove()
	h, err := newHouse(dir)
	if err != nil {
		return err
	}
	mails, err := h.fillMaildir(n)
	if err != nil {
		return err
	}
	ours, err := once([]string{h.waxwing, "verify", "--trust-anchor", h.path("root.pem"), "--no-network", h.path("Maildir")})
	if err != nil {
		return err
	}
	var peer cost
	mails = mails[:min(n, sampled)]
	for _, m := range mails {
		c, err := once([]string{"openssl", "cms", "-verify", "-in", m, "-CAfile", h.path("root.pem"), "-out", os.DevNull})
		if err != nil {
			return err
		}
		peer = peer.add(c)
	}
	fmt.Println("| a Maildir of signed mails, RSA-2048 | mails | CPU per mail | mails per CPU second | waxwing is faster by | memory |\n|---|---:|---:|---:|---:|---:|")
	mailRow("waxwing verify, the folder", n, ours, ours.cpu/time.Duration(n))
	mailRow("openssl cms -verify, a process each", len(mails), peer, ours.cpu/time.Duration(n))
	rates, err := (&small{dir: dir}).libcrypto() // small.eml is the last mail that was signed
	if err != nil {
		fmt.Fprintln(os.Stderr, "note: libcrypto is left out:", err)
		return nil
	}
	per := time.Duration(float64(time.Second) / rates["verify-chain"])
	mailRow("libcrypto in process, CMS alone", 1, cost{cpu: per}, ours.cpu/time.Duration(n))
	return nil
}

// mailRow prints what mails cost, beside what one costs waxwing.
func mailRow(name string, n int, c cost, ours time.Duration) {
	per := c.cpu / time.Duration(n)
	fmt.Printf("| %s | %d | %.3f ms | %.0f | **%.1f** | %s |\n", name, n, float64(per)/1e6, 1/per.Seconds(), ratio(per, ours), mib(c.memory))
}

// fillMaildir makes n files of signed mails. Some mails are signed; the others are copies of them.
func (h *house) fillMaildir(n int) ([]string, error) {
	folder := h.path("Maildir")
	for _, d := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(folder, d), 0o700); err != nil {
			return nil, err
		}
	}
	const distinct = 50
	var bodies [][]byte
	for i := range min(n, distinct) {
		if err := writeMail(h.path("small.eml"), int64(10<<10+78*i)); err != nil {
			return nil, err
		}
		if err := sh("", h.waxwing, "sign", "-k", h.path("id.pem"), "-o", h.path("signed.eml"), h.path("small.eml")); err != nil {
			return nil, err
		}
		b, err := os.ReadFile(h.path("signed.eml"))
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, b)
	}
	mails := make([]string, n)
	for i := range mails {
		mails[i] = filepath.Join(folder, "cur", fmt.Sprintf("%d.bench:2,S", i))
		if err := os.WriteFile(mails[i], bodies[i%len(bodies)], 0o600); err != nil {
			return nil, err
		}
	}
	return mails, nil
}
