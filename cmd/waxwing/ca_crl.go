package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caCRLCommand() *cobra.Command {
	return noun("crl", "Make, list, write and import the authority's revocation lists", "  waxwing ca crl build\n  waxwing ca crl list\n  waxwing ca crl get issuing -o issuing.crl",
		a.caCRLBuildCommand(), a.caCRLListCommand(), a.caCRLGetCommand(), a.caCRLImportCommand())
}

// crlBuiltJSON is one build.
type crlBuiltJSON struct {
	Authority  string    `json:"authority"`
	Number     int64     `json:"number,omitempty"`
	Lists      int       `json:"lists"`
	Entries    int       `json:"entries"`
	Bytes      int       `json:"bytes"`
	Largest    int       `json:"largest"`
	NextUpdate time.Time `json:"nextUpdate,omitzero"`
}

func (a *app) caCRLBuildCommand() *cobra.Command {
	var f homeFlags
	var o ca.CRLOptions
	c := &cobra.Command{
		Use: "build [AUTHORITY]", Short: "Sign and publish the lists that are due",
		Long: "Build makes the lists that are missing, old or behind a revocation, of one authority or of all whose keys are here, and publishes those of\n" +
			"an authority all at once. Waxwing ca serve does the same every minute.",
		Example: "  waxwing ca crl build\n  waxwing ca crl build issuing --all --json\n  waxwing ca crl build issuing --delta", Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.crlBuild(c.Context(), h, f, o, first(args)) })
		},
	}
	f.add(c)
	c.Flags().BoolVar(&o.All, "all", false, "make every list, due or not")
	c.Flags().BoolVar(&o.Delta, "delta", false, "make deltas of what changed since the published lists (RFC 5280 §5.2.4)")
	return c
}

func (a *app) crlBuild(ctx context.Context, h *server.House, f homeFlags, o ca.CRLOptions, name string) error {
	authorities, err := withKeys(ctx, h, name)
	if err != nil {
		return err
	}
	out := []crlBuiltJSON{}
	for _, x := range authorities {
		o.Authority, o.By = x.ID, actor()
		b, err := h.CA.BuildCRLs(ctx, h.DB, o)
		if errors.Is(err, db.ErrHeld) {
			return failed(exitTemporary, "wait for two minutes at most", "another node is making the lists of %s: %w", x.Name, err)
		}
		if err != nil {
			return err
		}
		out = append(out, crlBuiltJSON{x.Name, b.Number, b.Shards, b.Entries, b.Bytes, b.Largest, b.NextUpdate})
	}
	if f.json {
		return a.printJSON(out)
	}
	for _, b := range out {
		if b.Lists == 0 {
			a.printf("%s: nothing is due\n", b.Authority)
			continue
		}
		a.printf("%s: number %d, %d lists with %d entries, the largest of %d bytes, next by %s\n", b.Authority, b.Number, b.Lists, b.Entries, b.Largest, b.NextUpdate.UTC().Format(time.RFC3339))
	}
	return nil
}

// withKeys are the authorities that can sign here, or the one that is named.
func withKeys(ctx context.Context, h *server.House, name string) (list []*ca.Authority, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		if name != "" {
			one, err := ca.GetAuthority(tx, name)
			list = []*ca.Authority{one}
			return err
		}
		all, err := ca.Authorities(tx)
		for _, x := range all {
			if x.KeyID != "" && x.Certificate != nil {
				list = append(list, x)
			}
		}
		return err
	})
	if errors.Is(err, db.ErrNone) {
		return nil, failed(exitError, "see all with: waxwing ca show", "there is no authority %q", name)
	}
	return list, err
}

// publishedJSON is a published list.
type publishedJSON struct {
	Authority  string    `json:"authority"`
	Shard      int       `json:"shard"`
	Number     int64     `json:"number"`
	Entries    int       `json:"entries"`
	ThisUpdate time.Time `json:"thisUpdate"`
	NextUpdate time.Time `json:"nextUpdate"`
	URL        string    `json:"url,omitempty"`
}

func (a *app) caCRLListCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "list [AUTHORITY]", Short: "List the published lists", Example: "  waxwing ca crl list --json", Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.crlPublished(c.Context(), h, f, first(args)) })
		},
	}
	f.add(c)
	return c
}

func (a *app) crlPublished(ctx context.Context, h *server.House, f homeFlags, name string) error {
	out := []publishedJSON{}
	authorities, err := withKeys(ctx, h, name)
	if err != nil {
		return err
	}
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		for _, x := range authorities {
			list, err := ca.CRLs(tx, x.ID)
			if err != nil {
				return err
			}
			for _, l := range list {
				out = append(out, publishedJSON{x.Name, l.Shard, l.Number, l.Entries, l.ThisUpdate, l.NextUpdate, x.ShardURL(l.Shard)})
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
	for _, l := range out {
		a.printf("%s-%d  number %d  %d entries  until %s  %s\n", l.Authority, l.Shard, l.Number, l.Entries, l.NextUpdate.UTC().Format(time.RFC3339), l.URL)
	}
	if len(out) == 0 {
		a.note("no list is published; make them with: waxwing ca crl build")
	}
	return nil
}

func (a *app) caCRLGetCommand() *cobra.Command {
	var f homeFlags
	var shard int
	var output string
	var delta, asPEM bool
	c := &cobra.Command{
		Use: "get AUTHORITY", Short: "Write a published list to a file", Example: "  waxwing ca crl get issuing -o issuing.crl\n  waxwing ca crl get issuing --shard 3 --pem", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var l *ca.CRL
				err := h.DB.Read(c.Context(), func(tx *db.Tx) error {
					x, err := ca.GetAuthority(tx, args[0])
					if err == nil {
						l, err = ca.CurrentCRL(tx, x.ID, shard, delta)
					}
					return err
				})
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "see: waxwing ca crl list", "there is no published list %d of %q", shard, args[0])
				}
				if err != nil {
					return err
				}
				data := l.DER
				if asPEM {
					data = pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: data})
				}
				out, err := a.create(output, false)
				if err != nil {
					return err
				}
				_, err = out.Write(data)
				return out.finish(err)
			})
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.IntVar(&shard, "shard", 0, "which of the lists into which the authority's is divided")
	fl.BoolVar(&delta, "delta", false, "its delta")
	fl.BoolVar(&asPEM, "pem", false, "write PEM instead of DER")
	fl.StringVarP(&output, "output", "o", "", "file to write")
	return c
}

func (a *app) caCRLImportCommand() *cobra.Command {
	var f homeFlags
	var shard int
	c := &cobra.Command{
		Use: "import AUTHORITY CRL", Short: "Publish a list that was signed elsewhere, as that of an offline root",
		Example: "  waxwing ca crl import root root.crl",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(c, "name the authority and the file with its list")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			lists, err := readCRLs(args[1])
			if err != nil {
				return err
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				var l *ca.CRL
				err := h.DB.Write(c.Context(), func(tx *db.Tx) (err error) {
					l, err = h.CA.ImportCRL(tx, args[0], shard, lists[0].Raw, actor())
					return err
				})
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "see all with: waxwing ca show", "there is no authority %q", args[0])
				}
				if err != nil {
					return fmt.Errorf("%s: %w", args[1], err)
				}
				if f.json {
					return a.printJSON(publishedJSON{args[0], shard, l.Number, l.Entries, l.ThisUpdate, l.NextUpdate, ""})
				}
				a.printf("%s: number %d is published, until %s\n", args[0], l.Number, l.NextUpdate.UTC().Format(time.RFC3339))
				return nil
			})
		},
	}
	f.add(c)
	c.Flags().IntVar(&shard, "shard", 0, "which of the lists into which the authority's is divided")
	return c
}
