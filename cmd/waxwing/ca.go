package main

import (
	"cmp"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caCommand() *cobra.Command {
	return noun("ca", "Be an authority: profiles, certificates, revocation, ceremonies", "  waxwing ca init --organization \"ACME GmbH\" --country DE\n  waxwing ca issue --address ada@acme.example --csr ada.csr -o ada.pem",
		a.caInitCommand(), a.caShowCommand(), a.caProfilesCommand(), a.caProfileCommand(), a.caIssueCommand(), a.caListCommand(), a.caCeremonyCommand(), a.caRequestCommand(), a.caInstallCommand(),
		a.revokeCommand("ca"), a.caReleaseCommand(), a.caReportKeyCommand(), a.caChallengeKeyCommand(), a.caCRLCommand(), a.caOCSPCommand(), a.caServeCommand())
}

func (a *app) caInitCommand() *cobra.Command {
	var f homeFlags
	var o ca.InitOptions
	var so server.Options
	var anchor, dsn string
	c := &cobra.Command{
		Use: "init", Short: "Make an authority: its home, a root, and an authority under it that issues",
		Long: "Init asks nothing. It makes the home with its database, audit log and vault, a root (P-384), an issuing authority (P-256), and the\n" +
			"profiles by which it issues, and writes the root's certificate as the trust anchor for those who are to trust it. Interrupted, it\n" +
			"goes on where it stopped. Keys never leave the vault. For a root that stays offline see: waxwing ca ceremony.",
		Example: "  waxwing ca init\n  waxwing ca init --organization \"ACME GmbH\" --country DE --url http://pki.acme.example\n  waxwing ca init --home /srv/ca --root-key \"RSA 4096\" --issuing-key \"RSA 4096\" --json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if dsn != "" {
				if so.DSN, err = server.ReadDSN(dsn); err != nil {
					return err
				}
			}
			return a.caInit(c.Context(), f, so, o, anchor)
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&o.Organization, "organization", "", "who the authority is, as certificates say it (default: the name, else Private)")
	fl.StringVar(&o.Name, "name", "", "what the authorities are called (default: the organisation)")
	fl.StringVar(&o.Country, "country", "", "two letters of ISO 3166-1 (default: XX, none)")
	fl.StringVar(&o.URL, "url", "", "http address below which CRLs and certificates are found (default: http://localhost)")
	fl.StringVar(&o.Root, "root-key", "", "kind of the root's key: P-256, P-384, RSA 4096, Ed25519 (default: P-384)")
	fl.StringVar(&o.Issuing, "issuing-key", "", "kind of the issuing authority's key (default: P-256)")
	fl.IntVar(&o.Shards, "shards", 0, "into how many lists revocations are divided (default: 1)")
	fl.StringVar(&o.PolicyArc, "policy-arc", "", "object identifier below which the house's own policies lie")
	fl.StringVar(&dsn, "database", "", "file, mode 0600, with postgres://user:password@host/database, for several nodes (default: SQLite in the home)")
	fl.StringVarP(&anchor, "output", "o", "", "where to write the root's certificate (default: root.pem in the home)")
	return c
}

func (a *app) caInit(ctx context.Context, f homeFlags, so server.Options, o ca.InitOptions, anchor string) (err error) {
	so.Dir, so.By = f.path(), actor()
	h, err := server.Create(ctx, so)
	if errors.Is(err, server.ErrIsHome) {
		h, err = server.Open(ctx, server.Options{Dir: so.Dir}) // made, and not finished
	}
	if err != nil {
		return homeError(f, err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	o.By, o.Generate = actor(), h.AuthorityKey(actor())
	root, issuing, err := h.CA.Init(ctx, h.DB, o)
	if errors.Is(err, ca.ErrInitialised) {
		return failed(exitError, "see it with: waxwing ca show", "%s has an authority already", so.Dir)
	}
	if err != nil {
		return refused(err)
	}
	anchor = cmp.Or(anchor, filepath.Join(so.Dir, "root.pem"))
	if err := a.writePEM(anchor, root.Certificate); err != nil {
		return err
	}
	if f.json {
		return a.printJSON(struct {
			Home   string          `json:"home"`
			Anchor string          `json:"anchor"`
			All    []authorityJSON `json:"authorities"`
		}{so.Dir, anchor, []authorityJSON{describeAuthority(root), describeAuthority(issuing)}})
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.bold("32", "✔ The authority is made."))
	p.fact("Home", so.Dir)
	p.fact("Trust", anchor+" (give it to those who are to trust this authority)")
	for _, x := range []*ca.Authority{root, issuing} {
		d := describeAuthority(x)
		p.fact(x.Name, fmt.Sprintf("%s, %s, until %s", d.Subject, d.Key, d.NotAfter.Format(time.DateOnly)))
	}
	p.fact("Next", "waxwing ca issue --address you@your.domain --csr your.csr -o you.pem")
	a.printf("%s", p.text.String())
	return nil
}

// writePEM writes certificates to a file, or to standard output for "-".
func (a *app) writePEM(path string, certs ...[]byte) error {
	out, err := a.create(path, false)
	if err != nil {
		return err
	}
	for _, der := range certs {
		if err == nil {
			err = pem.Encode(out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
	}
	return out.finish(err)
}

// authorityJSON is an authority in words.
type authorityJSON struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Type        ca.Type           `json:"type"`
	State       ca.AuthorityState `json:"state"`
	Subject     string            `json:"subject,omitempty"`
	Key         string            `json:"key,omitempty"`
	KeyID       string            `json:"keyId,omitempty"`
	Shards      int               `json:"shards"`
	CRL         string            `json:"crl,omitempty"`
	OCSP        string            `json:"ocsp,omitempty"`
	Fingerprint string            `json:"sha256,omitempty"`
	NotAfter    time.Time         `json:"notAfter,omitzero"`
}

func describeAuthority(x *ca.Authority) authorityJSON {
	d := authorityJSON{ID: x.ID, Name: x.Name, Type: x.Type, State: x.State, KeyID: x.KeyID, Shards: x.Shards, CRL: x.ShardURL(0), OCSP: x.OCSPURL, NotAfter: x.NotAfter}
	if c, err := x.Parsed(); err == nil {
		print := c.Fingerprint()
		d.Subject, d.Key, d.Fingerprint = c.Subject.String(), c.KeyInfo.Name, fmt.Sprintf("%x", print)
	}
	return d
}

func (a *app) caShowCommand() *cobra.Command {
	var f homeFlags
	var output string
	c := &cobra.Command{
		Use: "show [NAME]", Short: "Show the authorities, or write the certificate and the chain of one",
		Example: "  waxwing ca show\n  waxwing ca show root -o root.pem\n  waxwing ca show issuing -o chain.pem",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.caShow(c, h, f, first(args), output) })
		},
	}
	f.add(c)
	c.Flags().StringVarP(&output, "output", "o", "", "write the certificate of NAME and those above it as PEM")
	return c
}

func (a *app) caShow(c *cobra.Command, h *server.House, f homeFlags, name, output string) error {
	var list []*ca.Authority
	err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if name == "" {
			list, err = ca.Authorities(tx)
			return err
		}
		one, err := ca.GetAuthority(tx, name)
		list = []*ca.Authority{one}
		return err
	})
	switch {
	case errors.Is(err, db.ErrNone):
		return failed(exitError, "see all with: waxwing ca show", "there is no authority %q", name)
	case err != nil:
		return err
	case output != "" && name == "":
		return usage(c, "name the authority whose certificate is to be written")
	case output != "":
		return a.writePEM(output, append([][]byte{list[0].Certificate}, list[0].Chain...)...)
	}
	out := []authorityJSON{}
	for _, x := range list {
		out = append(out, describeAuthority(x))
	}
	if f.json {
		return a.printJSON(out)
	}
	p := &painter{colour: isTerminal(a.out)}
	for _, d := range out {
		p.line("%s", p.paint("1", d.Name))
		p.fact("Subject", oneLine(d.Subject))
		p.fact("State", fmt.Sprintf("%s, %s", d.Type, d.State))
		p.fact("Key", d.Key)
		p.fact("Until", d.NotAfter.Format(time.DateOnly))
		p.fact("CRL", fmt.Sprintf("%s (%d)", d.CRL, d.Shards))
		p.fact("OCSP", d.OCSP)
		p.fact("SHA-256", d.Fingerprint)
	}
	a.printf("%s", p.text.String())
	return nil
}

// refused turns a refusal into lines and the exit code of policy.
func refused(err error) error {
	var no *ca.Refusal
	if !errors.As(err, &no) {
		return err
	}
	var lines []string
	for _, p := range no.Problems {
		lines = append(lines, p.String())
	}
	hint := ""
	if len(no.Problems) > 0 {
		hint = no.Problems[0].Advice
	}
	return failed(exitPolicy, hint, "the order is refused: %s", strings.Join(lines, "; "))
}

// readRequest reads a PKCS#10 in DER or PEM.
func readRequest(path string) ([]byte, error) {
	data, err := readAll(path, 1<<20)
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(data); block != nil {
		if !strings.HasSuffix(block.Type, "CERTIFICATE REQUEST") {
			return nil, failed(exitError, "make one with: openssl req -new", "%s holds a %s, not a certification request", path, block.Type)
		}
		return block.Bytes, nil
	}
	return data, nil
}

// exists reports whether a file has this name.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
