package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
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
