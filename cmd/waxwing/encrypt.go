package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/smime"
)

type encryptFlags struct {
	recipients, self        []string
	cipher, outform, output string
	oaep, keyID, protect    bool
	compress, why           bool
}

// ciphers are the names that --cipher takes.
var ciphers = []struct {
	name string
	oid  der.OID
}{
	{"aes-256-gcm", alg.OIDAES256GCM}, {"aes-192-gcm", alg.OIDAES192GCM}, {"aes-128-gcm", alg.OIDAES128GCM},
	{"chacha20-poly1305", alg.OIDChaCha20Poly1305},
	{"aes-256-cbc", alg.OIDAES256CBC}, {"aes-192-cbc", alg.OIDAES192CBC}, {"aes-128-cbc", alg.OIDAES128CBC},
}

func (a *app) encryptCommand() *cobra.Command {
	var f encryptFlags
	c := &cobra.Command{
		Use:   "encrypt -r CERT... [-o OUT] [MAIL]",
		Short: "Encrypt a mail",
		Long: "Encrypt writes the mail so that only its recipients can read it. Its header fields stay outside. The cipher is the\n" +
			"strongest that every recipient has shown they can read; --why explains the choice. A blind recipient (Bcc) gets\n" +
			"a mail of their own: run the command once more for them, because a mail tells who can read it.",
		Example: "  waxwing encrypt -r bob.crt -o secret.eml signed.eml\n  waxwing encrypt -r bob.crt -r carol.crt --self alice.crt mail.eml\n" +
			"  waxwing sign -k alice.p12 mail.eml | waxwing encrypt -r bob.crt | sendmail -t",
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return a.encrypt(c, f, first(args)) },
	}
	fl := c.Flags()
	fl.StringArrayVarP(&f.recipients, "recipient", "r", nil, "file with the certificate of a recipient; may be repeated")
	fl.StringArrayVar(&f.self, "self", nil, "file with your own certificate, so that you can read it too")
	fl.StringVar(&f.cipher, "cipher", "", "cipher: aes-256-gcm, aes-128-gcm, chacha20-poly1305, aes-256-cbc, aes-128-cbc; default: what all can read")
	fl.BoolVar(&f.oaep, "oaep", false, "use RSAES-OAEP for RSA keys")
	fl.BoolVar(&f.keyID, "key-id", false, "name recipients by key identifier")
	fl.BoolVar(&f.protect, "protect-headers", false, "encrypt the subject and other header fields too (RFC 9788)")
	fl.BoolVar(&f.compress, "compress", false, "compress first; sizes then tell something about the content")
	fl.BoolVar(&f.why, "why", false, "explain the choice of the cipher on standard error")
	fl.StringVar(&f.outform, "outform", "smime", "what to write: smime (a mail), der, pem (bare CMS)")
	fl.StringVarP(&f.output, "output", "o", "", "file to write; default: standard output")
	return c
}

func (a *app) encrypt(c *cobra.Command, f encryptFlags, mail string) error {
	o, err := a.encryptOptions(c, f)
	if err != nil {
		return err
	}
	in, err := a.open(mail)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := a.progress("encrypting", in)
	defer bar.stop()
	out, err := a.create(f.output, false, in)
	if err != nil {
		return err
	}
	if f.outform != "smime" {
		return out.finish(encryptBare(c.Context(), out, bar.source(), o, f.outform))
	}
	m, err := eml.Parse(bar.source(), limit.New(limit.Limits{}))
	if err != nil {
		return out.finish(err)
	}
	if f.compress {
		squeezed, err := compressed(c.Context(), m)
		if err != nil {
			return out.finish(err)
		}
		defer squeezed.Close()
		if m, err = eml.Parse(squeezed, limit.New(limit.Limits{})); err != nil {
			return out.finish(err)
		}
	}
	return out.finish(smime.Encrypt(c.Context(), out, m, o))
}

// compressed returns the message with its body compressed.
func compressed(ctx context.Context, m *eml.Message) (*eml.Spool, error) {
	s := eml.NewSpool(eml.SpoolOptions{})
	if err := smime.Compress(ctx, s, m); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// encryptOptions reads the recipients and says how to encrypt.
func (a *app) encryptOptions(c *cobra.Command, f encryptFlags) (smime.EncryptOptions, error) {
	o := smime.EncryptOptions{UseKeyID: f.keyID, Policy: smime.CipherPolicy{OAEP: f.oaep}}
	if len(f.recipients) == 0 {
		return o, usage(c, "name a recipient: -r CERT")
	}
	if f.outform != "smime" && f.outform != "der" && f.outform != "pem" {
		return o, usage(c, "--outform takes smime, der, pem, not %q", f.outform)
	}
	var err error
	if o.Policy.Cipher, err = cipherNamed(c, f.cipher); err != nil {
		return o, err
	}
	if o.Recipients, err = a.recipients(f.recipients); err != nil {
		return o, err
	}
	if o.Self, err = a.recipients(f.self); err != nil {
		return o, err
	}
	if f.protect {
		o.Protect = &smime.Protection{Encrypted: true}
	}
	if f.why {
		o.Chosen = func(choice *smime.Choice) {
			for _, line := range choice.Why {
				a.note("%s", oneLine(line))
			}
		}
	}
	return o, nil
}

// recipients reads one recipient a file: the first certificate that may be encrypted to.
func (a *app) recipients(paths []string) ([]smime.Recipient, error) {
	var list []smime.Recipient
	for _, path := range paths {
		certs, err := a.certificates([]string{path})
		if err != nil {
			return nil, err
		}
		c := encryptable(certs)
		if c == nil {
			return nil, failed(exitPolicy, "ask the recipient for the certificate for encryption",
				"%s: the certificate of %s is not meant for encryption", path, certs[0].Subject.Display())
		}
		list = append(list, smime.Recipient{Certificate: c})
	}
	return list, nil
}

// encryptable picks the first certificate of a person whose key usage allows encryption (RFC 8550 §4.4.2).
func encryptable(certs []*pki.Certificate) *pki.Certificate {
	for _, c := range certs {
		if !c.Basic.CA && c.Allows(pki.KeyEncipherment|pki.KeyAgreement) {
			return c
		}
	}
	return nil
}

func cipherNamed(c *cobra.Command, name string) (der.OID, error) {
	if name == "" {
		return "", nil
	}
	var known []string
	for _, k := range ciphers {
		if k.name == strings.ToLower(name) {
			return k.oid, nil
		}
		known = append(known, k.name)
	}
	return "", usage(c, "--cipher takes %s, not %q", strings.Join(known, ", "), name)
}

// encryptBare writes an EnvelopedData or AuthEnvelopedData without a mail around it.
func encryptBare(ctx context.Context, w io.Writer, src eml.Source, o smime.EncryptOptions, form string) error {
	choice, to, err := smime.Envelope(o)
	if err != nil {
		return err
	}
	to.Size = src.Size()
	if o.Chosen != nil {
		o.Chosen(choice)
	}
	return writeBare(w, form, func(w io.Writer) error {
		enc, err := cms.NewEnvelopedWriter(w, to)
		if err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
		if _, err := io.Copy(enc, withContext(ctx, io.NewSectionReader(src, 0, src.Size()))); err != nil {
			return err
		}
		return enc.Close()
	})
}
