package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// issueFlags are those of ca issue.
type issueFlags struct {
	homeFlags
	order         ca.Order
	csr, key      string
	subject       []string
	output, at    string
	dryRun, chain bool
}

func (a *app) caIssueCommand() *cobra.Command {
	var f issueFlags
	c := &cobra.Command{
		Use: "issue --address ADDRESS (--csr FILE | --key KIND)", Short: "Issue one certificate at the authority's own desk",
		Long: "Issue orders from the authority directly: whoever may run it stands in for the checks of an application (waxwing ra). The key is\n" +
			"that of a certification request, whose signature proves possession, or one that the vault makes. With --dry-run nothing is recorded\n" +
			"or signed, and --at DATE applies the rules of another day.\n" +
			"It ends with 8 when the order is refused, and says every reason.",
		Example: "  waxwing ca issue --address ada@acme.example --csr ada.csr -o ada.pem\n" +
			"  waxwing ca issue --profile sponsor-private-dual --address ada@acme.example --subject givenName=Ada --subject surname=Lovelace --key P-256\n" +
			"  waxwing ca issue --profile mailbox-strict-dual --address ada@acme.example --csr ada.csr --dry-run --at 2027-07-01",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.caIssue(c, h, f) })
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.order.Profile, "profile", "mailbox-strict-dual", "name of the profile, or name@version")
	fl.StringVar(&f.order.Authority, "authority", "", "name of the issuing authority (default: the newest)")
	fl.StringArrayVar(&f.order.Addresses, "address", nil, "mailbox; may be repeated")
	fl.StringArrayVar(&f.subject, "subject", nil, "attribute of the subject, as surname=Lovelace; may be repeated")
	fl.StringVar(&f.order.UPN, "upn", "", "user principal name, where the profile allows one")
	fl.StringVar(&f.csr, "csr", "", "file with a certification request (PKCS#10)")
	fl.StringVar(&f.key, "key", "", "let the vault make a key of this kind: P-256, RSA-3072, Ed25519, ...")
	fl.StringVar(&f.order.Holder, "holder", "", "whose key it is (default: mailbox:ADDRESS)")
	fl.StringVar(&f.order.Reference, "reference", "", "names the order: asked again, it gets the same certificate")
	fl.StringArrayVar(&f.order.Approvers, "approver", nil, "who approved (default: who runs this)")
	fl.IntVar(&f.order.Days, "days", 0, "of validity (default: as the profile says)")
	fl.StringVarP(&f.output, "output", "o", "", "file for the certificate (default: standard output)")
	fl.BoolVar(&f.chain, "chain", false, "write the certificates above it too, without the root")
	fl.BoolVar(&f.dryRun, "dry-run", false, "only say what would be issued")
	fl.StringVar(&f.at, "at", "", "with --dry-run: by the rules of this day")
	return c
}

func (a *app) caIssue(c *cobra.Command, h *server.House, f issueFlags) error {
	at, err := moment(c, "at", f.at, time.Time{})
	switch {
	case err != nil:
		return err
	case f.at != "" && !f.dryRun:
		return usage(c, "--at is for --dry-run: certificates are issued by the rules of today")
	case (f.csr == "") == (f.key == ""):
		return usage(c, "name one key: --csr FILE or --key KIND")
	case f.dryRun && f.key != "":
		return usage(c, "a dry run makes no key: name one with --csr FILE")
	}
	o := f.order
	if err := fillSubject(c, &o.Subject, f.subject); err != nil {
		return err
	}
	o.By = actor()
	if o.Approvers == nil {
		o.Approvers = []string{o.By}
	}
	if o.Holder == "" && len(o.Addresses) > 0 {
		o.Holder = "mailbox:" + o.Addresses[0]
	}
	if f.csr != "" {
		if o.Request, err = readRequest(f.csr); err != nil {
			return err
		}
	}
	if f.dryRun {
		return a.caPreview(c, h, o, at, f.json)
	}
	return a.caIssueNow(c, h, f, o)
}

// fillSubject sets the fields of a subject that arguments name.
func fillSubject(c *cobra.Command, s *ca.Subject, pairs []string) error {
	fields := map[string]string{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || fields[name] != "" {
			return usage(c, "--subject takes one ATTRIBUTE=VALUE for each attribute, such as surname=Lovelace, not %q", pair)
		}
		fields[name] = value
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return usage(c, "--subject: %v; the attributes are those of RFC 5280, such as organizationName, givenName, surname", err)
	}
	return nil
}

func (a *app) caPreview(c *cobra.Command, h *server.House, o ca.Order, at time.Time, asJSON bool) error {
	if o.Reference == "" {
		o.Reference = "cli:dry-run"
	}
	var preview *ca.Preview
	err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) { preview, err = h.CA.Preview(tx, o, at); return err })
	var no *ca.Refusal
	if asJSON && errors.As(err, &no) {
		return errors.Join(a.printJSON(map[string]any{"exit": exitPolicy, "problems": no.Problems}), done(exitPolicy))
	}
	if err != nil {
		return refused(err)
	}
	cert, err := pki.ParseCertificate(preview.DER)
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(struct {
			Exit        int             `json:"exit"`
			Profile     string          `json:"profile"`
			Certificate certificateJSON `json:"certificate"`
			Warnings    []lint.Result   `json:"warnings,omitempty"`
		}{exitGood, preview.Profile, describe(cert), preview.Lint})
	}
	a.printCertificate(describe(cert))
	for _, w := range preview.Lint {
		a.printf("  %s %s (%s): %s\n", w.Severity, w.Name, w.Section, oneLine(w.Detail))
	}
	a.note("nothing was issued: this was a dry run by profile %s", preview.Profile)
	return nil
}

func (a *app) caIssueNow(c *cobra.Command, h *server.House, f issueFlags, o ca.Order) error {
	var ready *ca.Ready
	err := h.DB.Write(c.Context(), func(tx *db.Tx) (err error) {
		order := o
		if order.Reference == "" {
			order.Reference = "cli:" + tx.NewID()
		}
		if f.key != "" {
			purpose, err := purposeOf(tx, order.Profile)
			if err != nil {
				return err
			}
			owner, err := h.KeyOwner(tx, order.Holder)
			if err != nil {
				return err
			}
			key, err := h.Vault.Generate(tx, vault.Spec{Algorithm: vault.Algorithm(strings.ReplaceAll(f.key, " ", "-")), Purpose: purpose, Owner: owner, By: order.By})
			if err != nil {
				return err
			}
			order.SPKI, order.Own = key.SPKI, true
		}
		ready, err = h.CA.Prepare(tx, order)
		return err
	})
	if err != nil {
		return refused(err)
	}
	out, err := h.CA.Issue(c.Context(), h.DB, ready)
	if err != nil {
		return refused(err)
	}
	certs := [][]byte{out.DER}
	if f.chain && len(out.Chain) > 0 {
		certs = append(certs, out.Chain[:len(out.Chain)-1]...)
	}
	if f.json {
		if f.output != "" {
			err = a.writePEM(f.output, certs...)
		}
		return errors.Join(err, a.printJSON(describeRow(out.Certificate)))
	}
	if err := a.writePEM(f.output, certs...); err != nil {
		return err
	}
	a.note("issued %s by profile %s, valid until %s", out.Serial, out.Profile, out.NotAfter.Format(time.DateOnly))
	return nil
}

// purposeOf is what the vault is to know of a key that is made for a profile.
func purposeOf(tx *db.Tx, profile string) (vault.Purpose, error) {
	s, err := ca.GetProfile(tx, profile, time.Time{})
	if errors.Is(err, db.ErrNone) {
		return "", failed(exitPolicy, "see: waxwing ca profiles", "there is no profile %q", profile)
	}
	if err != nil {
		return "", err
	}
	if s.Usage == "" {
		return "", fmt.Errorf("the profile %s is not for subscribers: use waxwing ca init", profile)
	}
	return vault.Purpose(s.Usage), nil
}
