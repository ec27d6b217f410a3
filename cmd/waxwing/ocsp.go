package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func (a *app) ocspCommand() *cobra.Command {
	return noun("ocsp", "Look at, check and ask for OCSP answers", "  waxwing ocsp check --issuer ca.pem --cert alice.crt answer.der",
		a.ocspShowCommand(), a.ocspCheckCommand(), a.ocspQueryCommand())
}

func (a *app) ocspShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show RESPONSE", Short: "Show what an OCSP answer says",
		Example: "  waxwing ocsp show answer.der", Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error {
			answers, err := readAnswers(args)
			if err != nil {
				return err
			}
			for _, r := range answers {
				if err := a.ocspShow(describeAnswer(r), asJSON); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

// answerJSON is an OCSP answer in words.
type answerJSON struct {
	Status     string       `json:"status"`
	Responder  string       `json:"responder,omitempty"`
	ProducedAt *time.Time   `json:"producedAt,omitempty"`
	Signature  string       `json:"signature,omitempty"`
	Nonce      string       `json:"nonce,omitempty"`
	Responses  []singleJSON `json:"responses,omitempty"`
	Faults     []string     `json:"faults,omitempty"`
}

type singleJSON struct {
	Serial     string     `json:"serial"`
	Hash       string     `json:"hash"`
	Status     string     `json:"status"`
	ThisUpdate time.Time  `json:"thisUpdate"`
	NextUpdate *time.Time `json:"nextUpdate,omitempty"`
	Revoked    *time.Time `json:"revoked,omitempty"`
	Reason     string     `json:"reason,omitempty"`
}

func describeAnswer(r *pki.OCSPResponse) answerJSON {
	d := answerJSON{Status: r.Status.String(), ProducedAt: moments(r.ProducedAt), Nonce: fmt.Sprintf("%x", r.Nonce)}
	if r.Status == pki.OCSPSuccessful {
		d.Signature = r.SignatureAlgorithm.String()
	}
	for _, s := range r.Responses {
		one := singleJSON{Serial: fmt.Sprintf("%x", s.CertID.Serial), Hash: s.CertID.Hash.String(), Status: s.Status.String(),
			ThisUpdate: s.ThisUpdate, NextUpdate: moments(s.NextUpdate), Revoked: moments(s.Revoked)}
		if s.HasReason {
			one.Reason = s.Reason.String()
		}
		d.Responses = append(d.Responses, one)
	}
	return d
}

func (a *app) ocspShow(d answerJSON, asJSON bool) error {
	if asJSON {
		return a.printJSON(d)
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.paint("1", "OCSP answer: "+d.Status))
	p.fact("Made", day("", d.ProducedAt))
	p.fact("Signed", d.Signature)
	p.fact("Nonce", d.Nonce)
	for _, s := range d.Responses {
		p.fact("About", "serial "+s.Serial+" ("+s.Hash+"): "+s.Status+day(" on ", s.Revoked)+" "+s.Reason)
		p.fact("", "as of "+s.ThisUpdate.UTC().Format(time.RFC3339)+day(", next by ", s.NextUpdate))
	}
	a.printf("%s", p.text.String())
	return nil
}

func (a *app) ocspCheckCommand() *cobra.Command {
	var f evidenceFlags
	c := &cobra.Command{
		Use: "check --issuer FILE --cert FILE RESPONSE", Short: "Check an OCSP answer: may its signer answer, is it fresh, what does it say",
		Long:    "Check judges an answer by RFC 6960 §3.2. It ends with 0 when the answer is good and says that the certificate is, and with 4\notherwise.",
		Example: "  waxwing ocsp check --issuer ca.pem --cert alice.crt answer.der",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			answers, err := readAnswers(args)
			if err != nil {
				return err
			}
			return a.ocspCheck(c, f, answers[0], nil)
		},
	}
	f.add(c)
	return c
}

func (a *app) ocspCheck(c *cobra.Command, f evidenceFlags, answer *pki.OCSPResponse, nonce []byte) error {
	if f.issuer == "" || f.cert == "" {
		return usage(c, "name the authority and the certificate: --issuer FILE --cert FILE")
	}
	q := chain.OCSPCheck{Response: answer, Nonce: nonce, Allow: alg.Allow{SHA1: f.allowSHA1, Legacy: f.allowLegacy}}
	var err error
	if q.Issuer, q.Certificate, _, err = a.evidenceCertificates(f); err != nil {
		return err
	}
	if q.Time, err = moment(c, "time", f.time, a.now()); err != nil {
		return err
	}
	q.Now = q.Time
	return a.printCheck(chain.CheckOCSP(c.Context(), q), f.json)
}

func (a *app) ocspQueryCommand() *cobra.Command {
	var f evidenceFlags
	var url, output string
	var private bool
	c := &cobra.Command{
		Use: "query --issuer FILE --cert FILE [--url URL]", Short: "Ask an authority's OCSP responder about a certificate, and check the answer",
		Long:    "Query asks the responder that the certificate names, or the one at --url, with a nonce, checks the answer and says what it says.\nThe responder learns that somebody asks about this certificate.",
		Example: "  waxwing ocsp query --issuer ca.pem --cert alice.crt",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.ocspQuery(c, f, url, output, private) },
	}
	f.add(c)
	c.Flags().StringVar(&url, "url", "", "address of the responder; default: what the certificate names")
	c.Flags().StringVarP(&output, "output", "o", "", "also write the answer to this file")
	c.Flags().BoolVar(&private, "private", false, "also ask private addresses")
	return c
}
