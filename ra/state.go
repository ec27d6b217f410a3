package ra

import "sort"

// State is where an application stands.
type State string

// The states of an application.
const (
	Draft        State = "draft"      // being written
	Submitted    State = "submitted"  // being looked at by the machine
	RefusedState State = "refused"    // the machine found what cannot be accepted; the list says what
	Collecting   State = "collecting" // papers or proofs are missing
	InReview     State = "in-review"  // all is there, and to be checked
	Changes      State = "changes"    // the applicant is asked to change something
	OnHold       State = "on-hold"    // set aside, with a reason
	Validated    State = "validated"  // all requirements are satisfied; approvals are missing
	Approved     State = "approved"   // may be ordered
	Issuing      State = "issuing"    // ordered
	Failed       State = "failed"     // the order failed and can be repeated
	Issued       State = "issued"     // the certificates exist
	Delivering   State = "delivering" // the kit is waiting for its owner
	Active       State = "active"     // the owner has confirmed it or uses it
	Declined     State = "declined"   // the owner does not want it; it is to be revoked
	Rejected     State = "rejected"
	Withdrawn    State = "withdrawn"
	Expired      State = "expired" // nobody did anything for Idle
	Revoked      State = "revoked"
)

// Event is what moves an application from state to state.
type Event string

// The events.
const (
	onSubmit   Event = "submit"
	onRefuse   Event = "refuse"
	onAccept   Event = "accept"
	onSupplied Event = "supplied"
	onMissing  Event = "missing"
	onSatisfy  Event = "satisfied"
	onLapse    Event = "lapsed"
	onRequest  Event = "request-changes"
	onAmend    Event = "amend"
	onHold     Event = "hold"
	onRelease  Event = "release"
	onApproved Event = "approved"
	onReject   Event = "reject"
	onWithdraw Event = "withdraw"
	onExpire   Event = "expire"
	onOrder    Event = "order"
	onFail     Event = "fail"
	onIssue    Event = "issue"
	onDeliver  Event = "deliver"
	onConfirm  Event = "confirm"
	onDecline  Event = "decline"
	onRevoke   Event = "revoke"
)

// Transition is one row of the table: From, On -> To.
type Transition struct {
	From State
	On   Event
	To   State
}

// transitions is AUTHORITY §4.2.
var transitions = []Transition{
	{Draft, onSubmit, Submitted}, {Draft, onAmend, Draft}, {Draft, onWithdraw, Withdrawn}, {Draft, onExpire, Expired},
	{Submitted, onRefuse, RefusedState}, {Submitted, onAccept, Collecting},
	{RefusedState, onAmend, Draft}, {RefusedState, onWithdraw, Withdrawn}, {RefusedState, onExpire, Expired},
	{Collecting, onSupplied, InReview}, {Collecting, onAmend, Collecting}, {Collecting, onRequest, Changes}, {Collecting, onHold, OnHold},
	{Collecting, onReject, Rejected}, {Collecting, onWithdraw, Withdrawn}, {Collecting, onExpire, Expired},
	{InReview, onSatisfy, Validated}, {InReview, onMissing, Collecting}, {InReview, onAmend, InReview}, {InReview, onRequest, Changes},
	{InReview, onHold, OnHold}, {InReview, onReject, Rejected}, {InReview, onWithdraw, Withdrawn}, {InReview, onExpire, Expired},
	{Changes, onAmend, Changes}, {Changes, onSubmit, Submitted}, {Changes, onReject, Rejected}, {Changes, onWithdraw, Withdrawn}, {Changes, onExpire, Expired},
	{OnHold, onRelease, InReview}, {OnHold, onReject, Rejected}, {OnHold, onWithdraw, Withdrawn},
	{Validated, onApproved, Approved}, {Validated, onAmend, InReview}, {Validated, onLapse, InReview}, {Validated, onRequest, Changes},
	{Validated, onHold, OnHold}, {Validated, onReject, Rejected}, {Validated, onWithdraw, Withdrawn}, {Validated, onExpire, Expired},
	{Approved, onOrder, Issuing}, {Approved, onAmend, InReview}, {Approved, onLapse, InReview}, {Approved, onHold, OnHold},
	{Approved, onReject, Rejected}, {Approved, onWithdraw, Withdrawn}, {Approved, onExpire, Expired},
	{Issuing, onIssue, Issued}, {Issuing, onFail, Failed},
	{Failed, onOrder, Issuing}, {Failed, onAmend, InReview}, {Failed, onLapse, InReview}, {Failed, onReject, Rejected}, {Failed, onWithdraw, Withdrawn},
	{Issued, onDeliver, Delivering}, {Issued, onConfirm, Active}, {Issued, onDecline, Declined}, {Issued, onRevoke, Revoked},
	{Delivering, onConfirm, Active}, {Delivering, onDecline, Declined}, {Delivering, onRevoke, Revoked},
	{Active, onRevoke, Revoked}, {Declined, onRevoke, Revoked},
}

// Transitions is the table of states and events.
func Transitions() []Transition { return append([]Transition(nil), transitions...) }

// after returns the state that an event leads to, or a *WrongState.
func (s State) after(e Event, object string) (State, error) {
	var where []string
	for _, t := range transitions {
		if t.On != e {
			continue
		}
		if t.From == s {
			return t.To, nil
		}
		where = append(where, string(t.From))
	}
	sort.Strings(where)
	return s, &WrongState{Object: object, State: string(s), Event: string(e), Where: where}
}

// Open tells whether an application still waits for somebody.
func (s State) Open() bool {
	switch s {
	case Draft, Submitted, Collecting, InReview, Changes, OnHold, Validated, Approved, Issuing, Failed:
		return true
	}
	return false
}

// reviewed tells whether the state follows from the requirements and approvals, so that settle may move it.
func (s State) reviewed() bool {
	return s == Collecting || s == InReview || s == Validated || s == Approved
}
