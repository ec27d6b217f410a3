package ra

import "slices"

// duty keeps apart what one person may not do together (AUTHORITY §4.7, S/MIME BR §5.2.4): nobody decides about himself, about what he
// handed in or wrote, or about what he checked. list are the answers that the application rests upon.
func duty(p Application, who Actor, v Verb, list []Requirement) error {
	no := func(why string) error {
		return &Forbidden{Verb: v, Who: who.ID, Object: p.name(), Why: why}
	}
	switch {
	case who.Person != "" && who.Person == p.Person:
		return no("the application is about himself")
	case who.ID == p.Submitter:
		return no("he handed the application in")
	case slices.Contains(p.Editors, who.ID):
		return no("he wrote a part of the application")
	}
	for _, r := range list {
		if r.Checker == who.ID && !kinds[r.Kind].Auto {
			return no("he checked the requirement " + r.Kind + " of this file")
		}
	}
	return nil
}

// checkDuty keeps a checker from what is about himself, what he supplied, and what somebody needs whom he speaks for.
func checkDuty(r Requirement, who Actor, v Verb, asking []Application) error {
	no := func(why string) error {
		return &Forbidden{Verb: v, Who: who.ID, Object: r.name(), Why: why}
	}
	if who.Person != "" && r.Subject == "person:"+who.Person {
		return no("the requirement is about himself")
	}
	if slices.Contains(r.Suppliers, who.ID) && v == DoCheck {
		return no("he supplied what is to be checked")
	}
	for _, p := range asking {
		if v == DoCheck && (p.Submitter == who.ID || slices.Contains(p.Editors, who.ID)) {
			return no("he handed in or wrote the application " + p.ID)
		}
	}
	return nil
}
