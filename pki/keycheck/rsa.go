package keycheck

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// maxModulus bounds the arithmetic, which grows with the cube of the length. Nobody needs a longer key: RSA of 8192 bits
// already takes a phone seconds for each signature.
const maxModulus = 8192

// numbers are those of an RSA key.
type numbers struct{ n, e *big.Int }

// readNumbers reads an RSAPublicKey (RFC 8017 Appendix A.1.1), those too that package alg refuses.
func readNumbers(bits []byte) (*numbers, error) {
	c := der.NewCursor(bits)
	s := c.Sequence()
	k := &numbers{n: s.Int(), e: s.Int()}
	if err := errors.Join(s.Done(), c.Done()); err != nil {
		return nil, fmt.Errorf("no RSAPublicKey: %w", err)
	}
	if k.n.Sign() <= 0 || k.e.Sign() <= 0 {
		return nil, errors.New("an RSAPublicKey with a number that is not positive")
	}
	return k, nil
}

func checkSize(n, _ *big.Int) string {
	return unless(2048 <= n.BitLen() && n.BitLen() <= maxModulus, bits(n))
}

func checkStrong(n, _ *big.Int) string { return unless(n.BitLen() >= 4096, bits(n)) }

func checkParity(n, _ *big.Int) string { return unless(n.BitLen()%8 == 0, bits(n)) }

func checkEven(n, _ *big.Int) string { return unless(n.Bit(0) == 1, "it is even") }

func checkExponent(_, e *big.Int) string {
	return unless(e.Bit(0) == 1 && e.Cmp(big.NewInt(3)) >= 0, text(e))
}

func checkExponentFar(_, e *big.Int) string {
	return unless(17 <= e.BitLen() && e.BitLen() <= 31, text(e))
}

// The arithmetic below is only done with moduli that checkSize lets through: a request may carry a hostile one.

func checkFactor(n, _ *big.Int) string {
	p := SmallFactor(n)
	return unless(p <= 2, fmt.Sprintf("it is divisible by %d", p)) // an even one has its own code
}

func checkComposite(n, _ *big.Int) string {
	if n.BitLen() > maxModulus {
		return ""
	}
	return PrimePower(n)
}

func checkROCA(n, _ *big.Int) string { return unless(!HasROCAPrint(n), "it has the fingerprint") }

func checkFermat(n, _ *big.Int) string {
	return unless(n.BitLen() > maxModulus || !FermatFactors(n), "Fermat's method factors it")
}

func bits(n *big.Int) string { return fmt.Sprintf("%d bits", n.BitLen()) }

// text prints a number that may be long.
func text(n *big.Int) string {
	if n.BitLen() > 64 {
		return bits(n)
	}
	return n.String()
}

// unless returns the reproach unless all is well.
func unless(well bool, reproach string) string {
	if well {
		return ""
	}
	return reproach
}
