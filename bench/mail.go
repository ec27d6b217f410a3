package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
)

// parseSize reads "10k", "1m", "4g" as bytes (powers of 1024).
func parseSize(s string) (int64, error) {
	unit := map[byte]int64{'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30}
	if s == "" || unit[s[len(s)-1]] == 0 {
		return 0, fmt.Errorf("size %q: want a number and k, m or g", s)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(s[:len(s)-1]), 10, 64)
	return n * unit[s[len(s)-1]], err
}

// writeMail makes a mail of about n bytes: a few lines of text and an attachment in base64,
// with CRLF line ends as on the wire.
func writeMail(path string, n int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprint(w, "From: Bench <bench@example.org>\r\nTo: bench@example.org\r\nSubject: a mail with an attachment\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_bench\"\r\n\r\n--=_bench\r\n"+
		"Content-Type: text/plain; charset=us-ascii\r\n\r\nHello,\r\n\r\nthe figures are attached.\r\n--=_bench\r\n"+
		"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"+
		"Content-Disposition: attachment; filename=figures.bin\r\n\r\n")
	writeBase64(w, n)
	fmt.Fprint(w, "--=_bench--\r\n")
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// writeBase64 writes n bytes of random base64 lines, drawn from a pool of 4,096 lines.
func writeBase64(w *bufio.Writer, n int64) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	r := rand.New(rand.NewPCG(1, 2))
	pool := make([][]byte, 4096)
	for i := range pool {
		line := make([]byte, 78)
		for j := range 76 {
			line[j] = alphabet[r.IntN(64)]
		}
		line[76], line[77] = '\r', '\n'
		pool[i] = line
	}
	for ; n > 0; n -= 78 {
		w.Write(pool[r.IntN(len(pool))]) // errors stick in w and come out at Flush
	}
}
