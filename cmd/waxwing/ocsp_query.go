package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/pki"
)

func (a *app) ocspQuery(c *cobra.Command, f evidenceFlags, url, output string, private bool) error {
	if f.issuer == "" || f.cert == "" {
		return usage(c, "name the authority and the certificate: --issuer FILE --cert FILE")
	}
	issuer, cert, _, err := a.evidenceCertificates(f)
	if err != nil {
		return err
	}
	fetcher := evidence.New(evidence.Options{Nonce: true, Private: private, Now: a.now})
	answer, err := a.ask(c, fetcher, cert, issuer, url)
	if err != nil {
		return err
	}
	if output != "" {
		out, err := a.create(output, false)
		if err != nil {
			return err
		}
		_, err = out.Write(answer.Raw)
		if err := out.finish(err); err != nil {
			return err
		}
	}
	return a.ocspCheck(c, f, answer, nil) // the fetcher compared the nonce
}

// ask gets the answer of the first responder that gives one.
func (a *app) ask(c *cobra.Command, f *evidence.Fetcher, cert, issuer *pki.Certificate, url string) (*pki.OCSPResponse, error) {
	view := f.For(c.Context())
	var answers []*pki.OCSPResponse
	if url != "" {
		answers = view.OCSPAt(url, cert, issuer)
	} else {
		answers = view.OCSP(cert, issuer)
	}
	if len(answers) > 0 {
		return answers[0], nil
	}
	err := errors.New("the certificate names no OCSP responder")
	for _, e := range f.Events() {
		err = errors.New(e.String())
	}
	return nil, failed(exitTemporary, "name another responder with --url", "%w", err)
}
