package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
)

// supply says in a transaction that a document answers a requirement.
func supply(c *cobra.Command, h *server.House, w ra.Actor, application, requirement, document string) func(tx *db.Tx) error {
	return func(tx *db.Tx) error {
		d := &desk{House: h, c: c, tx: tx, who: w}
		id, err := d.requirement(application, requirement)
		if err != nil {
			return err
		}
		_, err = h.RA.Supply(tx, w, id, document, "")
		return err
	}
}

// fileMailer writes mails into a file, for others to send.
type fileMailer struct {
	a    *app
	path string
}

// Send implements ra.Mailer.
func (m fileMailer) Send(_ context.Context, one ra.Mail) error {
	o, err := m.a.create(m.path, true)
	if err != nil {
		return err
	}
	_, err = o.Write(one.Raw)
	return o.finish(err)
}

// sendmail hands mails to the machine's mail system.
type sendmail struct{ program string }

// Send implements ra.Mailer.
func (m sendmail) Send(ctx context.Context, one ra.Mail) error {
	c := exec.CommandContext(ctx, m.program, "-i", "-f", one.From, "--", one.To)
	c.Stdin = bytes.NewReader(bytes.ReplaceAll(one.Raw, []byte("\r\n"), []byte("\n")))
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", m.program, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// proofFlags are those of request proof.
type proofFlags struct {
	deskFlags
	address, from, mail, code, reply string
}

func (a *app) requestProofCommand() *cobra.Command {
	var f proofFlags
	c := &cobra.Command{
		Use: "proof APPLICATION", Short: "Prove a mailbox: get a code by mail, and give it back",
		Long: "Proof sends a code to an address of the application (160 bits, good for 24 hours, once). Give it back with --code-file, or let the reply be\n" +
			"read with --reply. A proof holds for 30 days.\nIt ends with 8 when the code is wrong, and with 9 when the address got enough mails for now.",
		Example: "  waxwing request proof 01KB0000000000000000000000 --address ada@acme.example\n  waxwing request proof 01KB0000000000000000000000 --code-file code.txt\n  waxwing request proof 01KB0000000000000000000000 --reply reply.eml",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.requestProof(c, h, f, args[0]) })
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.address, "address", "", "send a code to this address")
	fl.StringVar(&f.from, "from", "", "with --address: the address that the mail comes from; also WAXWING_FROM")
	fl.StringVar(&f.mail, "mail", "", "with --address: write the mail into this file instead of sending it (sendmail)")
	fl.StringVar(&f.code, "code-file", "", "file with the code that came; - is standard input")
	fl.StringVar(&f.reply, "reply", "", "file with the mail that answers")
	return c
}

func (a *app) requestProof(c *cobra.Command, h *server.House, f proofFlags, id string) error {
	n := 0
	for _, s := range []string{f.address, f.code, f.reply} {
		if s != "" {
			n++
		}
	}
	if n != 1 {
		return usage(c, "take one of --address, --code-file and --reply")
	}
	w, err := f.who(c, h, true)
	if err != nil {
		return a.deskError(err, f.json)
	}
	if f.address != "" {
		h.RA.From = cmp.Or(f.from, os.Getenv("WAXWING_FROM"))
		if h.RA.From == "" {
			return usage(c, "say from which address the mail comes: --from ADDRESS or WAXWING_FROM")
		}
		var mailer ra.Mailer = sendmail{"/usr/sbin/sendmail"}
		if f.mail != "" {
			mailer = fileMailer{a, f.mail}
		}
		if err := h.RA.SendProof(c.Context(), h.DB, mailer, w, id, f.address); err != nil {
			return a.deskError(err, f.json)
		}
		return a.deskAnswer(say(map[string]string{"sent": f.address}, "a code went to %s; it is good for 24 hours", f.address), f.json)
	}
	r, no, err := a.answerProof(c, h, f, w, id)
	if err == nil && no != nil {
		err = no
	}
	if err != nil {
		return a.deskError(err, f.json)
	}
	return a.deskAnswer(r, f.json)
}

// answerProof gives a code back. A wrong one counts, so the transaction is committed.
func (a *app) answerProof(c *cobra.Command, h *server.House, f proofFlags, w ra.Actor, id string) (r ra.Requirement, no *ra.Refused, err error) {
	path := cmp.Or(f.code, f.reply)
	var src io.Reader = a.in
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return r, nil, err
		}
		defer file.Close()
		src = file
	}
	data, err := io.ReadAll(io.LimitReader(src, 1<<20))
	if err != nil {
		return r, nil, err
	}
	err = h.RA.Do(c.Context(), h.DB, func(tx *db.Tx) (err error) {
		if f.reply != "" {
			r, no, err = h.RA.Reply(tx, bytes.NewReader(data))
			return err
		}
		r, no, err = h.RA.Answer(tx, w, id, string(data))
		return err
	})
	return r, no, errors.Join(err)
}
