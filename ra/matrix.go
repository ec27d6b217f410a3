package ra

import "sort"

// Verb is something that can be done. Its name is that of the command.
type Verb string

// The verbs.
const (
	DoApply        Verb = "apply"
	DoApplyFor     Verb = "apply-for" // on behalf of somebody else
	DoAmend        Verb = "amend"
	DoSubmit       Verb = "submit"
	DoWithdraw     Verb = "withdraw"
	DoConfirm      Verb = "confirm"
	DoUpload       Verb = "upload"
	DoProve        Verb = "prove" // ask for the mail that proves a mailbox, and answer it
	DoRead         Verb = "read"
	DoReadChecks   Verb = "read-checks"
	DoReadDocument Verb = "read-document"
	DoListDocument Verb = "list-documents"
	DoQueue        Verb = "queue"
	DoClaim        Verb = "claim"
	DoSupply       Verb = "supply" // record evidence that is no document of the applicant
	DoRequest      Verb = "request-changes"
	DoCheck        Verb = "check"
	DoAttest       Verb = "attest"
	DoVouch        Verb = "vouch"
	DoHold         Verb = "hold"
	DoRelease      Verb = "release"
	DoApprove      Verb = "approve"
	DoReject       Verb = "reject"
	DoOrder        Verb = "order"
	DoExpire       Verb = "expire"
	DoOrganisation Verb = "organisation"
	DoDomain       Verb = "domain" // record control of a whole domain
	DoImport       Verb = "import"
	DoRenew        Verb = "renew"
	DoRemind       Verb = "remind"
	DoRevokeOwn    Verb = "revoke-own"
	DoRevoke       Verb = "revoke"
	DoTriage       Verb = "triage"
	DoLeave        Verb = "leave"
	DoErase        Verb = "erase"
	DoGrant        Verb = "grant"
	DoUsers        Verb = "users"
)

// Reach is how far a role's right goes.
type Reach string

// The reaches.
const (
	Own     Reach = "own"   // what he submitted or what is about himself
	InScope Reach = "scope" // what lies in the organisation, domain and profile of his grant
	Any     Reach = "any"
)

// matrix is who may do what (AUTHORITY §4.7). What it gives, the duties that are to be kept apart take away again: duties.go.
var matrix = map[Verb]map[Role]Reach{
	DoApply:        {Applicant: Own},
	DoApplyFor:     {EnterpriseRA: InScope, Clerk: InScope},
	DoAmend:        {Applicant: Own, EnterpriseRA: InScope, Clerk: InScope},
	DoSubmit:       {Applicant: Own, EnterpriseRA: InScope, Clerk: InScope},
	DoWithdraw:     {Applicant: Own, EnterpriseRA: InScope},
	DoConfirm:      {Applicant: Own},
	DoUpload:       {Applicant: Own, EnterpriseRA: InScope, Clerk: InScope, Specialist: InScope},
	DoProve:        {Applicant: Own, System: Any},
	DoRead:         {Applicant: Own, Sponsor: InScope, Clerk: InScope, Specialist: InScope, Approver: InScope, EnterpriseRA: InScope, RevocationOfficer: InScope, Auditor: InScope, Helpdesk: InScope, System: Any},
	DoReadChecks:   {Clerk: InScope, Specialist: InScope, Approver: InScope, Auditor: InScope},
	DoReadDocument: {Applicant: Own, Clerk: InScope, Specialist: InScope, Approver: InScope},
	DoListDocument: {Applicant: Own, Clerk: InScope, Specialist: InScope, Approver: InScope, EnterpriseRA: InScope, Auditor: InScope},
	DoQueue:        {Sponsor: InScope, Clerk: InScope, Specialist: InScope, Approver: InScope, EnterpriseRA: InScope, RevocationOfficer: InScope, Auditor: InScope, Helpdesk: InScope},
	DoClaim:        {Clerk: InScope, Specialist: InScope, Approver: InScope},
	DoSupply:       {Clerk: InScope, Specialist: InScope, EnterpriseRA: InScope},
	DoRequest:      {Clerk: InScope, Specialist: InScope, Approver: InScope},
	DoCheck:        {Specialist: InScope},
	DoAttest:       {EnterpriseRA: InScope},
	DoVouch:        {Sponsor: InScope},
	DoHold:         {Specialist: InScope, Approver: InScope},
	DoRelease:      {Specialist: InScope, Approver: InScope},
	DoApprove:      {Approver: InScope},
	DoReject:       {Approver: InScope},
	DoOrder:        {Approver: InScope, System: Any},
	DoExpire:       {System: Any},
	DoOrganisation: {Clerk: InScope, Specialist: InScope},
	DoDomain:       {Specialist: InScope}, // S/MIME BR §1.3.2: an Enterprise RA never validates a domain or mailbox
	DoImport:       {EnterpriseRA: InScope, Clerk: InScope},
	DoRenew:        {Applicant: Own, EnterpriseRA: InScope, System: Any},
	DoRemind:       {Helpdesk: InScope, Clerk: InScope, System: Any},
	DoRevokeOwn:    {Applicant: Own},
	DoRevoke:       {RevocationOfficer: InScope, EnterpriseRA: InScope, System: Any},
	DoTriage:       {RevocationOfficer: InScope},
	DoLeave:        {EnterpriseRA: InScope, RevocationOfficer: InScope, System: Any},
	DoErase:        {SecurityOfficer: InScope},
	DoGrant:        {SecurityOfficer: Any},
	DoUsers:        {SecurityOfficer: Any, Auditor: Any},
}

// Verbs is every verb, sorted.
func Verbs() []Verb {
	list := make([]Verb, 0, len(matrix))
	for v := range matrix {
		list = append(list, v)
	}
	sort.Slice(list, func(i, j int) bool { return list[i] < list[j] })
	return list
}

// Matrix tells how far a role may go with a verb; "" is not at all.
func Matrix(v Verb, r Role) Reach { return matrix[v][r] }

// Allowed names the roles that have a verb, in the order of Roles.
func Allowed(v Verb) []string {
	var list []string
	for _, r := range Roles {
		if _, ok := matrix[v][r]; ok {
			list = append(list, string(r))
		}
	}
	return list
}
