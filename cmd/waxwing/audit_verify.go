package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

// believeFlags say whom to believe about the log.
type believeFlags struct {
	keys      []string
	witnesses []string
}

func (f *believeFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.keys, "key", nil, "file with verifier keys of the log, kept elsewhere, one a line; may be repeated")
	c.Flags().StringArrayVar(&f.witnesses, "witness", nil, "witness file, kept elsewhere; may be repeated")
}

// believed reads the verifier keys and the checkpoints that were kept elsewhere.
func (f *believeFlags) believed() (keys, kept []string, err error) {
	for _, path := range f.keys {
		text, err := readAll(path, largestKeyFile)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, strings.Fields(string(text))...)
	}
	for _, path := range f.witnesses {
		w, err := audit.ReadWitness(path)
		if err != nil {
			return nil, nil, err
		}
		keys, kept = append(keys, w.Keys...), append(kept, w.Checkpoint)
	}
	return keys, kept, nil
}

func (a *app) auditVerifyCommand() *cobra.Command {
	var f homeFlags
	var b believeFlags
	var proof string
	c := &cobra.Command{
		Use: "verify", Short: "Read the whole log, and name the first entry that is not as it was written",
		Long: "Verify reads every entry, every hash of the tree and every signed checkpoint, and compares them. It ends with 4 and names the first\n" +
			"bad entry if something was changed, taken away, put in or put back. Without --key and --witness it believes the keys in the\n" +
			"database itself, which whoever can write there could exchange.\n\n" +
			"With --proof it checks a file that prove made, and needs no authority, only a key or a witness.",
		Example: "  waxwing audit verify\n  waxwing audit verify --witness /mnt/witness/waxwing --json\n  waxwing audit verify --key log.key --proof entry.tlog-proof",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			keys, kept, err := b.believed()
			if err != nil {
				return err
			}
			if proof != "" {
				return a.auditVerifyProof(c, f, keys, proof)
			}
			return a.house(c.Context(), f, func(h *server.House) error { return a.auditVerify(c, f, h, keys, kept) })
		},
	}
	f.add(c)
	f.addSealed(c)
	b.add(c)
	c.Flags().StringVar(&proof, "proof", "", "check this proof of one entry instead")
	return c
}

// auditVerifyJSON is what audit verify --json prints.
type auditVerifyJSON struct {
	Version int             `json:"version"`
	Exit    int             `json:"exit"`
	OK      bool            `json:"ok"`
	Origin  string          `json:"origin"`
	Entries int64           `json:"entries"`
	Root    string          `json:"root,omitempty"`
	Believe string          `json:"believe"` // whose keys were believed: the caller's, or the database's own
	Fault   *auditFaultJSON `json:"fault,omitempty"`
	Entry   *auditEntryJSON `json:"entry,omitempty"`
}

type auditFaultJSON struct {
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	What  string `json:"what"`
}

func (a *app) auditVerify(c *cobra.Command, f homeFlags, h *server.House, keys, kept []string) error {
	out := auditVerifyJSON{Version: jsonVersion, Origin: h.Log.Origin, Believe: "given"}
	var tree tlog.Tree
	err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if len(keys) == 0 {
			out.Believe = "database"
			if keys, err = audit.VerifierKeys(tx); err != nil {
				return err
			}
		}
		v, err := audit.Verifiers(keys...)
		if err != nil {
			return err
		}
		tree, err = h.Log.Verify(tx, v, kept...)
		return err
	})
	var fault *audit.Fault
	if errors.As(err, &fault) {
		out.Fault, out.Exit = &auditFaultJSON{fault.First, fault.Last, fault.What}, exitNotAcceptable
	} else if err != nil {
		return err
	}
	out.OK, out.Entries = fault == nil, tree.N
	if out.OK {
		out.Root = tree.Hash.String()
	}
	if f.json {
		if err := a.printJSON(out); err != nil {
			return err
		}
		return done(out.Exit)
	}
	if fault != nil {
		return fault
	}
	a.printf("the log is as it was written: %d entries, root %s\n", out.Entries, out.Root)
	if out.Believe == "database" {
		a.note("the keys were those in the database itself; believe more with --witness FILE (make one with: waxwing audit checkpoint --witness FILE)")
	}
	return nil
}

// auditVerifyProof checks a proof without a home.
func (a *app) auditVerifyProof(c *cobra.Command, f homeFlags, keys []string, path string) error {
	if len(keys) == 0 {
		return usage(c, "a proof is checked with --key FILE or --witness FILE")
	}
	text, err := readAll(path, largestKeyFile)
	if err != nil {
		return err
	}
	v, err := audit.Verifiers(keys...)
	if err != nil {
		return err
	}
	out := auditVerifyJSON{Version: jsonVersion, Believe: "given"}
	out.Origin, _, _ = strings.Cut(keys[0], "+")
	e, tree, err := audit.CheckProof(string(text), out.Origin, v)
	if err != nil {
		return failed(exitNotAcceptable, "compare the key with the log's: waxwing audit checkpoint --json", "%w", err)
	}
	d := describeAuditEntry(e)
	out.OK, out.Entries, out.Root, out.Entry = true, tree.N, tree.Hash.String(), &d
	if f.json {
		return a.printJSON(out)
	}
	a.printf("entry %d is in the log %s of %d entries:\n%s  %s  %s  %s\n", e.Seq, oneLine(out.Origin), tree.N, e.At.Format("2006-01-02 15:04:05"), oneLine(e.Who), oneLine(e.What), oneLine(e.Object))
	return nil
}

func (a *app) auditCheckpointCommand() *cobra.Command {
	var f homeFlags
	var path string
	var newKey bool
	c := &cobra.Command{
		Use: "checkpoint", Short: "Sign the log as it is now, and let a witness keep it",
		Long: "Checkpoint signs the number of entries and the root over them, as C2SP tlog-checkpoint describes, and prints the note. With\n" +
			"--witness it puts it into that file, together with the keys, after comparing the log with what the file had before: a log that was\n" +
			"changed or set back is not signed, and the file stays. Keep that file where the database's owner cannot write.",
		Example: "  waxwing audit checkpoint\n  waxwing audit checkpoint --witness /mnt/witness/waxwing", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.auditCheckpoint(c, f, h, path, newKey) })
		},
	}
	f.add(c)
	c.Flags().StringVar(&path, "witness", "", "witness file to make or to bring up to date")
	c.Flags().BoolVar(&newKey, "accept-new-key", false, "the log has a new signer, and the witness is to believe it")
	return c
}

func (a *app) auditCheckpoint(c *cobra.Command, f homeFlags, h *server.House, path string, newKey bool) error {
	if h.Log.Signer == nil {
		return failed(exitError, "see the vault's keys with: waxwing vault list", "the log has no key to sign with")
	}
	old, err := knownWitness(path)
	if err != nil {
		return err
	}
	if old != nil && newKey {
		old.Keys = append(old.Keys, h.Log.Signer.VerifierKey())
	}
	var w audit.Witness
	err = h.DB.Write(c.Context(), func(tx *db.Tx) (err error) { w, err = h.Log.Witness(tx, old); return err })
	if errors.Is(err, audit.ErrNewSigner) {
		return failed(exitPolicy, "if you know that this is the new key, say so with --accept-new-key", "%w", err)
	}
	if err != nil {
		return err
	}
	if path != "" {
		if err := w.Write(path); err != nil {
			return err
		}
	}
	v, err := w.Verifiers()
	if err != nil {
		return err
	}
	return a.printCheckpoint(f, h, w, v)
}

func (a *app) printCheckpoint(f homeFlags, h *server.House, w audit.Witness, v note.Verifiers) error {
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
