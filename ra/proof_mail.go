package ra

import (
	"bytes"
	"fmt"
	"regexp"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/eml"
)

// codes are values as spell writes them, with what mail programs put between the groups.
var codes = regexp.MustCompile(`[A-Za-z2-7]{4}(?:[-\x{2010}\x{2011}\s>]{1,6}[A-Za-z2-7]{4}){7}|[A-Za-z2-7]{32}`)

// proofMail writes the mail with a random value. It holds no link: what a scanner opens proves nothing.
func (a *RA) proofMail(one proof, value string) ([]byte, error) {
	name := a.Name
	if name == "" {
		name = "Waxwing"
	}
	at := bytes.LastIndexByte([]byte(a.From), '@')
	to := bytes.LastIndexByte([]byte(one.Address), '@')
	head, err := eml.AppendAddressField(nil, "From", []eml.Address{{Name: name, Local: a.From[:at], Domain: a.From[at+1:]}})
	if err != nil {
		return nil, err
	}
	if head, err = eml.AppendAddressField(head, "To", []eml.Address{{Local: one.Address[:to], Domain: one.Address[to+1:]}}); err != nil {
		return nil, err
	}
	for _, f := range [][2]string{
		{"Subject", "Your code for a certificate: " + spell(value)},
		{"Date", one.Sent.Format(time.RFC1123Z)},
		{"Message-ID", one.Message},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834 §5: nothing answers by itself
		{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "7bit"},
	} {
		if head, err = eml.AppendField(head, f[0], f[1]); err != nil {
			return nil, err
		}
	}
	body := fmt.Sprintf("Somebody applied for a certificate for this address at %s.\r\n\r\n"+
		"If it was you, type this code into the form, or reply to this mail:\r\n\r\n    %s\r\n\r\n"+
		"It is good until %s, once, and for application\r\n%s only.\r\n\r\n"+
		"If it was not you, do nothing: without the code there is no certificate.\r\nTell nobody the code.\r\n",
		name, spell(value), one.Until.Format("2006-01-02 15:04 UTC"), one.Application)
	return append(append(head, "\r\n"...), body...), nil
}

// proofLimit refuses with *Busy when an address got enough mails (AUTHORITY 30).
func proofLimit(tx *db.Tx, address, submitter string) error {
	for _, l := range []struct {
		most  int64
		in    time.Duration
		query string
		args  []any
	}{
		{proofsPerHour, time.Hour, `SELECT count(*) FROM ra_proof WHERE address = $1 AND sent_at > $2`, nil},
		{proofsPerDay, day, `SELECT count(*) FROM ra_proof WHERE address = $1 AND sent_at > $2`, nil},
		{proofsPerPair, time.Hour, `SELECT count(*) FROM ra_proof WHERE address = $1 AND sent_at > $2 AND submitter = $3`, []any{submitter}},
	} {
		n, err := count(tx, l.query, append([]any{address, tx.Now.Add(-l.in)}, l.args...)...)
		if err != nil {
			return err
		}
		if n >= l.most {
			return &Busy{Address: address, After: l.in}
		}
	}
	return nil
}

const proofColumns = `id, application, address, digest, message, sent_at, until_at, tries, used_at`

func scanProof(scan scanner) (one proof, err error) {
	err = scan(&one.ID, &one.Application, &one.Address, &one.Digest, &one.Message, db.Moment(&one.Sent), db.Moment(&one.Until), &one.Tries, db.Moment(&one.Used))
	return one, err
}

func insertProof(tx *db.Tx, one proof, submitter string) error {
	_, err := tx.Exec(`INSERT INTO ra_proof (id, application, address, digest, message, submitter, sent_at, until_at, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		one.ID, one.Application, one.Address, one.Digest, one.Message, submitter, one.Sent, one.Until)
	return err
}

// liveProofs are the values of an application that are still good.
func liveProofs(tx *db.Tx, application string) (list []proof, err error) {
	err = tx.Each(func(scan scanner) error {
		one, err := scanProof(scan)
		list = append(list, one)
		return err
	}, `SELECT `+proofColumns+` FROM ra_proof WHERE application = $1 AND used_at IS NULL AND until_at > $2 AND tries < $3 ORDER BY id`, application, tx.Now, proofTries)
	return list, err
}

func proofByDigest(tx *db.Tx, digest string) (proof, error) {
	return scanProof(tx.Row(`SELECT `+proofColumns+` FROM ra_proof WHERE digest = $1`, digest).Scan)
}
