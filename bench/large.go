package main

import (
	"fmt"
	"os"
	"time"
)

// verb is one job that both programs do on the same files.
type verb struct {
	name  string
	ours  [][]string
	peers [][]string
	work  func(l limits) time.Duration // least time per byte of mail times 2^30: what the primitives alone need
}

const header = "| mail | job | CPU: openssl | waxwing | ratio | wall ratio | memory: openssl | waxwing | of the limit |\n" +
	"|---|---|---:|---:|---:|---:|---:|---:|---:|"

// verbs lists the jobs in an order in which each finds the files that it reads.
func (h *house) verbs() []verb {
	p := h.path
	ssl := func(a ...string) []string { return append([]string{"openssl", "cms"}, a...) }
	wax := func(a ...string) []string { return append([]string{h.waxwing}, a...) }
	id, cert, key, root := p("id.pem"), p("cert.pem"), p("key.pem"), p("root.pem")
	mail := p("mail.eml")
	sslSign := ssl("-sign", "-in", mail, "-signer", cert, "-inkey", key, "-out", p("s.ssl"))
	sslVerify := ssl("-verify", "-in", p("s.ssl"), "-CAfile", root, "-out", p("o.ssl"))
	waxSign := wax("sign", "-k", id, "-o", p("s.wax"), mail)
	waxVerify := wax("verify", "--trust-anchor", root, "--no-network", p("s.wax"))
	enc := func(name, in, out string) verb {
		return verb{"encrypt " + name,
			[][]string{wax("encrypt", "-r", cert, "--cipher", name, "-o", p(out+".wax"), in)},
			[][]string{ssl("-encrypt", "-"+name, "-in", in, "-out", p(out+".ssl"), cert)}, limits.encrypt}
	}
	dec := func(name, in string) verb {
		return verb{"decrypt " + name,
			[][]string{wax("decrypt", "-k", id, "-o", p("o.wax"), p(in+".wax"))},
			[][]string{ssl("-decrypt", "-in", p(in+".ssl"), "-recip", cert, "-inkey", key, "-out", p("o.ssl"))}, limits.decrypt}
	}
	both := enc("aes-256-cbc", p("s.wax"), "se")
	return []verb{
		{"sign", [][]string{waxSign}, [][]string{sslSign}, limits.sign},
		{"verify", [][]string{waxVerify}, [][]string{sslVerify}, limits.verify},
		enc("aes-256-cbc", mail, "cbc"), dec("aes-256-cbc", "cbc"),
		enc("aes-256-gcm", mail, "gcm"), dec("aes-256-gcm", "gcm"),
		{"sign+encrypt", append([][]string{waxSign}, both.ours...), [][]string{sslSign, ssl("-encrypt", "-aes-256-cbc", "-in", p("s.ssl"), "-out", p("se.ssl"), cert)},
			func(l limits) time.Duration { return l.sign() + l.encrypt() }},
		{"decrypt+verify", [][]string{wax("verify", "-k", id, "--trust-anchor", root, "--no-network", p("se.wax"))},
			[][]string{ssl("-decrypt", "-in", p("se.ssl"), "-recip", cert, "-inkey", key, "-out", p("s.ssl")), sslVerify},
			func(l limits) time.Duration { return l.decrypt() + l.verify() }},
	}
}

// both runs every job with both programs on a mail of one size and prints a row each.
func (h *house) both(size string, l limits) error {
	n, err := parseSize(size)
	if err != nil {
		return err
	}
	if err := writeMail(h.path("mail.eml"), n); err != nil {
		return err
	}
	for _, v := range h.verbs() {
		ours, err := measure(v.ours...)
		if err != nil {
			return err
		}
		peer, err := measure(v.peers...)
		if err != nil {
			return err
		}
		best := time.Duration(float64(v.work(l)) * float64(n) / (1 << 30))
		fmt.Printf("| %s | %s | %s | %s | **%.1f** | %.1f | %s | %s | %.0f %% |\n", size, v.name, ms(peer.cpu), ms(ours.cpu),
			ratio(peer.cpu, ours.cpu), ratio(peer.wall, ours.wall), mib(peer.memory), mib(ours.memory), 100*ratio(best, ours.cpu))
	}
	return nil
}

// alone runs waxwing's jobs on a mail that openssl cannot open, for their memory.
func (h *house) alone(size string) error {
	n, err := parseSize(size)
	if err != nil {
		return err
	}
	if err := writeMail(h.path("mail.eml"), n); err != nil {
		return err
	}
	for _, v := range h.verbs() {
		c, err := measure(v.ours...)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %s | | %s | | | | %s | |\n", size, v.name, ms(c.cpu), mib(c.memory))
	}
	return os.Remove(h.path("mail.eml"))
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
func ms(d time.Duration) string        { return fmt.Sprintf("%.0f ms", float64(d)/1e6) }
func mib(n int64) string               { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
