package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

// personalRead is how the log calls it when somebody looked at personal data.
const personalRead = "personal.read"

func (a *app) auditCommand() *cobra.Command {
	return noun("audit", "What happened, by whom, and the proof of it", "  waxwing audit list\n  waxwing audit verify --witness /mnt/witness/waxwing",
		a.auditListCommand(), a.auditShowCommand(), a.auditVerifyCommand(), a.auditCheckpointCommand(), a.auditProveCommand())
}

// auditEntryJSON is one entry of the audit log in JSON.
type auditEntryJSON struct {
	Seq      int64           `json:"seq"`
	At       time.Time       `json:"at"`
	Who      string          `json:"who"`
	What     string          `json:"what"`
	Object   string          `json:"object,omitempty"`
	Details  json.RawMessage `json:"details,omitempty"`
	Document string          `json:"document,omitempty"`
	Personal string          `json:"personal,omitempty"`
	Hash     string          `json:"hash"`
}

func describeAuditEntry(e audit.Entry) auditEntryJSON {
	d := auditEntryJSON{Seq: e.Seq, At: e.At, Who: e.Who, What: e.What, Object: e.Object, Document: e.Document, Personal: string(e.Personal), Hash: e.Hash().String()}
	if string(e.Details) != "{}" && json.Valid(e.Details) {
		d.Details = e.Details
	}
	return d
}

func (a *app) auditListCommand() *cobra.Command {
	var f homeFlags
	var q audit.Query
	var since, until string
	var all bool
	c := &cobra.Command{
		Use: "list", Short: "Show what happened, the latest first",
		Long: "List shows entries of the audit log, the latest first, or with --from from that entry on. The flags choose those that fit all\n" +
			"of them. With --json there is one object a line.",
		Example: "  waxwing audit list\n  waxwing audit list --what certificate.issued --since 2026-11-01\n  waxwing audit list --object application:01J9ZQ0T1M --json",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if q.Since, err = moment(c, "since", since, time.Time{}); err != nil {
				return err
			}
			if q.Until, err = moment(c, "until", until, time.Time{}); err != nil {
				return err
			}
			q.Latest = !c.Flags().Changed("from")
			if all {
				q.Most = 0
			}
			return a.auditList(c, f, q)
		},
	}
	f.add(c)
	f.addSealed(c)
	fl := c.Flags()
	fl.Int64Var(&q.From, "from", 0, "begin at this entry and go forward")
	fl.Int64Var(&q.Most, "most", 50, "how many entries at most")
	fl.BoolVar(&all, "all", false, "all that fit")
	fl.StringVar(&q.Who, "who", "", "done by this one, as cli:root")
	fl.StringVar(&q.What, "what", "", "this act, as certificate.issued")
	fl.StringVar(&q.Object, "object", "", "on this object, as certificate:01J9ZQ0T1M")
	fl.StringVar(&since, "since", "", "from this moment on")
	fl.StringVar(&until, "until", "", "before this moment")
	return c
}

func (a *app) auditList(c *cobra.Command, f homeFlags, q audit.Query) error {
	return a.house(c.Context(), f, func(h *server.House) error {
		lines := json.NewEncoder(a.out)
		lines.SetEscapeHTML(false)
		n := 0
		err := h.DB.Read(c.Context(), func(tx *db.Tx) error {
			return audit.List(tx, q, func(e audit.Entry) error {
				n++
				if f.json {
					return lines.Encode(describeAuditEntry(e))
				}
				_, err := fmt.Fprintf(a.out, "%6d  %s  %-20s %-28s %s\n", e.Seq, e.At.Format("2006-01-02 15:04:05"), oneLine(e.Who), oneLine(e.What), oneLine(e.Object))
				return err
			})
		})
		if err == nil && n == 0 && !f.json {
			a.note("no entry fits")
		}
		return err
	})
}

func (a *app) auditShowCommand() *cobra.Command {
	var f homeFlags
	var personal bool
	c := &cobra.Command{
		Use: "show N", Short: "Show one entry with all that it says",
		Long: "Show prints an entry of the audit log. Personal data stays sealed unless --personal asks for it, and then the look itself is\n" +
			"entered in the log.",
		Example: "  waxwing audit show 17\n  waxwing audit show --personal --json 17", Args: oneEntry,
		RunE: func(c *cobra.Command, args []string) error {
			seq, err := entryNumber(c, args[0])
			if err != nil {
				return err
			}
			return a.house(c.Context(), f, func(h *server.House) error { return a.auditShow(c, f, h, seq, personal) })
		},
	}
	f.add(c)
	c.Flags().BoolVar(&personal, "personal", false, "open its personal data too")
	return c
}

// oneEntry takes the number of an entry.
func oneEntry(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(c, "name one entry by its number; see them with: waxwing audit list")
	}
	return nil
}

func entryNumber(c *cobra.Command, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, usage(c, "%q is no number of an entry", s)
	}
	return n, nil
}

func (a *app) auditShow(c *cobra.Command, f homeFlags, h *server.House, seq int64, personal bool) error {
	run := h.DB.Read
	if personal {
		run = h.DB.Write
	}
	var list []audit.Entry
	if err := run(c.Context(), func(tx *db.Tx) (err error) {
		list, err = findEntry(tx, seq)
		if err != nil || len(list) == 0 || !personal || list[0].Document == "" {
			return err
		}
		if list[0].Personal, err = h.Log.Personal(tx, list[0]); err != nil {
			return err
		}
		_, err = h.Log.Append(tx, audit.Entry{Who: actor(), What: personalRead, Object: list[0].Document, Details: fmt.Appendf(nil, `{"entry":%d}`, seq)})
		return err
	}); err != nil {
		return err
	}
	if len(list) == 0 {
		return failed(exitError, "see them with: waxwing audit list", "there is no entry %d", seq)
	}
	d := describeAuditEntry(list[0])
	if f.json {
		return a.printJSON(d)
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.paint("1", fmt.Sprintf("%d %s", d.Seq, oneLine(d.What))))
	p.fact("When", d.At.Format(time.RFC3339Nano))
	p.fact("Who", d.Who)
	p.fact("Object", d.Object)
	p.fact("Details", string(d.Details))
	p.fact("Document", d.Document)
	switch {
	case d.Personal != "":
		p.fact("Personal", d.Personal)
	case d.Document != "":
		p.fact("Personal", "sealed; --personal opens it, and the log will say so")
	}
	p.fact("Hash", d.Hash)
	a.printf("%s", p.text.String())
	return nil
}

// findEntry returns one entry, or none.
func findEntry(tx *db.Tx, seq int64) (list []audit.Entry, err error) {
	err = audit.List(tx, audit.Query{From: seq, Most: 1}, func(e audit.Entry) error {
		if e.Seq == seq {
			list = append(list, e)
		}
		return nil
	})
	return list, err
}
