package relay

import (
	"strconv"
	"strings"
)

// offer is what the server's EHLO announced; a parameter of something else is refused with 555 (RFC 5321 §4.1.1.11).
type offer struct {
	requireTLS bool
	auth       bool
	size       int64 // the limit; 0 for none
}

func refuseParam(p string) *Reply {
	return &Reply{555, "5.5.4", "parameter not known or not allowed here: " + p}
}

func badParam(p string) *Reply { return &Reply{501, "5.5.4", "value not allowed: " + p} }

// mailParams reads the parameters of MAIL into the envelope; nil is good.
func (e *Envelope) mailParams(text string, o offer) *Reply {
	for p := range strings.FieldsSeq(text) {
		name, value, given := strings.Cut(p, "=")
		bad := false
		switch name = strings.ToUpper(name); {
		case name == "SIZE" && given:
			n, err := strconv.ParseInt(value, 10, 64)
			e.Size, bad = n, err != nil || n < 0
		case name == "BODY" && given:
			e.Body = strings.ToUpper(value)
			bad = e.Body != "7BIT" && e.Body != "8BITMIME" // BINARYMIME is not offered
		case name == "SMTPUTF8" && !given:
			e.SMTPUTF8 = true
		case name == "REQUIRETLS" && !given && o.requireTLS:
			e.RequireTLS = true
		case name == "RET" && given:
			e.Ret = strings.ToUpper(value)
			bad = e.Ret != "FULL" && e.Ret != "HDRS"
		case name == "ENVID" && given:
			e.EnvID = value
			bad = !isXtext(value) || len(value) > 100*3 // RFC 3461 §4.4: 100 characters before encoding
		case name == "AUTH" && given && o.auth:
			e.Auth = value
			bad = !isXtext(value) || len(value) > 500
		default:
			return refuseParam(p)
		}
		if bad {
			return badParam(p)
		}
	}
	if o.size > 0 && e.Size > o.size {
		// RFC 1870 §6.1
		return &Reply{552, "5.3.4", "message of " + strconv.FormatInt(e.Size, 10) + " octets is larger than the limit of " + strconv.FormatInt(o.size, 10)}
	}
	return nil
}

// rcptParams reads the parameters of RCPT; nil is good.
func (r *Recipient) rcptParams(text string) *Reply {
	for p := range strings.FieldsSeq(text) {
		name, value, given := strings.Cut(p, "=")
		bad := false
		switch name = strings.ToUpper(name); {
		case name == "NOTIFY" && given:
			r.Notify = strings.ToUpper(value)
			bad = !goodNotify(r.Notify)
		case name == "ORCPT" && given:
			r.ORcpt = value
			kind, address, typed := strings.Cut(value, ";")
			bad = !typed || kind == "" || !isXtext(address) || !isXtext(kind) || len(value) > 500*3
		default:
			return refuseParam(p)
		}
		if bad {
			return badParam(p)
		}
	}
	return nil
}

// goodNotify follows RFC 3461 §4.1: NEVER stands alone.
func goodNotify(v string) bool {
	if v == "NEVER" {
		return true
	}
	for word := range strings.SplitSeq(v, ",") {
		if word != "SUCCESS" && word != "FAILURE" && word != "DELAY" {
			return false
		}
	}
	return true
}

// mailLine writes the parameters of MAIL for a next hop that offers has.
func (e *Envelope) mailLine(has map[string]string, size int64) string {
	line := "MAIL FROM:<" + e.From + ">"
	if _, ok := has["SIZE"]; ok {
		line += " SIZE=" + strconv.FormatInt(size, 10)
	}
	if _, ok := has["8BITMIME"]; ok && e.Body != "" {
		line += " BODY=" + e.Body
	}
	if _, ok := has["SMTPUTF8"]; ok && e.SMTPUTF8 {
		line += " SMTPUTF8"
	}
	if _, ok := has["REQUIRETLS"]; ok && e.RequireTLS {
		line += " REQUIRETLS"
	}
	if _, ok := has["DSN"]; ok {
		if e.Ret != "" {
			line += " RET=" + e.Ret
		}
		if e.EnvID != "" {
			line += " ENVID=" + e.EnvID
		}
	}
	return line + "\r\n"
}

// rcptLine writes RCPT.
func (r Recipient) rcptLine(has map[string]string) string {
	line := "RCPT TO:<" + r.Address + ">"
	if _, ok := has["DSN"]; ok {
		if r.Notify != "" {
			line += " NOTIFY=" + r.Notify
		}
		if r.ORcpt != "" {
			line += " ORCPT=" + r.ORcpt
		}
	}
	return line + "\r\n"
}
