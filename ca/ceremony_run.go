package ca

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// CeremonyKeys makes and lends the keys of a ceremony.
type CeremonyKeys interface {
	// Make makes a key in the vault or on a token (RFC 7512), and returns its SubjectPublicKeyInfo.
	Make(ctx context.Context, name, algorithm, token string) ([]byte, error)
	// Signer lends a key that Make made.
	Signer(ctx context.Context, name string) (crypto.Signer, error)
}

// Ceremony is what a run leaves.
type Ceremony struct {
	Transcript []byte            // lines of JSON, each with the hash of the one before
	Files      map[string][]byte // what was made, by the names of the script: DER
	Hash       string            // SHA-256 of Transcript, hexadecimal: what officers read aloud and sign
}

// line is one line of a transcript.
type line struct {
	Step      int    `json:"step"`
	Do        string `json:"do"`
	Name      string `json:"name,omitempty"`
	Input     string `json:"input"`               // SHA-256 of the script, or of the step and all that it uses
	Program   string `json:"program,omitempty"`   // what ran, and
	Started   string `json:"started,omitempty"`   // when: recorded, not made anew
	SPKI      string `json:"spki,omitempty"`      // of a key that was made: base64
	Request   string `json:"request,omitempty"`   // that was brought: base64
	TBS       string `json:"tbs,omitempty"`       // SHA-256 of what was signed
	Signature string `json:"signature,omitempty"` // over it: base64
	Output    string `json:"output,omitempty"`    // SHA-256 of the result
	File      string `json:"file,omitempty"`
	Previous  string `json:"previous,omitempty"` // SHA-256 of the line before
}

// facts are what no one can make anew: keys, requests that were brought, signatures. In a run they come from the keys; in a verification
// from the transcript.
type facts interface {
	begin() (program, started string)
	key(step int, s Step) (spki []byte, err error)
	request(step int, file string) ([]byte, error)
	sign(step int, key string, scheme *alg.SignScheme, tbs []byte) ([]byte, error)
}

// stage is a ceremony under way.
type stage struct {
	script *Script
	facts  facts
	keys   map[string][]byte           // SPKI by name
	certs  map[string]*pki.Certificate // of roots and authorities, by the name of their key
	out    *Ceremony
	last   string
}

// RunCeremony runs a script. requests are the files that steps name, as DER.
func RunCeremony(ctx context.Context, s *Script, keys CeremonyKeys, requests map[string][]byte, program, started string) (*Ceremony, error) {
	return s.play(&live{ctx: ctx, keys: keys, requests: requests, program: program, started: started})
}

// play goes through the steps with the given facts.
func (s *Script) play(f facts) (*Ceremony, error) {
	g := &stage{script: s, facts: f, keys: map[string][]byte{}, certs: map[string]*pki.Certificate{}, out: &Ceremony{Files: map[string][]byte{}}}
	program, started := f.begin()
	if err := g.write(line{Do: "begin", Name: s.Name, Input: hexSum(s.raw), Program: program, Started: started}); err != nil {
		return nil, err
	}
	for i, step := range s.Steps {
		l, err := g.do(i+1, step)
		if err == nil {
			err = g.write(l)
		}
		if err != nil {
			return nil, fmt.Errorf("step %d (%s): %w", i+1, step.Do, err)
		}
	}
	g.out.Hash = hexSum(g.out.Transcript)
	return g.out, nil
}

func (g *stage) write(l line) error {
	l.Previous = g.last
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	g.last = hexSum(text)
	g.out.Transcript = append(append(g.out.Transcript, text...), '\n')
	return nil
}

func (g *stage) do(n int, s Step) (line, error) {
	input, err := json.Marshal(s)
	if err != nil {
		return line{}, err
	}
	l := line{Step: n, Do: s.Do, Name: s.Name, File: s.File}
	switch s.Do {
	case "key":
		return g.makeKey(l, s, input)
	case "crl":
		return g.makeList(l, s, input)
	}
	return g.makeCertificate(l, s, input)
}

func (g *stage) makeKey(l line, s Step, input []byte) (line, error) {
	if g.keys[s.Name] != nil {
		return l, fmt.Errorf("the key %q is made twice", s.Name)
	}
	spki, err := g.facts.key(l.Step, s)
	if err != nil {
		return l, err
	}
	_, info, err := alg.ParsePublicKey(spki)
	if err != nil {
		return l, err
	}
	rule, err := parseKeyRule(s.Algorithm)
	if err != nil || !rule.fits(info) {
		return l, errors.Join(err, fmt.Errorf("the key is %s, and %s was ordered", info.Name, s.Algorithm))
	}
	g.keys[s.Name] = spki
	l.Input, l.SPKI, l.Output = hexSum(input), base64.StdEncoding.EncodeToString(spki), hexSum(spki)
	return l, nil
}

// seal signs what a step made, checks the signature with the key of the issuer, and returns the whole.
func (g *stage) seal(l *line, s Step, key string, issuer crypto.PublicKey, scheme *alg.SignScheme, tbs []byte) ([]byte, error) {
	signature, err := g.facts.sign(l.Step, key, scheme, tbs)
	if err != nil {
		return nil, err
	}
	v, err := alg.NewVerifier(scheme.Identifier, scheme.Digest, issuer, alg.Allow{})
	if err != nil {
		return nil, err
	}
	if err := v.VerifyMessage(tbs, signature); err != nil {
		return nil, fmt.Errorf("the signature is not the key's: %w", err)
	}
	raw, err := joinSignature(tbs, scheme.Identifier, signature)
	if err != nil {
		return nil, err
	}
	l.TBS, l.Signature, l.Output = hexSum(tbs), base64.StdEncoding.EncodeToString(signature), hexSum(raw)
	g.out.Files[s.File] = raw
	return raw, nil
}

// ceremonySerial makes the serial number of a step: the first 20 octets of a hash over the script and the key that is certified, which came
// from a generator of random numbers (S/MIME BR §7.1). So it can be made anew by who verifies, and not be known before.
func (g *stage) ceremonySerial(step int, spki []byte) *big.Int {
	h := sha256.New()
	fmt.Fprintf(h, "waxwing ceremony serial 1\n%s\n%d\n%s\n%s\n", hexSum(g.script.raw), step, hexSum(spki), g.last)
	sum := h.Sum(nil)[:20]
	sum[0] = sum[0]&0x7f | 0x40
	return new(big.Int).SetBytes(sum)
}
