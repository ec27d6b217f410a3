package kit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// making is how long the making of one kit may take; after that a node has died over it, and the link is good again.
const making = 2 * time.Minute

// mostWrong is after how many tries from other accounts a delivery is withdrawn: somebody else has the link.
const mostWrong = 5

// Fetch is the button: for the account that is logged in, it has the kit made and uses the link up. The link is good again
// when make fails, and two minutes after a crash in between: it is used when the kit was handed out, not before. A refusal is no
// error: what is noted about it is kept. make is called outside of any transaction.
func (s *Deliveries) Fetch(ctx context.Context, d *db.DB, token, account string, make func(Delivery) (*Kit, error)) (*Kit, *Refusal, error) {
	var mine Delivery
	var refusal *Refusal
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		mine, refusal, err = s.begin(tx, token, account)
		return err
	})
	if err != nil || refusal != nil {
		return nil, refusal, err
	}
	k, err := make(mine)
	end := Opened
	if err != nil {
		end = Waiting
	}
	// The end is noted also when the caller went away meanwhile.
	noted := d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return s.end(tx, mine, account, end) })
	if err := errors.Join(err, noted); err != nil {
		return nil, nil, err
	}
	return k, nil, nil
}

// begin claims a link for an account.
func (s *Deliveries) begin(tx *db.Tx, token, account string) (Delivery, *Refusal, error) {
	d, refusal, err := s.find(tx, token)
	if err != nil || d.ID == "" {
		return Delivery{}, refusal, err
	}
	if account == "" {
		account = "nobody" // who is not logged in is noted too
	}
	if d.Account != account {
		return Delivery{}, refuse(RefusedAccount), s.wrong(tx, d, account)
	}
	if refusal != nil {
		return Delivery{}, refusal, s.note(tx, d, account, "delivery.refused", map[string]any{"code": refusal.Code})
	}
	d.State, d.Opened = Opening, tx.Now
	return d, nil, updateDelivery(tx, d)
}

// end notes that a kit was made, or that it was not. Whoever lost his claim by being slow gives nothing out.
func (s *Deliveries) end(tx *db.Tx, mine Delivery, account string, to State) error {
	d, ok, err := deliveryByID(tx, mine.ID)
	if err != nil {
		return err
	}
	if !ok || d.State != Opening || !d.Opened.Equal(mine.Opened) {
		return fmt.Errorf("delivery %s was taken over while the kit was made", mine.ID)
	}
	what := "delivery.opened"
	if d.State = to; to == Waiting {
		what, d.Opened = "delivery.failed", time.Time{}
	} else {
		d.Opened = tx.Now
	}
	if err := updateDelivery(tx, d); err != nil {
		return err
	}
	return s.note(tx, d, account, what, map[string]any{"object": d.Object})
}

// find looks a link up. The delivery is empty for an unknown one.
func (s *Deliveries) find(tx *db.Tx, token string) (Delivery, *Refusal, error) {
	d, ok, err := deliveryByHash(tx, hashOf(token))
	if err != nil || !ok {
		return Delivery{}, refuse(RefusedUnknown), err
	}
	switch {
	case d.State == Opened || d.State == Confirmed, d.State == Opening && tx.Now.Before(d.Opened.Add(making)):
		return d, refuse(RefusedUsed), nil
	case d.State == Withdrawn:
		return d, refuse(RefusedWithdrawn), nil
	case d.State == Expired || !tx.Now.Before(d.Expires):
		return d, refuse(RefusedExpired), nil
	}
	return d, nil, nil
}

// wrong counts a try from another account.
func (s *Deliveries) wrong(tx *db.Tx, d Delivery, account string) error {
	d.Wrong++
	if err := updateDelivery(tx, d); err != nil {
		return err
	}
	if err := s.note(tx, d, account, "delivery.refused", map[string]any{"code": RefusedAccount, "tries": d.Wrong}); err != nil {
		return err
	}
	if d.State == Waiting && d.Wrong >= mostWrong {
		return s.close(tx, d, Withdrawn, "waxwing", "too many tries from other accounts")
	}
	return nil
}
