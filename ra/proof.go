package ra

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// ProofTime is how long the random value of a mail is good (S/MIME BR §3.2.2.2).
const ProofTime = 24 * time.Hour

// The limits of mails, so that nobody is flooded by the applications of others.
const (
	proofsPerHour = 12 // to one address
	proofsPerDay  = 40
	proofsPerPair = 3 // an hour, to one address for one submitter
	proofTries    = 10
)

// Mail is one mail to be sent, with its envelope.
type Mail struct {
	From, To string
	Raw      []byte // RFC 5322, CRLF
}

// Mailer sends mail. The caller brings one.
type Mailer interface {
	// Send hands a mail to the mail system, or returns why it could not.
	Send(ctx context.Context, m Mail) error
}

// Busy says that too many mails went to an address; the same request is good later.
type Busy struct {
	Address string
	After   time.Duration // how long to wait
}

// Error implements error.
func (b *Busy) Error() string {
	return fmt.Sprintf("%s got enough mails from here for now: try again in %s", b.Address, b.After.Round(time.Minute))
}

// proof is one random value. The database has its hash.
type proof struct {
	ID, Application, Address, Digest, Message string
	Sent, Until, Used                         time.Time
	Tries                                     int64
}

// Challenge makes a random value for a mailbox of an application, and the mail that carries it: 160 bits, for this address and this
// application only, good for a day, once (S/MIME BR §3.2.2.2). An older value for the same is worthless from now on.
func (a *RA) Challenge(tx *db.Tx, who Actor, application, address string) (Mail, error) {
	p, err := a.open(tx, who, DoProve, Ref{ID: application})
	if err != nil {
		return Mail{}, err
	}
	if a.From == "" {
		return Mail{}, errors.New("this house has no address to send mails from: set RA.From")
	}
	if !slices.Contains(p.Addresses, address) {
		return Mail{}, refuse("proof.address", "S/MIME BR §3.2.2.2", "address", address, "this application is not about this address", "take one of "+strings.Join(p.Addresses, ", "))
	}
	if err := proofLimit(tx, address, p.Submitter); err != nil {
		return Mail{}, err
	}
	random := make([]byte, 20) // S/MIME BR §3.2.2.2: at least 112 bits; here 160
	if _, err := rand.Read(random); err != nil {
		return Mail{}, err
	}
	value := base32.StdEncoding.EncodeToString(random)
	one := proof{ID: tx.NewID(), Application: p.ID, Address: address, Digest: digest(value), Sent: tx.Now, Until: tx.Now.Add(ProofTime)}
	one.Message = "<" + one.ID + "@" + domainOf(a.From) + ">"
	if _, err := tx.Exec(`UPDATE ra_proof SET until_at = $3 WHERE application = $1 AND address = $2 AND used_at IS NULL AND until_at > $3`, p.ID, address, tx.Now); err != nil {
		return Mail{}, err
	}
	if err := insertProof(tx, one, p.Submitter); err != nil {
		return Mail{}, err
	}
	raw, err := a.proofMail(one, value)
	if err != nil {
		return Mail{}, err
	}
	err = a.log(tx, who.ID, "proof.sent", p.name(), details{"proof": one.ID, "until": one.Until, "br": BR})
	return Mail{From: a.From, To: address, Raw: raw}, err
}

// SendProof makes a challenge and hands the mail on.
func (a *RA) SendProof(ctx context.Context, d *db.DB, mailer Mailer, who Actor, application, address string) error {
	var m Mail
	err := a.Do(ctx, d, func(tx *db.Tx) (err error) { m, err = a.Challenge(tx, who, application, address); return err })
	if err != nil {
		return err
	}
	if err := mailer.Send(ctx, m); err != nil {
		return fmt.Errorf("send the proof to %s: %w", address, err)
	}
	return nil
}

func digest(value string) string {
	sum := sha256.Sum256([]byte("waxwing mailbox proof " + value))
	return hex.EncodeToString(sum[:])
}

// spell writes a value in groups of four, which people can copy.
func spell(value string) string {
	var b strings.Builder
	for i, c := range value {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// unspell takes what people typed, or what a mail program made of it.
func unspell(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z' || r >= '2' && r <= '7':
			return r
		case r >= 'a' && r <= 'z':
			return r - 32
		}
		return -1
	}, text)
}

// Answer takes the random value back from whoever applied: it proves the mailbox for 30 days. Ten wrong answers make it worthless.
// A wrong or late answer is *Refused; the count of tries is kept, so the caller commits.
func (a *RA) Answer(tx *db.Tx, who Actor, application, code string) (Requirement, *Refused, error) {
	p, err := a.open(tx, who, DoProve, Ref{ID: application})
	if err != nil {
		return Requirement{}, nil, err
	}
	return a.answer(tx, who, p, "", unspell(code))
}

// answer looks for the value among those of the application, and of one address if that is known.
func (a *RA) answer(tx *db.Tx, who Actor, p Application, address, value string) (Requirement, *Refused, error) {
	list, err := liveProofs(tx, p.ID)
	if err != nil {
		return Requirement{}, nil, err
	}
	for _, one := range list {
		if address != "" && one.Address != address {
			continue
		}
		if subtle.ConstantTimeCompare([]byte(one.Digest), []byte(digest(value))) == 1 {
			r, err := a.proven(tx, who, p, one)
			return r, nil, err
		}
	}
	if _, err := tx.Exec(`UPDATE ra_proof SET tries = tries + 1 WHERE application = $1 AND used_at IS NULL`, p.ID); err != nil {
		return Requirement{}, nil, err
	}
	no := &Refused{[]Refusal{{Code: "proof.wrong", Section: "S/MIME BR §3.2.2.2", Field: "code", What: "this is no code that is good for this application now", Fix: "copy it from the newest mail; it is good for 24 hours, once, and for ten tries. A new one: waxwing request proof"}}}
	return Requirement{}, no, a.log(tx, who.ID, "proof.wrong", p.name(), nil)
}

// proven records the control of a mailbox.
func (a *RA) proven(tx *db.Tx, who Actor, p Application, one proof) (Requirement, error) {
	if _, err := tx.Exec(`UPDATE ra_proof SET used_at = $2 WHERE id = $1`, one.ID, tx.Now); err != nil {
		return Requirement{}, err
	}
	n := Need{Kind: "mailbox", Subject: "mailbox:" + one.Address}
	r, err := a.satisfyNext(tx, who, n, answer{method: "random-value", section: "S/MIME BR §3.2.2.2", source: "proof " + one.ID + " of application " + p.ID})
	if err != nil {
		return r, err
	}
	return r, a.settleSubject(tx, who, n.Subject)
}

// Reply takes the mail that answers a challenge: its From must be the address, and the value stands in its subject or text. Who wrote it
// is what the mail says; whoever has the value has read the mail, which is what proves the mailbox. An answer that fits nothing is *Refused.
func (a *RA) Reply(tx *db.Tx, src eml.Source) (Requirement, *Refused, error) {
	m, err := eml.Parse(src, limit.New(limit.Limits{}))
	if err != nil {
		return Requirement{}, nil, err
	}
	from := m.Root.Header.Addresses("From").Addresses
	text := eml.DecodeWords(m.Root.Header.Get("Subject")) + "\n"
	for part := range m.Parts() {
		if part.Type.Is("text/plain") {
			body, err := io.ReadAll(io.LimitReader(part.Decoded(), 64<<10))
			if err != nil {
				return Requirement{}, nil, err
			}
			text += string(body)
		}
	}
	no := func(what, fix string) (Requirement, *Refused, error) {
		return Requirement{}, &Refused{[]Refusal{{Code: "proof.reply", Section: "S/MIME BR §3.2.2.2", Field: "reply", What: what, Fix: fix}}}, nil
	}
	if len(from) != 1 {
		return no("the reply does not come from one address", "reply from the mailbox itself")
	}
	for _, word := range codes.FindAllString(text, 20) {
		one, err := proofByDigest(tx, digest(unspell(word)))
		if errors.Is(err, db.ErrNone) {
			continue
		}
		if err != nil {
			return Requirement{}, nil, err
		}
		if !strings.EqualFold(one.Address, from[0].Addr()) {
			return no("the value was sent to another address than the reply comes from", "reply from the mailbox itself, or type the code into the form")
		}
		p, err := applicationByID(tx, one.Application)
		if err != nil {
			return Requirement{}, nil, err
		}
		return a.answer(tx, House, p, one.Address, unspell(word))
	}
	return no("there is no code of ours in the reply", "leave the code in the reply, or type it into the form")
}
