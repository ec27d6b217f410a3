package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caOCSPCommand() *cobra.Command {
	return noun("ocsp", "Answer for certificates: responders, answers in advance", "  waxwing ca ocsp responders\n  waxwing ca ocsp answer request.der -o answer.der",
		a.caOCSPAnswerCommand(), a.caOCSPPresignCommand(), a.caOCSPRespondersCommand(), a.caOCSPRenewCommand())
}

func (a *app) caOCSPAnswerCommand() *cobra.Command {
	var f homeFlags
	var output string
	c := &cobra.Command{
		Use: "answer REQUEST", Short: "Answer an OCSP request in a file", Long: "Answer gives the answer in DER that waxwing ca serve would give. See what it says with: waxwing ocsp show.",
		Example: "  openssl ocsp -issuer issuing.pem -cert ada.pem -reqout request.der\n  waxwing ca ocsp answer request.der -o answer.der", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			request, err := readAll(args[0], ca.MaxOCSPRequest)
			if err != nil {
				return err
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				reply, err := h.OCSP().Answer(c.Context(), request)
				if err != nil {
					a.note("note: %v", err)
				}
				if f.json {
					answer, err := pki.ParseOCSPResponse(reply.DER)
					if err != nil {
						return err
					}
					return a.printJSON(describeAnswer(answer))
				}
				out, err := a.create(output, false)
				if err != nil {
					return err
				}
				_, err = out.Write(reply.DER)
				return out.finish(err)
			})
		},
	}
	f.add(c)
	c.Flags().StringVarP(&output, "output", "o", "", "file to write")
	return c
}

func (a *app) caOCSPPresignCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "presign [AUTHORITY]", Short: "Sign the answers in advance that are missing or getting old", Example: "  waxwing ca ocsp presign issuing", Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				list, err := withKeys(c.Context(), h, first(args))
				if err != nil {
					return err
				}
				total := ca.Presigned{}
				for _, x := range list {
					p, err := h.OCSP().Presign(c.Context(), x.ID)
					total.Certificates, total.Signed = total.Certificates+p.Certificates, total.Signed+p.Signed
					if err != nil {
						return err
					}
				}
				if f.json {
					return a.printJSON(map[string]int{"certificates": total.Certificates, "signed": total.Signed})
				}
				a.printf("%d answers about %d certificates were signed\n", total.Signed, total.Certificates)
				return nil
			})
		},
	}
	f.add(c)
	return c
}

// responderJSON is a delegated responder.
type responderJSON struct {
	ID        string    `json:"id"`
	Authority string    `json:"authority"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
}

func (a *app) caOCSPRespondersCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "responders [AUTHORITY]", Short: "List the responders", Example: "  waxwing ca ocsp responders --json", Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.responders(c.Context(), h, f, first(args)) })
		},
	}
	f.add(c)
	return c
}

func (a *app) responders(ctx context.Context, h *server.House, f homeFlags, name string) error {
	authorities, err := withKeys(ctx, h, name)
	if err != nil {
		return err
	}
	out := []responderJSON{}
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		for _, x := range authorities {
			list, err := ca.Responders(tx, x.ID)
			if err != nil {
				return err
			}
			for _, r := range list {
				out = append(out, responderJSON{r.ID, x.Name, r.NotBefore, r.NotAfter})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.json {
		return a.printJSON(out)
	}
	for _, r := range out {
		a.printf("%s  %s  until %s\n", r.ID, r.Authority, r.NotAfter.UTC().Format(time.RFC3339))
	}
	if len(out) == 0 {
		a.note("there is none: the authorities answer by themselves; make one with: waxwing ca ocsp renew")
	}
	return nil
}

func (a *app) caOCSPRenewCommand() *cobra.Command {
	var f homeFlags
	o := ca.ResponderOptions{By: actor()}
	c := &cobra.Command{
		Use: "renew [AUTHORITY]", Short: "Make responders for authorities whose newest has little time left",
		Example: "  waxwing ca ocsp renew issuing --force", Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				list, err := withKeys(c.Context(), h, first(args))
				if err != nil {
					return err
				}
				o.Generate = h.AuthorityKey(o.By)
				for _, x := range list {
					if _, err := h.CA.RenewResponder(c.Context(), h.DB, x.ID, o); err != nil {
						return refused(err)
					}
				}
				return a.responders(c.Context(), h, f, first(args))
			})
		},
	}
	f.add(c)
	c.Flags().BoolVar(&o.Force, "force", false, "make new ones in any case")
	return c
}
