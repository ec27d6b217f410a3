package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/policy"
)

// delivery is a link, those who cannot use it, and the kit.
func (s *stage) delivery(ctx context.Context) error {
	h := s.house
	var link kit.Delivery
	var token string
	err := s.write(ctx, func(tx *db.Tx) (err error) {
		if link, token, err = h.Deliveries.Create(tx, kit.Order{Account: s.applicant.ID, Object: "credential:" + s.app.Credential, By: s.approver.ID}); err != nil {
			return err
		}
		s.app, err = h.RA.Delivered(tx, s.approver, s.app.Ref(), link.ID)
		return err
	})
	if err != nil {
		return err
	}
	s.tell.scene("Alice gets a link, good for her alone, once, for 72 hours.")
	s.tell.fact("Link", "https://pki.example.org/kit/"+token)
	if err := h.DB.Read(ctx, func(tx *db.Tx) error { _, err := h.Deliveries.Look(tx, token); return err }); err != nil {
		return err
	}
	s.tell.fact("✘", "a mail scanner opens it: nothing is released, and the link stays good")
	fetch := func(account string) (*kit.Refusal, error) {
		k, refusal, err := h.Deliveries.Fetch(ctx, h.DB, token, account, func(d kit.Delivery) (*kit.Kit, error) { return s.makeKit(ctx, d) })
		if k != nil {
			s.kit = k
		}
		return refusal, err
	}
	for _, account := range []string{s.clerk.ID, s.applicant.ID, s.applicant.ID} {
		refusal, err := fetch(account)
		switch {
		case err != nil:
			return err
		case refusal != nil:
			s.tell.fact("✘", refusal.Error())
		default:
			s.tell.fact("✔", fmt.Sprintf("%s, %d bytes: %s", s.kit.FileName, len(s.kit.File), kit.Modern.Protection()))
			s.tell.fact("Password", s.kit.Password.Reveal()+", shown once and stored nowhere")
		}
	}
	if s.kit == nil {
		return errors.New("the demo expected that Alice gets her kit")
	}
	if err := s.open(s.kit); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) error {
		refusal, err := h.Deliveries.Confirm(tx, link.ID, s.applicant.ID)
		if refusal != nil {
			return refusal
		}
		if err == nil {
			s.app, err = h.RA.Confirm(tx, s.applicant, s.app.Ref())
		}
		return err
	})
}

func (s *stage) makeKit(ctx context.Context, d kit.Delivery) (*kit.Kit, error) {
	contents, err := s.house.KitContents(ctx, "alice@example.org")
	if err != nil {
		return nil, err
	}
	return s.house.Kit.Make(ctx, contents, kit.Options{Form: d.Form, Now: s.now, By: s.applicant.ID})
}

// open takes Alice's keys out of the kit, as her mail program would.
func (s *stage) open(k *kit.Kit) error {
	b, err := keyfile.Read(k.File, keyfile.Options{Password: []byte(k.Password.Reveal())})
	if err != nil {
		return err
	}
	for _, id := range b.Match() {
		if signer, ok := id.Key.Signer(); ok && s.alice == nil && id.Certificate.Allows(pki.DigitalSignature) {
			s.alice = &player{signer, id.Certificate}
		}
	}
	if s.alice == nil {
		return errors.New("the demo found no key to sign with in the kit")
	}
	s.fake, err = forge(s.alice.cert)
	return err
}

// publish makes the lists of revocations, and gives them to Bob.
func (s *stage) publish(ctx context.Context) error {
	h := s.house
	s.lists.Lists = nil
	var authorities []*ca.Authority
	if err := h.DB.Read(ctx, func(tx *db.Tx) (err error) { authorities, err = ca.Authorities(tx); return err }); err != nil {
		return err
	}
	for _, x := range authorities {
		if _, err := h.CA.BuildCRLs(ctx, h.DB, ca.CRLOptions{Authority: x.ID, By: "cli:demo", All: true}); err != nil {
			return err
		}
		err := h.DB.Read(ctx, func(tx *db.Tx) error {
			for shard := range x.Shards {
				one, err := ca.CurrentCRL(tx, x.ID, shard, false)
				if err != nil {
					return err
				}
				list, err := pki.ParseCRL(one.DER)
				if err != nil {
					return err
				}
				s.lists.Lists = append(s.lists.Lists, list)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// revocation is the end of Alice's certificate, and of what is signed with it.
func (s *stage) revocation(ctx context.Context) error {
	h := s.house
	err := s.write(ctx, func(tx *db.Tx) error {
		_, err := h.RA.Revoke(tx, s.applicant, s.app.Credential, "key-compromise", "laptop stolen")
		return err
	})
	if err != nil {
		return err
	}
	if err := s.publish(ctx); err != nil {
		return err
	}
	s.tell.scene("Alice's laptop is stolen, and she revokes. A mail that the thief signs with her key:")
	return s.verdict(ctx, s.signed, policy.Revoked)
}

// memory is the log of all this, verified.
func (s *stage) memory(ctx context.Context) error {
	h := s.house
	var n int64
	acts := map[string]int{}
	err := h.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := h.Log.Checkpoint(tx); err != nil {
			return err
		}
		keys, err := audit.VerifierKeys(tx)
		if err != nil {
			return err
		}
		v, err := audit.Verifiers(keys...)
		if err != nil {
			return err
		}
		tree, err := h.Log.Verify(tx, v)
		if err != nil {
			return err
		}
		n = tree.N
		clear(acts)
		return audit.List(tx, audit.Query{}, func(e audit.Entry) error { acts[e.What]++; return nil })
	})
	if err != nil {
		return err
	}
	s.tell.scene("All of it is in the log, which nobody can change unseen:")
	s.tell.fact("Entries", fmt.Sprintf("%d, verified to the first: %d papers checked, %d refused acts, %d certificates issued, %d keys exported, %d revoked",
		n, acts["requirement.checked"], acts["act.forbidden"]+acts["delivery.refused"], acts["certificate.issued"], acts["key.exported"], acts["certificate.revoked"]))
	return nil
}
