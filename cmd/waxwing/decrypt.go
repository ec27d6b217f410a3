package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/smime"
)

func (a *app) decryptCommand() *cobra.Command {
	var j judging
	var output string
	c := &cobra.Command{
		Use:   "decrypt -k ID... [-o OUT] [MAIL]",
		Short: "Open an encrypted mail",
		Long: "Decrypt gives the mail back with the inner content in its place; signatures inside stay, so that verify can judge them.\n" +
			"Every key that the mail names is tried. Nothing is written before the whole content was checked.",
		Example: "  waxwing decrypt -k bob.p12 -o open.eml secret.eml\n  waxwing decrypt -k bob.pem secret.eml | waxwing verify --trust-anchor ca.pem",
		Args:    atMostOne,
		RunE:    func(c *cobra.Command, args []string) error { return a.decrypt(c, &j, first(args), output) },
	}
	j.keyFlags.add(c, "file with your key and certificate: PEM, PKCS#8 or PKCS#12; may be repeated")
	j.addReading(c)
	c.Flags().StringVarP(&output, "output", "o", "", "file to write; default: standard output")
	return c
}

func (a *app) decrypt(c *cobra.Command, j *judging, mail, output string) error {
	if len(j.keys) == 0 {
		return usage(c, "name your key: -k FILE")
	}
	o, err := a.opener(c, j)
	if err != nil {
		return err
	}
	in, err := a.open(mail)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := a.progress("decrypting", in)
	defer bar.stop()
	r, err := a.openReport(c.Context(), o, j, bar.source())
	if err != nil {
		return err
	}
	defer r.Close()
	if err := decrypted(r, in.name); err != nil {
		return err
	}
	out, err := a.create(output, true, in)
	if err != nil {
		return err
	}
	return out.finish(r.WriteMessage(out))
}

// decrypted returns why a mail was not opened.
func decrypted(r *smime.Report, name string) error {
	if r.Encrypted != smime.CoversNothing && r.Opened {
		return nil
	}
	for _, f := range r.Findings {
		switch f.Code {
		case finding.EncryptionNoKey:
			return failed(exitNoDecrypt, "give the key of one of its recipients with -k; see them with: waxwing inspect "+name, "%s: %w", name, cms.ErrNoRecipient)
		case finding.EncryptionFailed:
			return failed(exitNoDecrypt, "ask the sender to send it again", "%s: %w", name, cms.ErrDecrypt)
		case finding.EncryptionRefused:
			return failed(exitNoDecrypt, "waxwing explain "+string(f.Code), "%s: %s %s", name, f.Title(), f.Detail)
		case finding.LayerMalformed, finding.CMSWrongContainer:
			return failed(exitMalformed, "see what it is with: waxwing inspect "+name, "%s: %s %s", name, f.Title(), f.Detail)
		}
	}
	if r.Encrypted == smime.CoversNothing {
		return failed(exitMalformed, "see what it is with: waxwing inspect "+name, "%w", fmt.Errorf("%s is not encrypted", name))
	}
	return failed(exitNoDecrypt, "", "%w", errors.New(name+": not everything could be opened"))
}
