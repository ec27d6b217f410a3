package pki

import "math/big"

// signedInt reads the content octets of an INTEGER: two's complement, any length. Empty contents,
// which BER forbids, read as zero.
func signedInt(body []byte) *big.Int {
	n := new(big.Int).SetBytes(body)
	if len(body) > 0 && body[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(body))*8))
	}
	return n
}

// minimal cuts the leading octets of an INTEGER that carry no information, so that equal numbers
// are equal bytes (X.690 §8.3.2).
func minimal(body []byte) []byte {
	for len(body) > 1 && (body[0] == 0 && body[1]&0x80 == 0 || body[0] == 0xff && body[1]&0x80 != 0) {
		body = body[1:]
	}
	return body
}

// integerBytes is the reverse of signedInt: the minimal content octets.
func integerBytes(n *big.Int) []byte {
	if n.Sign() < 0 {
		size := uint(n.BitLen()/8 + 1)
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), size*8))
		return minimal(n.FillBytes(make([]byte, size)))
	}
	return minimal(append([]byte{0}, n.Bytes()...))
}
