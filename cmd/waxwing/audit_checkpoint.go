package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) auditCheckpointCommand() *cobra.Command {
	var f homeFlags
	var path string
	var newKey, rotate bool
	c := &cobra.Command{
		Use: "checkpoint", Short: "Sign the log as it is now, and let a witness keep it",
		Long: "Checkpoint signs the number of entries and the root over them, as C2SP tlog-checkpoint describes, and prints the note. With\n" +
			"--witness it puts it into that file, together with the keys, after comparing the log with what the file had before: a log that was\n" +
			"changed or set back is not signed, and the file stays. Keep that file where the database's owner cannot write.",
		Example: "  waxwing audit checkpoint\n  waxwing audit checkpoint --witness /mnt/witness/waxwing", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if rotate {
				// The old key signs for the witness, and once more over the entry that names the new one.
				if err := a.house(c.Context(), f, func(h *server.House) error {
					if h.Log.Signer != nil {
						if _, err := keepCheckpoint(c, h, path, newKey); err != nil {
							return err
						}
					}
					return h.RotateLogKey(c.Context(), actor())
				}); err != nil {
					return err
				}
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				w, err := keepCheckpoint(c, h, path, newKey || rotate)
				if err != nil {
					return err
				}
				return a.printCheckpoint(f, h, w)
			})
		},
	}
	f.add(c)
	c.Flags().BoolVar(&rotate, "rotate", false, "make a new key first, and retire the old one; other nodes are then to be started anew")
	c.Flags().StringVar(&path, "witness", "", "witness file to make or to bring up to date")
	c.Flags().BoolVar(&newKey, "accept-new-key", false, "the log has a new signer, and the witness is to believe it")
	return c
}

// keepCheckpoint signs a checkpoint, and puts it into the witness file if there is to be one.
func keepCheckpoint(c *cobra.Command, h *server.House, path string, newKey bool) (w audit.Witness, err error) {
	if h.Log.Signer == nil {
		return w, failed(exitError, "make one with: waxwing audit checkpoint --rotate", "the log has no key to sign with")
	}
	old, err := knownWitness(path)
	if err != nil {
		return w, err
	}
	if key := h.Log.Signer.VerifierKey(); old != nil && newKey && !slices.Contains(old.Keys, key) {
		old.Keys = append(old.Keys, key)
	}
	err = h.DB.Write(c.Context(), func(tx *db.Tx) (err error) { w, err = h.Log.Witness(tx, old); return err })
	if errors.Is(err, audit.ErrNewSigner) {
		return w, failed(exitPolicy, "if you know that this is the new key, say so with --accept-new-key", "%w", err)
	}
	if err == nil && path != "" {
		err = w.Write(path)
	}
	return w, err
}

func (a *app) printCheckpoint(f homeFlags, h *server.House, w audit.Witness) error {
	v, err := w.Verifiers()
	if err != nil {
		return err
	}
	tree, err := audit.ReadCheckpoint(w.Checkpoint, h.Log.Origin, v)
	if err != nil {
		return err
	}
	if !f.json {
		a.printf("%s", w.Checkpoint)
		return nil
	}
	return a.printJSON(struct {
		Version    int      `json:"version"`
		Origin     string   `json:"origin"`
		Entries    int64    `json:"entries"`
		Root       string   `json:"root"`
		Keys       []string `json:"keys"`
		Checkpoint string   `json:"checkpoint"`
	}{jsonVersion, h.Log.Origin, tree.N, tree.Hash.String(), w.Keys, w.Checkpoint})
}

// knownWitness reads a witness file; nil if there is none yet.
func knownWitness(path string) (*audit.Witness, error) {
	if path == "" || !isThere(path) {
		return nil, nil
	}
	w, err := audit.ReadWitness(path)
	return &w, err
}

func (a *app) auditProveCommand() *cobra.Command {
	var f homeFlags
	var path string
	c := &cobra.Command{
		Use: "prove N", Short: "Write down one entry with the proof that it is in the log",
		Long: "Prove writes a C2SP tlog-proof: the entry, the hashes from it up to the root, and a signed checkpoint. Whoever has the log's\n" +
			"verifier key checks it with audit verify --proof, without the authority.",
		Example: "  waxwing audit prove -o entry.tlog-proof 17", Args: oneEntry,
		RunE: func(c *cobra.Command, args []string) error {
			seq, err := entryNumber(c, args[0])
			if err != nil {
				return err
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				var text string
				err := h.DB.Write(c.Context(), func(tx *db.Tx) (err error) { text, err = h.Log.Prove(tx, seq); return err })
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "see them with: waxwing audit list", "there is no entry %d", seq)
				}
				if err != nil {
					return err
				}
				return a.writeProof(f, path, seq, text)
			})
		},
	}
	f.add(c)
	c.Flags().StringVarP(&path, "output", "o", "", "file to write; default: standard output")
	return c
}

func (a *app) writeProof(f homeFlags, path string, seq int64, text string) error {
	out, err := a.create(path, false)
	if err != nil {
		return err
	}
	if f.json && out.temp == nil {
		if err := a.printJSON(map[string]any{"version": jsonVersion, "seq": seq, "proof": text}); err != nil {
			return err
		}
		return out.finish(nil)
	}
	_, err = out.Write([]byte(text))
	return out.finish(err)
}
