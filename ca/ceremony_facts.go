package ca

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// live gives the facts of a run.
type live struct {
	ctx              context.Context
	keys             CeremonyKeys
	requests         map[string][]byte
	program, started string
}

func (f *live) begin() (string, string) { return f.program, f.started }

func (f *live) key(_ int, s Step) ([]byte, error) {
	return f.keys.Make(f.ctx, s.Name, s.Algorithm, s.Token)
}

func (f *live) request(_ int, file string) ([]byte, error) {
	if raw, ok := f.requests[file]; ok {
		return raw, nil
	}
	return nil, fmt.Errorf("the request %s is not beside the script", file)
}

func (f *live) sign(_ int, key string, scheme *alg.SignScheme, tbs []byte) ([]byte, error) {
	signer, err := f.keys.Signer(f.ctx, key)
	if err != nil {
		return nil, err
	}
	return scheme.SignMessage(signer, tbs)
}

// recorded gives the facts of a transcript.
type recorded struct{ lines []line }

// readTranscript reads the lines, without believing them.
func readTranscript(text []byte) (*recorded, error) {
	f := &recorded{}
	for n, one := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		var l line
		d := json.NewDecoder(bytes.NewReader(one))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil {
			return nil, fmt.Errorf("the transcript, line %d: %w", n+1, err)
		}
		f.lines = append(f.lines, l)
	}
	return f, nil
}

func (f *recorded) begin() (string, string) { return f.lines[0].Program, f.lines[0].Started }

// at decodes what a line records.
func (f *recorded) at(step int, what string, field func(line) string) ([]byte, error) {
	if step >= len(f.lines) || field(f.lines[step]) == "" {
		return nil, fmt.Errorf("the transcript has no %s for the step", what)
	}
	return base64.StdEncoding.DecodeString(field(f.lines[step]))
}

func (f *recorded) key(step int, _ Step) ([]byte, error) {
	return f.at(step, "key", func(l line) string { return l.SPKI })
}

func (f *recorded) request(step int, _ string) ([]byte, error) {
	return f.at(step, "request", func(l line) string { return l.Request })
}

func (f *recorded) sign(step int, _ string, _ *alg.SignScheme, _ []byte) ([]byte, error) {
	return f.at(step, "signature", func(l line) string { return l.Signature })
}

// emptyList is the tbsCertList of a list without entries (RFC 5280 §5.1.2), so that its bytes can be made anew.
func emptyList(issuer *pki.Certificate, signature alg.Identifier, number int64, this, next time.Time) ([]byte, error) {
	aki, err := pki.AuthorityKeyIDExtension(issuer.SubjectKeyID)
	if err != nil {
		return nil, err
	}
	var count der.Builder
	count.BigInt(big.NewInt(number))
	value, err := count.Bytes()
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(1) // version 2
		signature.Append(b)
		b.Raw(issuer.RawSubject)
		b.Time(this)
		b.Time(next)
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				for _, e := range []pki.Extension{aki, {ID: alg.OIDExtCRLNumber, Value: value}} {
					b.Sequence(func(b *der.Builder) {
						b.OID(e.ID)
						b.OctetString(e.Value)
					})
				}
			})
		})
	})
	return b.Bytes()
}
