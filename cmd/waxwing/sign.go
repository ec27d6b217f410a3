package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime"
)

type signFlags struct {
	keyFlags
	certs                       []string
	opaque, pss, keyID, protect bool
	digest, outform, output     string
	noTime, noChain             bool
	encryptionCert              string
}

func (a *app) signCommand() *cobra.Command {
	var f signFlags
	c := &cobra.Command{
		Use:   "sign -k ID [-c CERT] [--opaque] [-o OUT] [MAIL]",
		Short: "Sign a mail",
		Long: "Sign writes the mail with a signature. Its header fields stay outside; its body becomes the signed part, encoded so\n" +
			"that transport leaves it alone. Everybody can read the result, also without S/MIME, unless --opaque is given.\n\n" +
			"ID is a PEM bundle of key and certificates, a PKCS#12 or a PKCS#8 file. With --outform der or pem the input is any\n" +
			"file and the output bare CMS: a detached signature, or with --opaque the content inside it.",
		Example: "  waxwing sign -k alice.p12 -o signed.eml mail.eml\n  waxwing sign -k alice.pem < mail.eml | sendmail -t\n" +
			"  waxwing sign -k alice.key -c alice.crt -c chain.pem --opaque mail.eml\n  waxwing sign -k alice.pem --outform pem -o report.pdf.p7s report.pdf",
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return a.sign(c, f, first(args)) },
	}
	f.keyFlags.add(c, "file with the key to sign with, and its certificates")
	fl := c.Flags()
	fl.StringArrayVarP(&f.certs, "cert", "c", nil, "file with the certificate of the key, or certificates to send along; may be repeated")
	fl.BoolVar(&f.opaque, "opaque", false, "put the mail inside the signature (application/pkcs7-mime)")
	fl.BoolVar(&f.pss, "pss", false, "sign with RSASSA-PSS instead of PKCS #1 v1.5, for RSA keys")
	fl.StringVar(&f.digest, "digest", "", "digest: sha256, sha384, sha512; default: what fits the key")
	fl.BoolVar(&f.keyID, "key-id", false, "name the certificate by its subject key identifier")
	fl.BoolVar(&f.protect, "protect-headers", false, "sign the header fields too (RFC 9788)")
	fl.StringVar(&f.encryptionCert, "encryption-cert", "", "ask for answers to be encrypted to this certificate")
	fl.BoolVar(&f.noTime, "no-time", false, "do not state the time of signing")
	fl.BoolVar(&f.noChain, "no-chain", false, "send only the signer's own certificate along")
	fl.StringVar(&f.outform, "outform", "smime", "what to write: smime (a mail), der, pem (bare CMS)")
	fl.StringVarP(&f.output, "output", "o", "", "file to write; default: standard output")
	return c
}

func (a *app) sign(c *cobra.Command, f signFlags, mail string) (err error) {
	if len(f.keys) == 0 {
		return usage(c, "name the key to sign with: -k FILE")
	}
	o, err := a.signedOptions(c, f)
	if err != nil {
		return err
	}
	in, err := a.open(mail)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := a.progress("signing", in)
	defer bar.stop()
	out, err := a.create(f.output, false, in)
	if err != nil {
		return err
	}
	if f.outform != "smime" {
		return out.finish(signBare(c.Context(), out, bar.source(), o, f.outform, f.opaque))
	}
	m, err := eml.Parse(bar.source(), limit.New(limit.Limits{}))
	if err != nil {
		return out.finish(err)
	}
	options := smime.SignOptions{CMS: o, Opaque: f.opaque}
	if f.protect {
		options.Protect = &smime.Protection{}
	}
	return out.finish(smime.Sign(c.Context(), out, m, options))
}

// signedOptions reads the identity and says how to sign.
func (a *app) signedOptions(c *cobra.Command, f signFlags) (cms.SignedOptions, error) {
	var o cms.SignedOptions
	if f.outform != "smime" && f.outform != "der" && f.outform != "pem" {
		return o, usage(c, "--outform takes smime, der, pem, not %q", f.outform)
	}
	hash, err := hashNamed(c, f.digest)
	if err != nil {
		return o, err
	}
	extra, err := a.certificates(f.certs)
	if err != nil {
		return o, err
	}
	key, cert, carried, err := a.signingIdentity(f.keyFlags, extra, alg.Allow{})
	if err != nil {
		return o, err
	}
	when := a.now()
	if f.noTime {
		when = time.Time{}
	}
	signer := smime.Signer(key, cert, when)
	signer.Hash, signer.PSS, signer.UseKeyID = hash, f.pss, f.keyID
	if f.encryptionCert != "" {
		prefer, err := a.certificates([]string{f.encryptionCert})
		if err != nil {
			return o, err
		}
		signer.EncryptionKey = prefer[0]
		carried = append(carried, prefer[0])
	}
	if f.noChain {
		carried = nil
	}
	o.Signers = []cms.SignerOptions{signer}
	o.Certificates = smime.Carried(cert, carried)
	return o, nil
}

// hashNamed returns the digest of a name; nil for none.
func hashNamed(c *cobra.Command, name string) (*alg.Hash, error) {
	switch name {
	case "":
		return nil, nil
	case "sha256", "sha-256":
		return alg.SHA256, nil
	case "sha384", "sha-384":
		return alg.SHA384, nil
	case "sha512", "sha-512":
		return alg.SHA512, nil
	}
	return nil, usage(c, "--digest takes sha256, sha384 or sha512, not %q", name)
}

// signBare writes a SignedData without a mail around it.
func signBare(ctx context.Context, w io.Writer, src eml.Source, o cms.SignedOptions, form string, opaque bool) error {
	o.Detached = !opaque
	d, err := cms.NewDigests(o)
	if err != nil {
		return err
	}
	content := func() io.Reader { return withContext(ctx, io.NewSectionReader(src, 0, src.Size())) }
	if _, err := io.Copy(d, content()); err != nil {
		return err
	}
	m, err := cms.Sign(o, d)
	if err != nil {
		return err
	}
	return writeBare(w, form, func(w io.Writer) error { return m.Write(w, content()) })
}

// writeBare writes DER as it is, or as PEM under a label: "pem" stands for the one of RFC 7468 §9.
func writeBare(w io.Writer, form string, write func(io.Writer) error) error {
	if form == "der" {
		return write(w)
	}
	label := form
	if form == "pem" {
		label = "CMS"
	}
	if _, err := fmt.Fprintf(w, "-----BEGIN %s-----\n", label); err != nil {
		return err
	}
	enc := eml.NewBase64Encoder(w, 64, eml.LF)
	if err := write(enc); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "-----END %s-----\n", label)
	return err
}
