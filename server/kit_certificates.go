package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// KitCertificates returns the certificates in use of whoever holds an address, the newest first, and those of the authorities above:
// all there is to give to a person who made the keys and kept them.
func (h *House) KitCertificates(ctx context.Context, address string) (own, chain []*pki.Certificate, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := ca.Find(tx, ca.Query{Address: address, State: ca.Valid, Limit: 1000})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%w: no certificate was issued for %s", errNoKit, address)
		}
		list = ofHolder(list)
		slices.Reverse(list)
		for _, row := range list {
			status, err := ca.Status(tx, row.ID)
			if err != nil {
				return err
			}
			if status.Counts() || tx.Now.After(row.NotAfter) {
				continue
			}
			x, err := row.Parsed()
			if err != nil {
				return err
			}
			own = append(own, x)
			if chain, err = above(tx, row.Authority, chain); err != nil {
				return err
			}
		}
		if len(own) == 0 {
			return fmt.Errorf("%w: every certificate for %s has ended or was revoked", errNoKit, address)
		}
		return nil
	})
	return own, chain, err
}
