package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
)

// found makes the house and hires its officers.
func (s *stage) found(ctx context.Context, dir string) (err error) {
	s.house, err = server.Create(ctx, server.Options{Dir: dir, By: "cli:demo", Origin: "example.org/audit"})
	if err != nil {
		return homeError(homeFlags{dir: dir}, err)
	}
	h := s.house
	h.CA.PublicTrust, h.RA.From, h.RA.Name = true, "desk@example.org", "Example Trust"
	root, issuing, err := h.CA.Init(ctx, h.DB, ca.InitOptions{Generate: h.AuthorityKey("cli:demo"), By: "cli:demo", Name: "Example", Organization: "Example Trust", URL: "http://pki.example.org",
		Approvers: []string{"ceremony:olga", "ceremony:otto"}})
	if err != nil {
		return err
	}
	for _, x := range []*ca.Authority{root, issuing} {
		cert, err := x.Parsed()
		if err != nil {
			return err
		}
		s.chain = append(s.chain, cert)
	}
	s.anchors = chain.NewAnchors(chain.Anchor{Certificate: s.chain[0]})
	s.tell.scene("An authority is founded: a root, an issuing authority, a vault for keys, a log that cannot be changed unseen.")
	for _, c := range s.chain {
		s.tell.fact("Authority", c.Subject.CommonName()+", "+c.KeyInfo.Name+", until "+c.NotAfter.Format(time.DateOnly))
	}
	return s.hire(ctx)
}

// hire gives everybody a role. Nobody has two that must be apart.
func (s *stage) hire(ctx context.Context) error {
	h := s.house
	root := ra.Actor{ID: "cli:demo", Name: "demo"}
	if err := s.write(ctx, func(tx *db.Tx) error {
		if _, err := h.RA.AddUser(tx, root, "olga", "Olga"); err != nil {
			return err
		}
		return h.RA.Grant(tx, root, "olga", ra.Grant{Role: ra.SecurityOfficer})
	}); err != nil {
		return err
	}
	return s.write(ctx, func(tx *db.Tx) (err error) {
		if s.officer, err = h.RA.Actor(tx, "olga"); err != nil {
			return err
		}
		for _, p := range []struct {
			login string
			role  ra.Role
			into  *ra.Actor
		}{{"clara", ra.Clerk, &s.clerk}, {"sven", ra.Specialist, &s.specialist}, {"sven", ra.Approver, &s.specialist}, {"anna", ra.Approver, &s.approver}, {"rolf", ra.RevocationOfficer, &s.revoker}, {"alice", "", &s.applicant}} {
			_, err := h.RA.Actor(tx, p.login)
			if err != nil {
				if _, err = h.RA.AddUser(tx, s.officer, p.login, strings.ToUpper(p.login[:1])+p.login[1:]); err != nil {
					return err
				}
			}
			if p.role != "" {
				if err := h.RA.Grant(tx, s.officer, p.login, ra.Grant{Role: p.role}); err != nil {
					return err
				}
			}
			if *p.into, err = h.RA.Actor(tx, p.login); err != nil {
				return err
			}
		}
		return nil
	})
}

// application is Alice's, with her passport.
func (s *stage) application(ctx context.Context) error {
	h := s.house
	err := s.write(ctx, func(tx *db.Tx) error {
		org, err := h.RA.AddOrganisation(tx, s.clerk, ra.Organisation{Name: "Example GmbH", Identifier: "NTRDE-DER3306.HRB12345", Country: "DE"})
		if err != nil {
			return err
		}
		s.app, err = h.RA.Apply(tx, s.applicant, ra.NewApplication{Profile: "sponsor-strict", Organisation: org.ID, Terms: ra.Terms,
			Subject: ca.Subject{GivenName: "Alice", Surname: "Example"}, Addresses: []string{"alice@example.org"}})
		if err != nil {
			return err
		}
		s.app, err = h.RA.Submit(tx, s.applicant, s.app.Ref())
		if err == nil {
			s.applicant, err = h.RA.Actor(tx, "alice") // who is now known to be the person of her application
		}
		return err
	})
	if err != nil {
		return err
	}
	s.tell.scene("Alice, who works at Example GmbH, applies for a certificate for alice@example.org.")
	s.tell.fact("State", string(s.app.State))
	needs, err := s.needs(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range needs {
		if r.State != ra.ReqSatisfied {
			names = append(names, r.Kind)
		}
	}
	s.tell.fact("Asks for", strings.Join(names, ", "))
	_, err = s.upload(ctx, "passport.svg", []byte("<svg/>"))
	var no *ra.Refused
	if !errors.As(err, &no) {
		return fmt.Errorf("the demo expected that an active document is refused: %v", err)
	}
	s.tell.fact("Refused", "passport.svg: "+no.Refusals[0].What+"; "+no.Refusals[0].Fix)
	return s.passport(ctx)
}

func (s *stage) upload(ctx context.Context, name string, data []byte) (ra.Document, error) {
	return s.house.RA.Upload(ctx, s.house.DB, s.applicant, ra.NewDocument{Application: s.app.ID, Name: name, Size: int64(len(data))}, bytes.NewReader(data))
}

// passport brings a picture of one.
func (s *stage) passport(ctx context.Context) error {
	picture := image.NewGray(image.Rect(0, 0, 300, 200))
	for i := range picture.Pix {
		picture.Pix[i] = color.Gray{Y: uint8(i * i >> 7)}.Y
	}
	var scan bytes.Buffer
	if err := png.Encode(&scan, picture); err != nil {
		return err
	}
	document, err := s.upload(ctx, "passport.png", scan.Bytes())
	if err != nil {
		return err
	}
	s.tell.fact("Document", fmt.Sprintf("%s, %d bytes, sealed under a key of its own", document.Name, document.Size))
	return s.each(ctx, func(tx *db.Tx, r ra.Requirement) error {
		if r.Kind != "individual" {
			return nil
		}
		_, err := s.house.RA.Supply(tx, s.clerk, r.ID, document.ID, "")
		return err
	})
}

// needs are the requirements of the application, as the specialist sees them.
func (s *stage) needs(ctx context.Context) (list []ra.Requirement, err error) {
	err = s.house.DB.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = s.house.RA.Requirements(tx, s.specialist, s.app.ID)
		return err
	})
	return list, err
}

// each does something for every requirement.
func (s *stage) each(ctx context.Context, f func(tx *db.Tx, r ra.Requirement) error) error {
	list, err := s.needs(ctx)
	for _, r := range list {
		if err == nil {
			err = s.write(ctx, func(tx *db.Tx) error { return f(tx, r) })
		}
	}
	return err
}

// mailbox keeps the mails that the desk sends.
type mailbox struct{ mails []ra.Mail }

// Send keeps a mail.
func (m *mailbox) Send(_ context.Context, one ra.Mail) error {
	m.mails = append(m.mails, one)
	return nil
}

var demoCode = regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){7}`)

// review is the work of two officers, and of Alice, who proves her mailbox.
func (s *stage) review(ctx context.Context) error {
	h := s.house
	s.tell.scene("Sven checks the papers; the desk sends a code to the mailbox, and Alice answers it.")
	evidence := map[string]ra.Evidence{
		"individual":   {Kind: "passport", Issuer: "DE", Number: "C01X00T47", Expires: s.now.AddDate(5, 0, 0), Source: "document of the application"},
		"organization": {Kind: "register", Issued: s.now, Source: "https://www.unternehmensregister.de"},
		"authority":    {Kind: "reliable-contact", Source: "called the number in the register"},
		"affiliation":  {Kind: "reliable-contact", Source: "called the number in the register"},
	}
	err := s.each(ctx, func(tx *db.Tx, r ra.Requirement) error {
		e, ok := evidence[r.Kind]
		if !ok || r.State == ra.ReqSatisfied {
			return nil
		}
		r, err := h.RA.Check(tx, s.specialist, r.ID, ra.CheckRecord{Result: ra.Passed, Evidence: e})
		s.tell.fact("✔", fmt.Sprintf("%s by %s (%s)", r.Kind, e.Kind, r.Section))
		return err
	})
	if err != nil {
		return err
	}
	if err := h.RA.SendProof(ctx, h.DB, &s.post, s.applicant, s.app.ID, "alice@example.org"); err != nil {
		return err
	}
	code := string(demoCode.Find(s.post.mails[0].Raw))
	err = s.write(ctx, func(tx *db.Tx) error {
		r, no, err := h.RA.Answer(tx, s.applicant, s.app.ID, code)
		if no != nil {
			return no
		}
		s.tell.fact("✔", fmt.Sprintf("%s by the code %.9s... (%s)", r.Kind, code, r.Section))
		return err
	})
	if err != nil {
		return err
	}
	return s.approval(ctx)
}

// approval shows who may not, and then who may.
func (s *stage) approval(ctx context.Context) error {
	s.tell.scene("Another pair of eyes approves. Alice herself cannot, nor Sven, who checked:")
	for _, who := range []ra.Actor{s.applicant, s.specialist} {
		err := s.approve(ctx, who)
		var no *ra.Forbidden
		if !errors.As(err, &no) {
			return fmt.Errorf("the demo expected that %s may not approve: %v", who.Name, err)
		}
		s.tell.fact("✘", who.Name+": "+no.Why)
	}
	if err := s.approve(ctx, s.approver); err != nil {
		return err
	}
	s.tell.fact("✔", fmt.Sprintf("%s: %s, bound to the hash %.16s... of what she saw", s.approver.Name, s.app.State, s.app.Hash))
	return nil
}

func (s *stage) approve(ctx context.Context, who ra.Actor) error {
	return s.write(ctx, func(tx *db.Tx) error {
		p, err := s.house.RA.Approve(tx, who, ra.Ref{ID: s.app.ID}, "")
		if err == nil {
			s.app = p
		}
		return err
	})
}

// issue makes Alice's pair, and certificates for Bob and Mallory.
func (s *stage) issue(ctx context.Context) error {
	app, issued, err := s.house.RA.Order(ctx, s.house.DB, s.approver, s.app.ID)
	if err != nil {
		return err
	}
	s.app = app
	s.tell.scene("The authority issues: recorded before it is signed, looked at by the linter, compared with what was approved.")
	var last *pki.Certificate
	for _, c := range issued {
		if last, err = c.Parsed(); err != nil {
			return err
		}
		s.tell.fact("Issued", fmt.Sprintf("%s, %s, %s, until %s", last.Subject.Display(), last.KeyUsage, last.KeyInfo.Name, last.NotAfter.Format(time.DateOnly)))
	}
	if s.bob, err = s.order(ctx, "Bob", "bob@example.net"); err != nil {
		return err
	}
	if s.mallory, err = s.order(ctx, "Mallory", "mallory@example.com"); err != nil {
		return err
	}
	return s.publish(ctx)
}
