package ra

import (
	"errors"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/db"
)

// Supply says that there is something to check: a document of the applicant, or a source.
func (a *RA) Supply(tx *db.Tx, who Actor, requirement, document, source string) (Requirement, error) {
	r, err := requirementByID(tx, requirement)
	if err != nil {
		return r, err
	}
	v := DoSupply
	if document != "" {
		v = DoUpload
	}
	if r, _, err = a.requirement(tx, who, v, requirement); err != nil {
		return r, err
	}
	if r.State == ReqSatisfied {
		return r, &WrongState{Object: r.name(), State: string(r.State), Event: string(v), Where: []string{string(ReqOpen), string(ReqSupplied), string(ReqRejected)}}
	}
	if document == "" && source == "" {
		return r, refuse("supply.nothing", "", "source", "", "there is nothing to check", "upload a document, or name the source")
	}
	if r.State == ReqRejected { // a new try is a new round: the old answer stays as it was
		if r, err = a.ask(tx, r.Need, r.Round+1); err != nil {
			return r, err
		}
	}
	r.State = ReqSupplied
	if !slices.Contains(r.Suppliers, who.ID) {
		r.Suppliers = append(r.Suppliers, who.ID)
	}
	if document != "" {
		r.Documents = append(r.Documents, document)
	}
	if source != "" {
		r.Source = source
	}
	if err := errors.Join(updateRequirement(tx, r), a.log(tx, who.ID, "requirement.supplied", r.name(), details{"kind": r.Kind, "document": document})); err != nil {
		return r, err
	}
	return r, a.settleSubject(tx, who, r.Subject)
}

// Checks lists the steps of a check, to somebody who may see them.
func (a *RA) Checks(tx *db.Tx, who Actor, requirement string) ([]CheckRecord, error) {
	r, err := requirementByID(tx, requirement)
	if err != nil {
		return nil, err
	}
	ids, err := applicationsOf(tx, r.Subject)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		p, err := applicationByID(tx, id)
		if err != nil {
			return nil, err
		}
		if err = who.may(DoReadChecks, p.object()); err == nil {
			return checksOf(tx, r.ID)
		}
	}
	return nil, &Forbidden{Verb: DoReadChecks, Who: who.ID, Object: r.name(), Why: "this takes the role " + strings.Join(Allowed(DoReadChecks), " or ") + " in its scope"}
}
