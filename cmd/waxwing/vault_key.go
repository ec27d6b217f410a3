package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// specFlags say which key to make or to take in.
type specFlags struct {
	homeFlags
	purpose, owner, label string
}

func (f *specFlags) add(c *cobra.Command) {
	f.homeFlags.add(c)
	var purposes []string
	for _, p := range vault.Purposes() {
		purposes = append(purposes, string(p))
	}
	fl := c.Flags()
	fl.StringVar(&f.purpose, "purpose", "", "what the key is for: "+strings.Join(purposes, ", "))
	fl.StringVar(&f.owner, "owner", "", "whose key it is, as person:ID or ca:ID; no address")
	fl.StringVar(&f.label, "label", "", "for people to read")
}

func (f *specFlags) spec() vault.Spec {
	return vault.Spec{Purpose: vault.Purpose(f.purpose), Owner: f.owner, Label: f.label, By: actor()}
}

func (a *app) vaultGenerateCommand() *cobra.Command {
	var f specFlags
	var kind, token string
	var kinds []string
	for _, k := range vault.Algorithms() {
		kinds = append(kinds, string(k))
	}
	c := &cobra.Command{
		Use: "generate --purpose PURPOSE --owner OWNER", Short: "Make a key that stays in the vault, or on a token",
		Example: "  waxwing vault generate --purpose encryption --owner person:ada\n" +
			"  waxwing vault generate --purpose authority --owner ca:root --algorithm P-384 --token 'pkcs11:token=hsm;object=root?pin-source=/etc/waxwing/pin&x-socket=/run/waxwing/token'",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) (err error) {
				s := f.spec()
				s.Algorithm, s.Token = vault.Algorithm(kind), token
				if token == "" {
					if s.Drawn, err = vault.Draw(s.Algorithm); err != nil {
						return err
					}
				}
				return a.storeKey(c.Context(), h, f, func(tx *db.Tx) (vault.Key, error) { return h.Vault.Generate(tx, s) })
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&kind, "algorithm", "", "kind of key: "+strings.Join(kinds, ", ")+" (default: P-256)")
	c.Flags().StringVar(&token, "token", "", "URI of the token that makes and keeps the key (RFC 7512)")
	return c
}

// storeKey does one act that gives a key, and prints it.
func (a *app) storeKey(ctx context.Context, h *server.House, f specFlags, act func(tx *db.Tx) (vault.Key, error)) error {
	var k vault.Key
	if err := h.DB.Write(ctx, func(tx *db.Tx) (err error) { k, err = act(tx); return err }); err != nil {
		return vaultError(err)
	}
	return a.printKey(k, f.json)
}

func (a *app) vaultImportCommand() *cobra.Command {
	var f specFlags
	var k keyFlags
	var legacy bool
	c := &cobra.Command{
		Use: "import FILE --purpose PURPOSE --owner OWNER", Short: "Take in the one key of a file: PKCS#12, PKCS#8, PEM",
		Example: "  waxwing vault import old.p12 --purpose encryption --owner person:ada --password-file secret.txt", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			b, err := a.read(args[0], k, alg.Allow{Legacy: legacy})
			if err != nil {
				return err
			}
			if len(b.Keys) != 1 {
				return failed(exitError, "divide it with: waxwing key export", "%s has %d keys, and one is taken in at a time", args[0], len(b.Keys))
			}
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				return a.storeKey(c.Context(), h, f, func(tx *db.Tx) (vault.Key, error) { return h.Vault.Import(tx, f.spec(), b.Keys[0]) })
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&k.passwordFile, "password-file", "", "file whose first line is the password of the file")
	c.Flags().BoolVar(&legacy, "allow-legacy", false, "read files protected by 3DES, RC2 or MD5")
	return c
}

func (a *app) vaultRetireCommand() *cobra.Command {
	return a.vaultEndCommand("retire KEY", "End the signing of a key; it goes on decrypting", "  waxwing vault retire 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N", false)
}

func (a *app) vaultDestroyCommand() *cobra.Command {
	return a.vaultEndCommand("destroy KEY --why REASON", "Forget the private half of a key that only signs; keys that decrypt are kept for ever",
		"  waxwing vault destroy 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --why 'the authority has ended'", true)
}

func (a *app) vaultEndCommand(use, short, example string, destroy bool) *cobra.Command {
	var f homeFlags
	var why string
	c := &cobra.Command{
		Use: use, Short: short, Example: example, Args: oneArg("the id of a key"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var k vault.Key
				err := h.DB.Write(c.Context(), func(tx *db.Tx) (err error) {
					if destroy {
						err = h.Vault.Destroy(tx, args[0], actor(), why)
					} else {
						err = h.Vault.Retire(tx, args[0], actor())
					}
					if err == nil {
						k, err = h.Vault.Key(tx, args[0])
					}
					return err
				})
				if err != nil {
					return vaultError(err)
				}
				return a.printKey(k, f.json)
			})
		},
	}
	f.add(c)
	if destroy {
		c.Flags().StringVar(&why, "why", "", "the reason, for the audit log; without names of persons")
	}
	return c
}

// oneArg wants exactly one argument.
func oneArg(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage(c, "give %s, and nothing else", what)
		}
		return nil
	}
}

func (a *app) vaultTokenCommand() *cobra.Command {
	return noun("token", "Look at tokens, and take keys that are on them into the books", "  waxwing vault token show 'pkcs11:?x-socket=/run/waxwing/token'",
		a.vaultTokenShowCommand(), a.vaultTokenAdoptCommand())
}

func (a *app) vaultTokenShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show URI", Short: "Show the tokens behind a socket of p11-kit server", Example: "  waxwing vault token show 'pkcs11:?x-socket=/run/waxwing/token'",
		Long: "Tokens are reached through p11-kit server, which loads the module of the maker:\n\n" +
			"  p11-kit server --provider /usr/lib/softhsm/libsofthsm2.so --name /run/waxwing/token 'pkcs11:token=hsm'",
		Args: oneArg("the URI of a token"),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := vault.Tokens(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(list)
			}
			for _, t := range list {
				a.printf("%s  %s %s, serial %s: %s\n", oneLine(t.Label), oneLine(t.Manufacturer), oneLine(t.Model), oneLine(t.Serial), strings.Join(t.Algorithms, ", "))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

func (a *app) vaultTokenAdoptCommand() *cobra.Command {
	var f specFlags
	c := &cobra.Command{
		Use: "adopt URI --purpose PURPOSE --owner OWNER", Short: "Use a key that is on a token already",
		Example: "  waxwing vault token adopt 'pkcs11:token=hsm;object=root?pin-source=/etc/waxwing/pin&x-socket=/run/waxwing/token' --purpose authority --owner ca:root",
		Args:    oneArg("the URI of a key"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				s := f.spec()
				s.Token = args[0]
				return a.storeKey(c.Context(), h, f, func(tx *db.Tx) (vault.Key, error) { return h.Vault.Adopt(tx, s) })
			})
		},
	}
	f.add(c)
	return c
}
