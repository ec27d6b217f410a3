package keycheck

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// List is a list of keys that others know, by hashes of them. It takes 40 octets or so for each. The zero List is empty.
type List struct {
	Name    string // what a refusal calls it: "Debian RSA-2048"
	debian  map[[10]byte]struct{}
	digests map[[32]byte]struct{}
}

// ReadList adds what a file holds to the list, a key a line, and returns how many there were:
//
//   - 20 hexadecimal digits are a line of Debian's openssl-blacklist: the end of the SHA-1 of what
//     `openssl rsa -noout -modulus` prints (openssl-vulnkey(1));
//   - 64 are the SHA-256 of a SubjectPublicKeyInfo, as badkeys and crt.sh give it.
//
// Empty lines and those that begin with # are passed over, and what stands behind a blank. Upper case is read too. The hash of
// RSA numbers ignores the exponent, as Debian's tool did.
func (l *List) ReadList(r io.Reader) (int, error) {
	if l.debian == nil {
		l.debian, l.digests = map[[10]byte]struct{}{}, map[[32]byte]struct{}{}
	}
	count, lines := 0, bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		word, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if word == "" || word[0] == '#' {
			continue
		}
		if err := l.add(word); err != nil {
			return count, fmt.Errorf("list of keys, line %d: %w", number, err)
		}
		count++
	}
	return count, lines.Err()
}

func (l *List) add(word string) error {
	b, err := hex.DecodeString(word)
	switch {
	case err == nil && len(b) == 10:
		l.debian[[10]byte(b)] = struct{}{}
	case err == nil && len(b) == 32:
		l.digests[[32]byte(b)] = struct{}{}
	default:
		return fmt.Errorf("%.70q is neither 20 hexadecimal digits, as in Debian's openssl-blacklist, nor the 64 of a SHA-256", word)
	}
	return nil
}

// Has reports whether a key, a SubjectPublicKeyInfo in DER, is on the list.
func (l *List) Has(spki []byte) bool {
	k, err := read(spki)
	return err == nil && l.has(k)
}

func (l *List) has(k *key) bool {
	if _, found := l.digests[sha256.Sum256(k.spki)]; found || k.rsa == nil {
		return found
	}
	_, found := l.debian[debianHash(k.rsa)]
	return found
}

// debianHash is how openssl-vulnkey(1) names a key.
func debianHash(k *numbers) [10]byte {
	sum := sha1.Sum(fmt.Appendf(nil, "Modulus=%X\n", k.n))
	return [10]byte(sum[10:])
}

func checkListed(k *key, o Options) string {
	for _, l := range o.Lists {
		if l.has(k) {
			return l.Name
		}
	}
	return ""
}
