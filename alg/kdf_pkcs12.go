package alg

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/limit"
)

// The purposes of a key that PKCS12Key makes (RFC 7292 Appendix B.3).
const (
	PKCS12ForKey byte = 1 // of a cipher
	PKCS12ForIV  byte = 2
	PKCS12ForMAC byte = 3
)

// PKCS12Key derives a key by the method of RFC 7292 Appendix B.2. password is as BMPPassword gives it, or nil
// for none at all.
func PKCS12Key(h *Hash, purpose byte, password, salt []byte, iterations, size int, b *limit.Budget) ([]byte, error) {
	if h.Std == 0 || iterations < 1 || size < 1 || size > maxDerived {
		return nil, &ParamsError{Algorithm: "PKCS#12 key derivation", Reason: "digest, iteration count or length"}
	}
	blocks := int64(size+h.Size-1) / int64(h.Size)
	if err := b.Take(limit.KDF, times(int64(iterations), blocks)); err != nil {
		return nil, err
	}
	v := h.New().BlockSize()
	d := make([]byte, v)
	for i := range d {
		d[i] = purpose
	}
	in := append(fill(salt, v), fill(password, v)...)
	var out []byte
	for len(out) < size {
		a := h.Sum(append(append([]byte{}, d...), in...))
		for range iterations - 1 {
			a = h.Sum(a)
		}
		out = append(out, a...)
		step := fill(a, v)[:v] // RFC 7292 Appendix B.2 step 6B: B is A_i, repeated
		for i := 0; i < len(in); i += v {
			addOne(in[i:i+v], step)
		}
	}
	return out[:size], nil
}

// PKCS12LeadingZero tells whether the second block of what PKCS12Key makes comes out of octets of which a block begins with
// zero; first is the first block. A reader that does this arithmetic with numbers may lose such zeros.
func PKCS12LeadingZero(h *Hash, password, salt, first []byte) bool {
	v := h.New().BlockSize()
	in, step := append(fill(salt, v), fill(password, v)...), fill(first[:h.Size], v)[:v]
	for i := 0; i < len(in); i += v {
		if addOne(in[i:i+v], step); in[i] == 0 {
			return true
		}
	}
	return false
}

// fill repeats b until it fills blocks of v octets; nothing stays nothing.
func fill(b []byte, v int) []byte {
	out := make([]byte, (len(b)+v-1)/v*v)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}

// addOne sets block to block + step + 1, modulo 2^8v.
func addOne(block, step []byte) {
	carry := uint(1)
	for i := len(block) - 1; i >= 0; i-- {
		carry += uint(block[i]) + uint(step[i])
		block[i] = byte(carry)
		carry >>= 8
	}
}

// BMPPassword returns a password, given in UTF-8, as PKCS#12 wants it: as BMPString with two zero octets after it
// (RFC 7292 Appendix B.1). Characters beyond U+FFFF become surrogates.
// QUIRK: octets that are not UTF-8 are taken as Latin-1, as OpenSSL does.
func BMPPassword(password []byte) []byte {
	var units []uint16
	if utf8.Valid(password) {
		units = utf16.Encode([]rune(string(password)))
	} else {
		for _, c := range password {
			units = append(units, uint16(c))
		}
	}
	out := make([]byte, 0, 2*len(units)+2)
	for _, u := range units {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return append(out, 0, 0)
}
