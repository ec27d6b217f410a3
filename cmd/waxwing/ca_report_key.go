package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

// reportFlags are those of report-key.
type reportFlags struct {
	homeFlags
	password, challenge, signature, request, report string
}

func (a *app) caReportKeyCommand() *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use: "report-key [FILE]", Short: "Take a proof that a private key is in the wrong hands: everything with it is revoked at once",
		Long: "Report-key wants no more than the key itself, as PEM, PKCS#8, PKCS#12 or JWK, or a signature by it over a phrase that\n" +
			"waxwing ca challenge-key gives. Every certificate with the key is revoked as compromised, the key is blocked for ever, and the CRL is made\n" +
			"(S/MIME BR §4.9.1.1, §4.9.12). The key is looked at and not kept. It ends with 4 when nothing is proven.",
		Example: "  waxwing ca report-key found.pem\n  waxwing ca challenge-key 9f86d081...\n  waxwing ca report-key --challenge 01J... --signature phrase.sig",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.keyReport(c, f, first(args))
			if err != nil {
				return err
			}
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.reportKey(c.Context(), h, f, r) })
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.password, "password-file", "", "file with the password of FILE")
	fl.StringVar(&f.challenge, "challenge", "", "id of the challenge that --signature or --request answers")
	fl.StringVar(&f.signature, "signature", "", "file with the signature over the phrase")
	fl.StringVar(&f.request, "request", "", "file with a certification request that has the phrase as its common name")
	fl.StringVar(&f.report, "report", "", "name of the report that it belongs to")
	return c
}

// maxKeyFile is the longest key file or signature in bytes.
const maxKeyFile = 1 << 20

func (a *app) keyReport(c *cobra.Command, f reportFlags, path string) (r ca.KeyReport, err error) {
	r = ca.KeyReport{Challenge: f.challenge, By: actor(), Report: f.report}
	given := 0
	for _, x := range []struct {
		path string
		to   *[]byte
	}{{path, &r.Private}, {f.signature, &r.Signature}} {
		if x.path == "" {
			continue
		}
		given++
		if *x.to, err = readAll(x.path, maxKeyFile); err != nil {
			return r, err
		}
	}
	if f.request != "" {
		given++
		if r.Request, err = readRequest(f.request); err != nil {
			return r, err
		}
	}
	if given != 1 || (path == "") != (f.challenge != "") {
		return r, usage(c, "give the key in a file, or --challenge with --signature or --request")
	}
	if f.password != "" {
		password, err := readAll(f.password, 4096)
		if err != nil {
			return r, err
		}
		r.Password = []byte(strings.TrimRight(string(password), "\r\n"))
	}
	return r, nil
}

func (a *app) reportKey(ctx context.Context, h *server.House, f reportFlags, r ca.KeyReport) error {
	var out *ca.KeyReported
	err := h.DB.Write(ctx, func(tx *db.Tx) (err error) { out, err = h.CA.ReportKey(tx, r); return err })
	if errors.Is(err, ca.ErrNoProof) {
		return failed(exitNotAcceptable, "report what you know without the key: waxwing request report", "%w", err)
	}
	if err != nil {
		return err
	}
	list := []revokedJSON{}
	for _, x := range out.Revoked {
		list = append(list, describeRevocation(x))
	}
	if f.json {
		err = a.printJSON(struct {
			SPKI    string        `json:"spkiSha256"`
			New     bool          `json:"new"`
			Revoked []revokedJSON `json:"revoked"`
		}{out.SPKI, out.New, list})
	} else {
		a.printf("key %s is blocked\n", out.SPKI)
		err = a.printRevoked(out.Revoked, false)
	}
	return cmp.Or(err, a.publish(ctx, h, out.Revoked))
}

func (a *app) caChallengeKeyCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "challenge-key CERTIFICATE|SPKI-SHA256", Short: "Make a phrase that proves possession of a private key when it is signed",
		Example: "  waxwing ca challenge-key 4f00a1b2 --json", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var made ca.Challenge
				err := h.DB.Write(c.Context(), func(tx *db.Tx) error {
					key := args[0]
					if row, err := houseRow(tx, key); err == nil {
						key = row.SPKI
					}
					var err error
					made, err = h.CA.ChallengeKey(tx, key)
					return err
				})
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "look for it with: waxwing cert find", "the house has no certificate %q, and none with this key", args[0])
				}
				if err != nil {
					return err
				}
				if f.json {
					return a.printJSON(struct {
						ID      string    `json:"id"`
						Phrase  string    `json:"phrase"`
						SPKI    string    `json:"spkiSha256"`
						Expires time.Time `json:"expires"`
					}{made.ID, made.Phrase, made.SPKI, made.Expires})
				}
				a.printf("%s\n", made.Phrase)
				a.note("sign these bytes without a line end, by %s: printf %%s 'PHRASE' | openssl dgst -sha256 -sign KEY -out phrase.sig\nthen: waxwing ca report-key --challenge %s --signature phrase.sig",
					made.Expires.UTC().Format(time.RFC3339), made.ID)
				return nil
			})
		},
	}
	f.add(c)
	return c
}
