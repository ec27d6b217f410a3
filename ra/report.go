package ra

import (
	"errors"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// ReportState is where a report of a problem stands.
type ReportState string

// The states of a report.
const (
	Reported ReportState = "reported" // the clocks run
	Triaged  ReportState = "triage"   // the first findings went to the reporter and the subscriber
	Decided  ReportState = "decided"
)

// Report is what somebody says about a certificate that ought not to be trusted (S/MIME BR §4.9.3, §4.9.5).
type Report struct {
	ID          string      `json:"id"`
	Credential  string      `json:"credential,omitempty"`
	Certificate string      `json:"certificate,omitempty"` // id, as the reporter named it
	Cause       string      `json:"cause"`                 // name of a ca.Cause
	Path        string      `json:"path"`                  // how it was authenticated: anonymous, login, possession
	By          string      `json:"by"`                    // Actor.ID; "anonymous"
	State       ReportState `json:"state"`
	Received    time.Time   `json:"received"`
	Escalate    time.Time   `json:"escalate"` // half of the time for the first findings
	Findings    time.Time   `json:"findings"` // until when the reporter and the subscriber have the first findings: 24 hours
	Deadline    time.Time   `json:"deadline"` // until when the certificate has to be revoked, if the report is right
	Triage      string      `json:"triage,omitempty"`
	Decision    string      `json:"decision,omitempty"` // revoke or keep
	Decider     string      `json:"decider,omitempty"`
	Closed      time.Time   `json:"closed,omitzero"`
}

func (r Report) name() string { return "report:" + r.ID }

// NewReport is what the form for problems asks.
type NewReport struct {
	Certificate string // id; the faces find it by serial number or fingerprint
	Cause       string // name of a ca.Cause
	Text        string // what happened, and how to reach the reporter: it is sealed in the log
}

// Anonymous is the actor of those who do not log in.
var Anonymous = Actor{ID: "anonymous", Name: "anonymous"}

// Report takes a report from anybody, and starts the clocks.
func (a *RA) Report(tx *db.Tx, who Actor, n NewReport) (Report, error) {
	cause, ok := ca.CauseNamed(n.Cause)
	if !ok {
		cause, _ = ca.CauseNamed("misuse") // said badly, and to be looked at all the same
	}
	c, err := ca.Get(tx, n.Certificate)
	if err != nil {
		return Report{}, noneIs(err, refuse("report.certificate", "S/MIME BR §4.9.3", "certificate", n.Certificate, "this certificate is not from here", "compare the serial number and the issuer"))
	}
	r := Report{ID: tx.NewID(), Certificate: c.ID, Cause: cause.Name, Path: "login", By: who.ID, State: Reported, Received: tx.Now,
		Escalate: tx.Now.Add(12 * time.Hour), Findings: tx.Now.Add(24 * time.Hour)} // S/MIME BR §4.9.5
	r.Deadline, _ = cause.Deadline(tx.Now)
	if who.ID == Anonymous.ID {
		r.Path = "anonymous"
	}
	person := ""
	if known, err := credentialOfCertificate(tx, c); err == nil {
		r.Credential, person = known.ID, known.Person
	} else if !errors.Is(err, db.ErrNone) {
		return r, err
	}
	return r, errors.Join(insertReport(tx, r), a.logPersonal(tx, who.ID, "report.received", r.name(), person, details{"certificate": r.Certificate, "cause": r.Cause, "path": r.Path, "deadline": r.Deadline}, map[string]string{"text": n.Text}))
}

// report opens a report for an act.
func (a *RA) report(tx *db.Tx, who Actor, v Verb, id string) (Report, error) {
	r, err := load[Report](tx, "report", `SELECT body FROM ra_report WHERE id = $1`, id)
	if err != nil {
		return r, err
	}
	o := object{name: r.name()}
	if r.Credential != "" {
		c, err := credentialByID(tx, r.Credential)
		if err != nil {
			return r, err
		}
		o = c.object("")
		o.name = r.name()
	}
	if err := who.may(v, o); err != nil {
		return r, err
	}
	if r.State == Decided {
		return r, &WrongState{Object: r.name(), State: string(r.State), Event: string(v), Where: []string{string(Reported), string(Triaged)}}
	}
	return r, nil
}

// Triage records the first findings, for the reporter and the subscriber to get (S/MIME BR §4.9.5).
func (a *RA) Triage(tx *db.Tx, who Actor, id, findings string) (Report, error) {
	r, err := a.report(tx, who, DoTriage, id)
	if err != nil {
		return r, err
	}
	if err := note(DoTriage, findings); err != nil {
		return r, err
	}
	r.State, r.Triage = Triaged, findings
	return r, errors.Join(updateReport(tx, r), a.log(tx, who.ID, "report.triaged", r.name(), details{"late": tx.Now.After(r.Findings)}))
}

// Decide ends a report: the credential is revoked for the cause, or kept, with a reason.
func (a *RA) Decide(tx *db.Tx, who Actor, id string, revoke bool, cause, text string) (Report, error) {
	r, err := a.report(tx, who, DoTriage, id)
	if err != nil {
		return r, err
	}
	if err := note(DoTriage, text); err != nil {
		return r, err
	}
	if cause != "" {
		r.Cause = cause
	}
	r.State, r.Decision, r.Decider, r.Closed = Decided, "keep", who.ID, tx.Now
	if revoke {
		r.Decision = "revoke"
		if r.Credential == "" {
			_, err = a.CA.Revoke(tx, ca.RevokeOrder{Certificate: r.Certificate, Cause: r.Cause, By: who.ID, Known: r.Received, Report: r.name()})
		} else {
			var c Credential
			if c, err = credentialByID(tx, r.Credential); err == nil {
				_, err = a.revoke(tx, who, c, r.Cause, text, r.name())
			}
		}
		if err != nil {
			return r, err
		}
	}
	return r, errors.Join(updateReport(tx, r), a.log(tx, who.ID, "report.decided", r.name(), details{"decision": r.Decision, "cause": r.Cause, "late": tx.Now.After(r.Deadline)}))
}

// Reports lists the open reports, the most urgent first.
func (a *RA) Reports(tx *db.Tx, who Actor) ([]Report, error) {
	if err := who.has(DoTriage); err != nil && !who.Has(Auditor) {
		return nil, err
	}
	list, err := loadAll[Report](tx, `SELECT body FROM ra_report WHERE state <> 'decided' ORDER BY received_at`)
	slices.SortStableFunc(list, func(x, y Report) int { return x.Deadline.Compare(y.Deadline) })
	return list, err
}

// ReportKey takes a proof that a private key is in the wrong hands: every certificate with the key is revoked at once, the key is
// blocked, and the credentials that had it are revoked as a whole, without anybody's consent (AUTHORITY 47).
func (a *RA) ReportKey(tx *db.Tx, k ca.KeyReport) (Report, *ca.KeyReported, error) {
	r := Report{ID: tx.NewID(), Cause: "key-compromise", Path: "possession", By: k.By, State: Decided, Decision: "revoke", Decider: House.ID,
		Received: tx.Now, Escalate: tx.Now, Findings: tx.Now, Deadline: tx.Now.Add(day), Closed: tx.Now}
	k.Report = r.name()
	out, err := a.CA.ReportKey(tx, k)
	if err != nil {
		return r, nil, err
	}
	for _, one := range out.Revoked {
		cert, err := ca.Get(tx, one.Certificate)
		if err != nil {
			return r, out, err
		}
		c, err := credentialOfCertificate(tx, cert)
		if errors.Is(err, db.ErrNone) {
			continue // issued at the desk
		}
		if err != nil {
			return r, out, err
		}
		r.Credential = c.ID
		// The other certificate of a pair has another key; the two are revoked as one, and it is superseded rather than compromised.
		for _, id := range c.Certificates {
			if id == one.Certificate {
				continue
			}
			if _, err := a.CA.Revoke(tx, ca.RevokeOrder{Certificate: id, Cause: "superseded", By: House.ID, Report: r.name()}); err != nil {
				return r, out, err
			}
		}
		if c.State != CredentialRevoked {
			if _, err := a.revoked(tx, House, c, "key-compromise", "possession was proven"); err != nil {
				return r, out, err
			}
		}
	}
	return r, out, errors.Join(insertReport(tx, r), a.log(tx, k.By, "report.proven", r.name(), details{"spki": out.SPKI, "revoked": len(out.Revoked)}))
}

// credentialOfCertificate finds what a certificate belongs to.
func credentialOfCertificate(tx *db.Tx, c *ca.Certificate) (Credential, error) {
	const prefix = "credential:"
	if len(c.Credential) <= len(prefix) {
		return Credential{}, db.ErrNone
	}
	return credentialByID(tx, c.Credential[len(prefix):])
}

func insertReport(tx *db.Tx, r Report) error {
	_, err := tx.Exec(`INSERT INTO ra_report (id, state, received_at, body) VALUES ($1, $2, $3, $4)`, r.ID, r.State, r.Received, marshal(r))
	return err
}

func updateReport(tx *db.Tx, r Report) error {
	_, err := tx.Exec(`UPDATE ra_report SET state = $2, body = $3 WHERE id = $1`, r.ID, r.State, marshal(r))
	return err
}
