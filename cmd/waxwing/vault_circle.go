package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// circleFlags say who is in a circle.
type circleFlags struct {
	homeFlags
	threshold int
	officers  []string
	shares    []string
}

func (f *circleFlags) add(c *cobra.Command) {
	f.homeFlags.add(c)
	c.Flags().IntVar(&f.threshold, "threshold", 0, "how many officers are needed to recover a key: at least 2")
	c.Flags().StringArrayVar(&f.officers, "officer", nil, "NAME=CERTIFICATE of an officer, as user:carol=carol.pem; several times")
}

func (a *app) vaultCircleCommand() *cobra.Command {
	return noun("circle", "Circles of officers, of whom some together can recover escrowed keys",
		"  waxwing vault circle found recovery --threshold 2 --officer user:carol=carol.pem --officer user:dave=dave.pem --officer user:erin=erin.pem",
		a.circleFoundCommand(), a.circleShowCommand(), a.circleShareCommand(), a.circleOpenCommand(), a.circleReshareCommand())
}

// spec reads the officers' certificates.
func (a *app) circleSpec(c *cobra.Command, f circleFlags, name string) (vault.CircleSpec, error) {
	s := vault.CircleSpec{Name: name, Threshold: f.threshold, By: actor()}
	for _, text := range f.officers {
		who, path, ok := strings.Cut(text, "=")
		if !ok || who == "" || path == "" {
			return s, usage(c, "--officer takes NAME=CERTIFICATE, as user:carol=carol.pem, not %q", text)
		}
		certs, err := a.certificates([]string{path})
		if err != nil {
			return s, err
		}
		s.Officers = append(s.Officers, vault.Officer{Name: who, Certificate: certs[0]})
	}
	return s, nil
}

func (a *app) circleFoundCommand() *cobra.Command {
	var f circleFlags
	c := &cobra.Command{
		Use: "found NAME --threshold N --officer NAME=CERTIFICATE...", Short: "Found a circle: each officer gets a share, sealed to his certificate",
		Example: "  waxwing vault circle found recovery --threshold 3 --officer user:carol=carol.pem --officer user:dave=dave.pem --officer user:erin=erin.pem",
		Args:    oneArg("a name for the circle"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.circleSpec(c, f, args[0])
			if err != nil {
				return err
			}
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				return a.storeCircle(c.Context(), h, f, func(tx *db.Tx) (vault.Circle, error) { return h.Vault.FoundCircle(tx, s) })
			})
		},
	}
	f.add(c)
	return c
}

func (a *app) storeCircle(ctx context.Context, h *server.House, f circleFlags, act func(*db.Tx) (vault.Circle, error)) error {
	var circle vault.Circle
	if err := h.DB.Write(ctx, func(tx *db.Tx) (err error) { circle, err = act(tx); return err }); err != nil {
		return vaultError(err)
	}
	return a.printCircles(f.json, []vault.Circle{circle})
}

// circleJSON is a circle in words.
type circleJSON struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Threshold int      `json:"threshold"`
	Sharing   int      `json:"sharing"`
	Officers  []string `json:"officers"`
}

func (a *app) printCircles(asJSON bool, circles []vault.Circle) error {
	list := []circleJSON{}
	for _, c := range circles {
		d := circleJSON{c.ID, c.Name, c.Threshold, c.Sharing, nil}
		for _, o := range c.Officers {
			d.Officers = append(d.Officers, o.Name)
		}
		list = append(list, d)
	}
	if asJSON {
		return a.printJSON(list)
	}
	for _, d := range list {
		a.printf("%s  %s: any %d of %d (sharing %d): %s\n", d.ID, oneLine(d.Name), d.Threshold, len(d.Officers), d.Sharing, oneLine(strings.Join(d.Officers, ", ")))
	}
	return nil
}

func (a *app) circleShowCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "show", Short: "Show the circles and their officers", Example: "  waxwing vault circle show --json", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var list []vault.Circle
				if err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) { list, err = h.Vault.Circles(tx); return err }); err != nil {
					return err
				}
				return a.printCircles(f.json, list)
			})
		},
	}
	f.add(c)
	return c
}

func (a *app) circleShareCommand() *cobra.Command {
	var f homeFlags
	var officer, output string
	c := &cobra.Command{
		Use: "share CIRCLE --officer NAME -o FILE", Short: "Fetch the share of an officer, sealed to his certificate",
		Example: "  waxwing vault circle share 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --officer user:carol -o carol.p7m", Args: oneArg("the id of a circle"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var sealed []byte
				err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) { sealed, err = h.Vault.Share(tx, args[0], officer); return err })
				if err != nil {
					return err
				}
				return a.writeFile(output, false, sealed)
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&officer, "officer", "", "whose share")
	c.Flags().StringVarP(&output, "output", "o", "", "file to write: CMS in DER")
	return c
}

func (a *app) circleOpenCommand() *cobra.Command {
	var k keyFlags
	var output string
	c := &cobra.Command{
		Use: "open FILE --key KEY -o FILE", Short: "For officers: open what was sealed to your certificate, a share or a recovered key",
		Long: "Open needs no home: an officer does it where his key is, and brings the opened share to those who recover. What is written is for its\n" +
			"owner alone. OpenSSL does the same: openssl cms -decrypt -inform DER -binary -in FILE -inkey KEY -recip CERTIFICATE.",
		Example: "  waxwing vault circle open carol.p7m --key carol.p12 -o carol.share", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return a.openSealed(c.Context(), args[0], k, output) },
	}
	k.add(c, "file with your key and certificate")
	c.Flags().StringVarP(&output, "output", "o", "", "file to write, readable by you alone")
	return c
}

func (a *app) openSealed(ctx context.Context, path string, k keyFlags, output string) error {
	sealed, err := readAll(path, largestKeyFile)
	if err != nil {
		return err
	}
	keys, err := a.decryptionKeys(k, alg.Allow{})
	if err != nil {
		return err
	}
	content, err := cms.Read(bytes.NewReader(sealed), limit.New(limit.Limits{}))
	if err != nil {
		return err
	}
	e, ok := content.(*cms.Enveloped)
	if !ok {
		return failed(exitMalformed, "fetch the share with: waxwing vault circle share", "%s is not sealed to anybody", path)
	}
	var text bytes.Buffer
	defer func() { clear(text.Bytes()) }()
	if err := e.Decrypt(ctx, &text, cms.DecryptOptions{Keys: keys}); err != nil {
		return err
	}
	return a.writeFile(output, true, text.Bytes())
}

// readShares reads opened shares.
func readShares(c *cobra.Command, paths []string) (list [][]byte, err error) {
	if len(paths) == 0 {
		return nil, usage(c, "give the opened shares of enough officers: --share FILE, several times")
	}
	for _, path := range paths {
		text, err := readAll(path, 1<<16)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}

func (a *app) circleReshareCommand() *cobra.Command {
	var f circleFlags
	c := &cobra.Command{
		Use: "reshare CIRCLE --share FILE... --threshold N --officer NAME=CERTIFICATE...", Short: "Share the secret of a circle anew, when an officer leaves or comes",
		Long:    "Reshare takes enough opened shares and gives every officer named a new one. Escrowed keys are not touched. The old shares are refused\nfrom then on; have them destroyed all the same.",
		Example: "  waxwing vault circle reshare 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --share carol.share --share dave.share --threshold 2 --officer user:carol=carol.pem --officer user:frank=frank.pem",
		Args:    oneArg("the id of a circle"),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := a.circleSpec(c, f, "")
			if err != nil {
				return err
			}
			shares, err := readShares(c, f.shares)
			if err != nil {
				return err
			}
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				return a.storeCircle(c.Context(), h, f, func(tx *db.Tx) (vault.Circle, error) { return h.Vault.Reshare(tx, args[0], shares, s) })
			})
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&f.shares, "share", nil, "file with an opened share; several times")
	return c
}
