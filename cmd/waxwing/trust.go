package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/trust"
)

// defaultStore is the trust store of a person: WAXWING_TRUST, or a folder of the configuration.
func defaultStore() string {
	if dir := os.Getenv("WAXWING_TRUST"); dir != "" {
		return dir
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "" // no home: nobody is trusted
	}
	return filepath.Join(dir, "waxwing", "trust")
}

func (a *app) trustCommand() *cobra.Command {
	return noun("trust", "The authorities whose word counts", "  waxwing trust add --domain example.org ca.pem\n  waxwing trust list",
		a.trustAddCommand(), a.trustImportCommand(), a.trustListCommand(), a.trustRemoveCommand())
}

type trustFlags struct {
	store, name, until, system string
	domains, purposes          []string
	json                       bool
}

func (f *trustFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.store, "trust-store", defaultStoreName, "folder of the trust store, or the home of an authority, whose database it is in")
	c.Flags().BoolVar(&f.json, "json", false, "print as JSON")
}

// defaultStoreName stands for defaultStore in the help, where no home may appear.
const defaultStoreName = "the user's own"

func (a *app) trustAddCommand() *cobra.Command {
	var f trustFlags
	c := &cobra.Command{
		Use: "add FILE", Short: "Trust an authority",
		Long: "Add trusts the authorities whose certificates are in FILE, for everything or for what the flags say. With --system NAME it takes\n" +
			"them out of the system's own list: those whose name contains NAME. Look at a certificate first: waxwing cert show FILE.",
		Example: "  waxwing trust add ca.pem\n  waxwing trust add --domain example.org --domain .example.org --until 2027-01-01 partner-ca.pem\n  waxwing trust add --system GlobalSign",
		Args:    atMostOne,
		RunE:    func(c *cobra.Command, args []string) error { return a.trustAdd(c, f, first(args)) },
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "what people call it; default: what its certificate says")
	fl.StringArrayVar(&f.domains, "domain", nil, "mail domain it may speak for; .example.org stands for all below; may be repeated")
	fl.StringArrayVar(&f.purposes, "purpose", nil, "what it is trusted for: smime-sign, smime-encrypt, timestamping; may be repeated")
	fl.StringVar(&f.until, "until", "", "certificates issued after this day do not count")
	fl.StringVar(&f.system, "system", "", "take authorities of this name out of the system's list")
	return c
}

func (a *app) trustAdd(c *cobra.Command, f trustFlags, path string) error {
	if (path == "") == (f.system == "") {
		return usage(c, "name a file with a certificate, or --system NAME")
	}
	until, err := moment(c, "until", f.until, time.Time{})
	if err != nil {
		return err
	}
	if f.system != "" {
		path = systemList()
	}
	entries, err := readBundle(path)
	if err != nil {
		return err
	}
	if f.system != "" {
		if entries = named(entries, f.system); len(entries) == 0 {
			return failed(exitError, "see the names with: waxwing cert show "+path, "the system's list has no authority named %q", f.system)
		}
	}
	for i := range entries {
		e := &entries[i]
		e.Name, e.Domains, e.Until = f.name, f.domains, until
		for _, p := range f.purposes {
			e.Purposes = append(e.Purposes, chain.Purpose(p))
		}
	}
	return a.trustKeep(c.Context(), f, entries, path)
}

// systemList returns the file of the system's authorities.
func systemList() string {
	for _, p := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"} {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return "/etc/ssl/certs/ca-certificates.crt"
}

func named(entries []trust.Entry, name string) []trust.Entry {
	var list []trust.Entry
	for _, e := range entries {
		if strings.Contains(strings.ToLower(e.Certificate.Subject.String()), strings.ToLower(name)) {
			list = append(list, e)
		}
	}
	return list
}

func readBundle(path string) ([]trust.Entry, error) {
	data, err := readAll(path, largestKeyFile)
	if err != nil {
		return nil, err
	}
	entries, err := trust.Bundle(data)
	if err != nil {
		return nil, failed(exitError, "give a PEM file, the CCADB's CSV report with PEM, or certdata.txt", "%s: %w", path, err)
	}
	return entries, nil
}

// trustKeep puts entries into the store and says so.
func (a *app) trustKeep(ctx context.Context, f trustFlags, entries []trust.Entry, source string) error {
	s, err := a.trustStore(ctx, f.store)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.Source, e.Added = filepath.Base(source), a.now().UTC().Truncate(time.Second)
		if err := s.Add(e); err != nil {
			return err
		}
		if !f.json {
			a.printf("trusted: %s\n", describeEntry(e).words())
		}
	}
	if f.json {
		return a.printEntries(entries)
	}
	return nil
}

func (a *app) trustImportCommand() *cobra.Command {
	var f trustFlags
	c := &cobra.Command{
		Use: "import FILE", Short: "Trust the authorities that a root program trusts for mail",
		Long: "Import reads a list that a root program publishes: the CCADB's report of included certificates with PEM (CSV), or Mozilla's\n" +
			"certdata.txt. It takes the authorities that are trusted for mail, with the day after which new certificates of theirs do not count.",
		Example: "  waxwing trust import IncludedCACertificateReportPEMCSV.csv\n  waxwing trust import certdata.txt",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			entries, err := readBundle(args[0])
			if err != nil {
				return err
			}
			return a.trustKeep(c.Context(), f, entries, args[0])
		},
	}
	f.add(c)
	return c
}

func (a *app) trustListCommand() *cobra.Command {
	var f trustFlags
	c := &cobra.Command{
		Use: "list", Short: "Show who is trusted", Example: "  waxwing trust list --json", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.trustStore(c.Context(), f.store)
			if err != nil {
				return err
			}
			list, err := s.List()
			if err != nil {
				return err
			}
			if f.json {
				return a.printEntries(list)
			}
			if len(list) == 0 {
				a.note("nobody is trusted yet; add an authority with: waxwing trust add FILE")
			}
			for _, e := range list {
				a.printf("%s\n", describeEntry(e).words())
			}
			return nil
		},
	}
	f.add(c)
	return c
}

func (a *app) trustRemoveCommand() *cobra.Command {
	var f trustFlags
	c := &cobra.Command{
		Use: "remove NAME|FINGERPRINT", Short: "Trust an authority no longer", Example: "  waxwing trust remove 'Example Root'", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.trustStore(c.Context(), f.store)
			if err != nil {
				return err
			}
			gone, err := s.Remove(args[0])
			if err != nil {
				return failed(exitError, "see the names with: waxwing trust list", "%q: %w", args[0], err)
			}
			for _, e := range gone {
				a.printf("no longer trusted: %s\n", describeEntry(e).words())
			}
			return nil
		},
	}
	f.add(c)
	return c
}

// entryJSON is an authority of the trust store in words.
type entryJSON struct {
	Name     string          `json:"name"`
	Subject  string          `json:"subject"`
	SHA256   string          `json:"sha256"`
	Domains  []string        `json:"domains,omitempty"`
	Purposes []chain.Purpose `json:"purposes,omitempty"`
	Until    *time.Time      `json:"until,omitempty"`
	NotAfter time.Time       `json:"notAfter"`
	Source   string          `json:"source,omitempty"`
}

func describeEntry(e trust.Entry) entryJSON {
	d := entryJSON{Name: e.Name, Subject: e.Certificate.Subject.String(), SHA256: e.ID(), Domains: e.Domains, Purposes: e.Purposes,
		Until: moments(e.Until), NotAfter: e.Certificate.NotAfter, Source: e.Source}
	if d.Name == "" {
		d.Name = e.Certificate.Subject.Display()
	}
	return d
}

func (d entryJSON) words() string {
	words := []string{oneLine(d.Name), "sha256 " + d.SHA256[:16]}
	if len(d.Domains) > 0 {
		words = append(words, "for "+strings.Join(d.Domains, ", "))
	}
	for _, p := range d.Purposes {
		words = append(words, string(p))
	}
	if d.Until != nil {
		words = append(words, "for certificates up to "+d.Until.Format(time.DateOnly))
	}
	return strings.Join(words, "; ")
}

func (a *app) printEntries(list []trust.Entry) error {
	out := []entryJSON{}
	for _, e := range list {
		out = append(out, describeEntry(e))
	}
	return a.printJSON(out)
}
