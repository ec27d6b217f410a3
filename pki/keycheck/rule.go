package keycheck

import (
	"math/big"
	"time"
)

// Code names a finding for good.
type Code string

// The codes.
const (
	Unreadable   Code = "key.unreadable"
	Algorithm    Code = "key.algorithm"
	Encoding     Code = "key.encoding"
	Listed       Code = "key.listed"
	Curve        Code = "ec.curve"
	Explicit     Code = "ec.explicit"
	Point        Code = "ec.point"
	Compressed   Code = "ec.compressed"
	Octets       Code = "key.length"
	Size         Code = "rsa.size"
	Parity       Code = "rsa.octets"
	Even         Code = "rsa.even"
	Exponent     Code = "rsa.exponent"
	ExponentFar  Code = "rsa.exponent-range"
	SmallFactors Code = "rsa.small-factor"
	Composite    Code = "rsa.composite"
	ROCA         Code = "rsa.roca"
	Fermat       Code = "rsa.fermat"
	Strong       Code = "rsa.authority-size"
)

// Level is what a finding is for.
type Level string

// The levels.
const (
	Refuse Level = "refuse" // the key must not be certified
	Advise Level = "advise" // a SHOULD is broken
)

// Rule is one thing that a key is asked.
type Rule struct {
	Code    Code
	Title   string // what is wrong, in a sentence
	Section string
	Advice  string // what to do
	Level   Level
	Role    Role      // Authority: only for authorities
	From    time.Time // zero: always

	check func(*key, Options) string // the reproach, or ""
}

const (
	another  = "make a new key"
	newTool  = "make a new key with another program or device, and stop using this one for keys"
	allowed  = "use RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519, Ed448, ML-DSA or ML-KEM"
	brSize   = "S/MIME BR §6.1.5"
	brNumber = "S/MIME BR §6.1.6"
	brWeak   = "S/MIME BR §6.1.1.3"
)

// Rules returns every rule, in the order in which they are applied. The page docs/keys.md is made of it.
func Rules() []Rule {
	list := []Rule{
		{Code: Unreadable, Title: "this is no public key", Section: "RFC 5280 §4.1.2.7", Advice: "send a SubjectPublicKeyInfo in DER, as a certification request has it"},
		{Code: Algorithm, Title: "keys of this algorithm are not certified", Section: "S/MIME BR §6.1.5", Advice: allowed, check: checkAlgorithm},
		{Code: Encoding, Title: "the algorithm's parameters are not as they must be", Section: "S/MIME BR §7.1.3.1, RFC 8410 §3", Advice: "write NULL for RSA, the curve for EC, and nothing for all others", check: checkEncoding},
		{Code: Explicit, Title: "the curve is not named", Section: "RFC 5480 §2.1.1", Advice: "name the curve by its OID instead of writing out its numbers", check: checkExplicit},
		{Code: Curve, Title: "keys on this curve are not certified", Section: "S/MIME BR §6.1.5", Advice: "use P-256, P-384 or P-521", check: checkCurve},
		{Code: Point, Title: "the point is not on the curve", Section: "S/MIME BR §6.1.6, NIST SP 800-56A §5.6.2.3.3", Advice: newTool, check: checkPoint},
		{Code: Compressed, Title: "the point is compressed", Section: "RFC 5480 §2.2", Advice: "write both coordinates: many mail programs read no other form", check: checkCompressed},
		{Code: Octets, Title: "the key has not the length, or not the numbers, of its algorithm", Section: "RFC 8410 §4, RFC 9881 §4, RFC 9935 §4, FIPS 203 §7.2", Advice: newTool, check: checkOctets},
	}
	list = append(list, rsaRules()...)
	list = append(list, Rule{Code: Listed, Title: "the key is on a list of keys that others know", Section: brWeak, Advice: "make a new key on a system that is up to date", check: checkListed})
	for i := range list {
		if list[i].Level == "" {
			list[i].Level = Refuse
		}
	}
	return list
}

func rsaRules() []Rule {
	whenRSA := func(check func(n, e *big.Int) string) func(*key, Options) string {
		return func(k *key, _ Options) string {
			if k.rsa == nil {
				return ""
			}
			return check(k.rsa.n, k.rsa.e)
		}
	}
	return []Rule{
		{Code: Size, Title: "an RSA modulus has between 2048 and 8192 bits", Section: brSize, Advice: "make an RSA key of 3072 bits, or one on P-256", check: whenRSA(checkSize)},
		{Code: Strong, Title: "the RSA key of an authority has at least 4096 bits", Section: brSize + " (ballot SMC017v2)", Advice: "make an RSA key of 4096 bits, or one on P-384", Role: Authority,
			From: time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC), check: whenRSA(checkStrong)},
		{Code: Parity, Title: "the length of an RSA modulus is divisible by 8", Section: brSize, Advice: another, check: whenRSA(checkParity)},
		{Code: Even, Title: "an RSA modulus is odd", Section: brNumber, Advice: newTool, check: whenRSA(checkEven)},
		{Code: Exponent, Title: "an RSA exponent is odd and at least 3", Section: brNumber, Advice: "make a key with the exponent 65537", check: whenRSA(checkExponent)},
		{Code: ExponentFar, Title: "an RSA exponent is between 2^16+1 and 2^256-1, and below 2^31 for most programs", Section: brNumber, Advice: "make a key with the exponent 65537", Level: Advise, check: whenRSA(checkExponentFar)},
		{Code: SmallFactors, Title: "an RSA modulus has no factor below 752", Section: brNumber, Advice: newTool, check: whenRSA(checkFactor)},
		{Code: Composite, Title: "an RSA modulus is neither a prime nor a power of one", Section: brNumber, Advice: newTool, check: whenRSA(checkComposite)},
		{Code: ROCA, Title: "the key was made by the broken generator of Infineon chips (ROCA)", Section: brWeak + ", CVE-2017-15361", Advice: newTool, check: whenRSA(checkROCA)},
		{Code: Fermat, Title: "the primes of the key are close to each other, so that anybody can find them", Section: brWeak + ", CVE-2022-26320", Advice: newTool, check: whenRSA(checkFermat)},
	}
}

func rule(c Code) Rule {
	for _, r := range Rules() {
		if r.Code == c {
			return r
		}
	}
	return Rule{Code: c, Level: Refuse}
}
