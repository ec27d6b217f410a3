package main

import (
	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

func (a *app) vaultEscrowCommand() *cobra.Command {
	var f homeFlags
	var circle string
	c := &cobra.Command{
		Use: "escrow KEY --circle CIRCLE", Short: "Seal a copy of an encryption key to a circle of officers",
		Long:    "Escrow seals a copy of a key that only decrypts; a key that signs is refused. Nobody opens the copy without as many officers as the circle\nsays. The owner is to be told.",
		Example: "  waxwing vault escrow 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --circle 01JZ6Q7A4M1V8X3T2Q6Y5B9C0D", Args: oneArg("the id of a key"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				err := h.DB.Write(c.Context(), func(tx *db.Tx) error {
					k, err := h.Vault.Key(tx, args[0])
					if err != nil {
						return err
					}
					e, err := k.Encryption()
					if err != nil {
						return failed(exitPolicy, "", "%w", err)
					}
					return h.Vault.Escrow(tx, circle, e, actor())
				})
				if err != nil {
					return vaultError(err)
				}
				return a.vaultShow(c.Context(), h, f, args[0])
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&circle, "circle", "", "to whom; see: waxwing vault circle show")
	return c
}

// recoverFlags are the order of a recovery.
type recoverFlags struct {
	homeFlags
	vault.Recovery
	shares, certs []string
	to, output    string
}

func (a *app) vaultRecoverCommand() *cobra.Command {
	var f recoverFlags
	c := &cobra.Command{
		Use: "recover KEY --circle CIRCLE --share FILE... --to CERTIFICATE --case CASE -o FILE", Short: "Recover an escrowed key for one person, out of the shares of enough officers",
		Long: "Recover gives the key as PEM in a CMS envelope to the certificate of whoever asks for it, and in no other form. The officers whose shares\n" +
			"are used cannot be the requester. Open the envelope with: waxwing vault circle open FILE --key KEY.",
		Example: "  waxwing vault recover 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --circle 01JZ6Q7A4M1V8X3T2Q6Y5B9C0D --share carol.share --share dave.share --to legal.pem --by user:legal --case case:2026-17 -o key.p7m",
		Args:    oneArg("the id of a key"),
		RunE: func(c *cobra.Command, args []string) error {
			f.Key = args[0]
			return a.recoverKey(c, f)
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.Circle, "circle", "", "to whom it was escrowed")
	fl.StringArrayVar(&f.shares, "share", nil, "file with an opened share; several times")
	fl.StringVar(&f.to, "to", "", "certificate of whoever asks for the key")
	fl.StringArrayVar(&f.certs, "cert", nil, "certificates that go with the key")
	fl.StringVar(&f.By, "by", "", "who asks for it, as the audit log names persons (default: your account)")
	fl.StringVar(&f.Case, "case", "", "reference of the case in which it was decided, without names of persons")
	fl.StringVarP(&f.output, "output", "o", "", "file to write")
	return c
}

func (a *app) recoverKey(c *cobra.Command, f recoverFlags) error {
	if f.to == "" || f.output == "" {
		return usage(c, "say to whose certificate, and into which file: --to CERTIFICATE -o FILE")
	}
	to, err := a.certificates([]string{f.to})
	if err != nil {
		return err
	}
	f.To = to[0]
	if f.Recovery.Certificates, err = a.certificates(f.certs); err != nil {
		return err
	}
	if f.Shares, err = readShares(c, f.shares); err != nil {
		return err
	}
	if f.By == "" {
		f.By = actor()
	}
	var out []byte
	err = a.house(c.Context(), f.homeFlags, func(h *server.House) error {
		return h.DB.Write(c.Context(), func(tx *db.Tx) (err error) { out, err = h.Vault.Recover(tx, f.Recovery); return err })
	})
	if err != nil {
		return vaultError(err)
	}
	if err := a.writeFile(f.output, true, out); err != nil {
		return err
	}
	a.note("the key is in %s, for the holder of %s alone", f.output, f.to)
	if f.json {
		return a.printJSON(map[string]string{"key": f.Key, "file": f.output, "case": f.Case})
	}
	return nil
}
