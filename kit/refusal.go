package kit

// Code names the reason of a refusal.
type Code string

// The reasons.
const (
	RefusedUnknown   Code = "delivery.unknown"
	RefusedExpired   Code = "delivery.expired"
	RefusedUsed      Code = "delivery.used"
	RefusedWithdrawn Code = "delivery.withdrawn"
	RefusedAccount   Code = "delivery.account"
	RefusedNotOpened Code = "delivery.not-opened"
)

// Refusal is why a link gives nothing, and what the person can do.
type Refusal struct {
	Code Code   `json:"code"`
	What string `json:"what"`
	Next string `json:"next"`
}

// Error makes a refusal usable where an error is wanted, as in a command.
func (r *Refusal) Error() string { return r.What + "; " + r.Next }

var refusals = map[Code][2]string{
	RefusedUnknown:   {"this link is not known", "copy the whole link out of the mail, or ask for a new one"},
	RefusedExpired:   {"the time for this link is over", "ask for a new one; your certificate is not touched by that"},
	RefusedUsed:      {"this link was used already, and it works once", "if that was not you, revoke the certificate now; else ask for a new link"},
	RefusedWithdrawn: {"this link was withdrawn", "use the newest link that you were sent, or ask your administrator"},
	RefusedAccount:   {"this link is for another account", "log in as the person whom the mail was sent to; the try was noted"},
	RefusedNotOpened: {"this delivery was not fetched, or is closed", "fetch it first, with the link out of the mail"},
}

func refuse(c Code) *Refusal { return &Refusal{Code: c, What: refusals[c][0], Next: refusals[c][1]} }
