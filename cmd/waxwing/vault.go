package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

func (a *app) vaultCommand() *cobra.Command {
	return noun("vault", "Keep private keys: make, rotate, escrow and recover them, on disk and on tokens", "  waxwing vault list\n  waxwing vault rotate",
		a.vaultInitCommand(), a.vaultShowCommand(), a.vaultListCommand(), a.vaultGenerateCommand(), a.vaultImportCommand(), a.vaultRetireCommand(),
		a.vaultDestroyCommand(), a.vaultRotateCommand(), a.vaultCircleCommand(), a.vaultEscrowCommand(), a.vaultRecoverCommand(), a.vaultTokenCommand())
}

// vaultKeyJSON is a key of the vault in words.
type vaultKeyJSON struct {
	ID        string    `json:"id"`
	Algorithm string    `json:"algorithm"`
	Purpose   string    `json:"purpose"`
	State     string    `json:"state"`
	Owner     string    `json:"owner"`
	Label     string    `json:"label,omitempty"`
	SPKI      string    `json:"spkiSha256"`
	Token     string    `json:"token,omitempty"`
	Escrow    []string  `json:"escrow,omitempty"`
	Created   time.Time `json:"created"`
	Retired   time.Time `json:"retired,omitzero"`
	Destroyed time.Time `json:"destroyed,omitzero"`
}

func describeKey(k vault.Key) vaultKeyJSON {
	return vaultKeyJSON{ID: k.ID, Algorithm: string(k.Algorithm), Purpose: string(k.Purpose), State: k.State(), Owner: k.Owner, Label: k.Label,
		SPKI: k.Fingerprint(), Token: k.Token, Created: k.Created, Retired: k.Retired, Destroyed: k.Destroyed}
}

// printKey prints one key as a line, or as JSON.
func (a *app) printKey(k vault.Key, asJSON bool) error {
	if asJSON {
		return a.printJSON(describeKey(k))
	}
	a.printKeyLine(describeKey(k))
	return nil
}

func (a *app) printKeyLine(d vaultKeyJSON) {
	where := ""
	if d.Token != "" {
		where = "  on a token"
	}
	a.printf("%s  %-9s  %-10s  %-10s %s  %s%s\n", d.ID, d.Algorithm, d.Purpose, d.State, oneLine(d.Owner), oneLine(d.Label), where)
}

func (a *app) vaultInitCommand() *cobra.Command {
	var f homeFlags
	var kek, dsn string
	c := &cobra.Command{
		Use: "init", Short: "Make a home with a vault, where its key is not to be a file of the home",
		Long: "Init makes the home with its database, audit log and vault; waxwing ca init, which does the same where there is none, goes on from there.\n" +
			"What is in the vault is sealed under one key, which --kek says where to take from:\n\n" +
			"  file:PATH          a file for its owner alone; it is made (default: vault.key in the home)\n" +
			"  env:VARIABLE       the file that an environment variable names\n" +
			"  passphrase:PATH    the first line of a file, through Argon2id\n" +
			"  pkcs11:URI         an RSA key on a token (RFC 7512), through p11-kit server\n\n" +
			"Without that key the vault opens to nobody: keep a copy of it apart from the copies of the database.",
		Example: "  waxwing vault init\n  waxwing vault init --kek passphrase:/run/credentials/waxwing.phrase",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.vaultInit(c.Context(), f, kek, dsn) },
	}
	f.add(c)
	c.Flags().StringVar(&kek, "kek", "", "where the key of the vault comes from")
	c.Flags().StringVar(&dsn, "database", "", "postgres://user@host/database, for several nodes (default: SQLite in the home)")
	return c
}

func (a *app) vaultInit(ctx context.Context, f homeFlags, kek, dsn string) error {
	o := server.Options{Dir: f.path(), DSN: dsn, By: actor()}
	if kek != "" {
		if err := server.PrepareVaultSource(o.Dir, kek); err != nil {
			return homeError(f, err)
		}
	}
	h, err := server.Create(ctx, o)
	if err != nil {
		return homeError(f, err)
	}
	defer h.Close()
	return a.vaultState(ctx, h, f)
}

func (a *app) vaultShowCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "show [KEY]", Short: "Show the state of the vault, or one key", Example: "  waxwing vault show\n  waxwing vault show 01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N --json",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(c, "give the id of one key, or nothing")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				if len(args) == 0 {
					return a.vaultState(c.Context(), h, f)
				}
				return a.vaultShow(c.Context(), h, f, args[0])
			})
		},
	}
	f.add(c)
	return c
}

// vaultStateJSON is the state of the vault in words.
type vaultStateJSON struct {
	Home     string         `json:"home"`
	KEK      string         `json:"kek"`
	Source   string         `json:"source"`
	Rotating string         `json:"rotatingFrom,omitempty"`
	Left     int64          `json:"left,omitempty"`
	Keys     map[string]int `json:"keys"`
}

func (a *app) vaultState(ctx context.Context, h *server.House, f homeFlags) error {
	d := vaultStateJSON{Home: h.Dir, Keys: map[string]int{}}
	err := h.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := h.Vault.Rotation(tx)
		if err != nil {
			return err
		}
		d.KEK, d.Source, d.Rotating, d.Left = r.KEK, r.Source, r.Previous, r.Left
		return eachKey(tx, h.Vault, "", func(k vault.Key) error { d.Keys[string(k.Purpose)]++; return nil })
	})
	if err != nil {
		return err
	}
	if f.json {
		return a.printJSON(d)
	}
	a.printf("home    %s\nkek     %s, from a %s\n", d.Home, d.KEK, d.Source)
	if d.Rotating != "" {
		a.printf("        a rotation was interrupted: %d keys are under %s; go on with: waxwing vault rotate --finish\n", d.Left, d.Rotating)
	}
	for _, p := range vault.Purposes() {
		if n := d.Keys[string(p)]; n > 0 {
			a.printf("keys    %d for %s\n", n, p)
		}
	}
	return nil
}

// eachKey goes through the keys of an owner, or all with "".
func eachKey(tx *db.Tx, v *vault.Vault, owner string, do func(vault.Key) error) error {
	for after := ""; ; {
		list, err := v.List(tx, owner, after, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, k := range list {
			if err := do(k); err != nil {
				return err
			}
			after = k.ID
		}
	}
}

func (a *app) vaultShow(ctx context.Context, h *server.House, f homeFlags, id string) error {
	var d vaultKeyJSON
	err := h.DB.Read(ctx, func(tx *db.Tx) error {
		k, err := h.Vault.Key(tx, id)
		if err != nil {
			return err
		}
		d = describeKey(k)
		d.Escrow, err = h.Vault.Escrowed(tx, id)
		return err
	})
	if err != nil {
		return vaultError(err)
	}
	if f.json {
		return a.printJSON(d)
	}
	a.printKeyLine(d)
	a.printf("spki sha256 %s\n", d.SPKI)
	if d.Token != "" {
		a.printf("token %s\n", oneLine(d.Token))
	}
	for _, c := range d.Escrow {
		a.printf("escrowed to circle %s\n", c)
	}
	return nil
}

// vaultError adds the next step to what the vault says.
func vaultError(err error) error {
	switch {
	case errors.Is(err, vault.ErrNoKey):
		return failed(exitError, "see them with: waxwing vault list", "%w", err)
	case errors.Is(err, vault.ErrNoCircle):
		return failed(exitError, "see them with: waxwing vault circle show", "%w", err)
	case errors.Is(err, vault.ErrNotEscrowed):
		return failed(exitPolicy, "keys that sign are never escrowed; see: waxwing vault show KEY", "%w", err)
	}
	return err
}

func (a *app) vaultListCommand() *cobra.Command {
	var f homeFlags
	var owner string
	c := &cobra.Command{
		Use: "list", Short: "List the keys", Example: "  waxwing vault list --owner person:01JZ6Q5V9GQ1TT0ZC5QJ8D2M7N\n  waxwing vault list --json", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				list := []vaultKeyJSON{}
				err := h.DB.Read(c.Context(), func(tx *db.Tx) error {
					list = list[:0]
					return eachKey(tx, h.Vault, owner, func(k vault.Key) error { list = append(list, describeKey(k)); return nil })
				})
				if err != nil || f.json {
					return errors.Join(err, a.jsonIf(err == nil, list))
				}
				for _, d := range list {
					a.printKeyLine(d)
				}
				a.note("%d keys", len(list))
				return nil
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&owner, "owner", "", "only those of this owner")
	return c
}

// jsonIf prints as JSON if it may.
func (a *app) jsonIf(may bool, v any) error {
	if !may {
		return nil
	}
	return a.printJSON(v)
}

func (a *app) vaultRotateCommand() *cobra.Command {
	var f homeFlags
	var kek string
	var finish bool
	c := &cobra.Command{
		Use: "rotate", Short: "Put everything under a new key of the vault",
		Long: "Rotate makes a new key-encryption key, puts all keys under it, and forgets the old one: afterwards the old one opens nothing but old\n" +
			"backups. It may be interrupted at any moment: the vault goes on working, and --finish does the rest. Other nodes need the new key too.",
		Example: "  waxwing vault rotate\n  waxwing vault rotate --kek passphrase:/run/credentials/waxwing.phrase\n  waxwing vault rotate --finish", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f, func(h *server.House) (err error) {
				var n int
				if finish {
					n, err = h.Vault.Finish(c.Context(), actor())
				} else {
					n, err = h.RotateVault(c.Context(), kek, actor())
				}
				if err != nil {
					return err
				}
				if f.json {
					return a.printJSON(map[string]int{"keys": n})
				}
				a.printf("%d keys are under the new key-encryption key\n", n)
				return nil
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&kek, "kek", "", "where the new key comes from, as for init (default: where the present one does)")
	c.Flags().BoolVar(&finish, "finish", false, "only do the rest of a rotation that was interrupted")
	return c
}
