package ra

import (
	"errors"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// parts turns the name of a profile, or of a pair, into the certificates that are asked for.
func (a *RA) parts(tx *db.Tx, p *Application, n NewApplication) error {
	profiles, err := profiles(tx, n.Profile)
	if err != nil {
		return err
	}
	algorithm := n.Algorithm
	if algorithm == "" {
		algorithm = "P-256"
	}
	p.Parts, p.Approvals = nil, 0
	for _, one := range profiles {
		p.Type = one.Type
		p.Approvals = max(p.Approvals, one.Approvals, 1)
		p.Parts = append(p.Parts, Part{Profile: one.Ref(), Usage: one.Usage, Algorithm: algorithm})
	}
	return nil
}

// profiles finds one profile, or the two of a pair.
func profiles(tx *db.Tx, name string) ([]ca.Profile, error) {
	one, err := ca.GetProfile(tx, name, tx.Now)
	if err == nil {
		return []ca.Profile{one.Profile}, nil
	}
	if !errors.Is(err, db.ErrNone) {
		return nil, err
	}
	var pair []ca.Profile
	for _, usage := range []ca.Usage{ca.Signing, ca.Encryption} {
		one, err := ca.GetProfile(tx, name+"-"+string(usage), tx.Now)
		if err != nil {
			return nil, noneIs(err, refuse("profile.unknown", "", "profile", name, "there is no profile of this name, nor a pair", "see: waxwing ca profile list"))
		}
		pair = append(pair, one.Profile)
	}
	return pair, nil
}

// asked is what the profiles of an application require, together.
func (a *RA) asked(tx *db.Tx, p Application) ([]string, error) {
	var list []string
	for _, part := range p.Parts {
		one, err := ca.GetProfile(tx, part.Profile, tx.Now)
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", part.Profile, err)
		}
		list = append(list, one.Requirements...)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// maxRequest is the longest PKCS#10 in bytes: AUTHORITY 19.
const maxRequest = 64 << 10

// requests puts the keys of certification requests into the parts.
func (a *RA) requests(p *Application, n NewApplication) error {
	if len(n.Requests) == 0 {
		return nil
	}
	if len(n.Requests) != len(p.Parts) {
		return refuse("request.count", "", "requests", fmt.Sprint(len(n.Requests)), fmt.Sprintf("%s needs %d certification requests, one for each certificate", n.Profile, len(p.Parts)),
			"make one for each key: a key for signing, a key for encryption")
	}
	for i, raw := range n.Requests {
		r, err := readRequest(raw)
		if err != nil {
			return err
		}
		p.Parts[i].Request, p.Parts[i].Algorithm, p.Parts[i].SPKI = r.Raw, "", fingerprint(r.RawSPKI)
	}
	return nil
}

// readRequest reads a request and checks that its maker has the key.
func readRequest(raw []byte) (*pki.Request, error) {
	no := func(code, what, fix string) error {
		return refuse(code, "S/MIME BR §3.2.1, RFC 2986", "request", "", what, fix)
	}
	if len(raw) > maxRequest {
		return nil, no("request.large", fmt.Sprintf("a certification request has %d bytes, more than %d", len(raw), maxRequest), "ask for the key and your addresses only")
	}
	r, err := pki.ParseRequest(raw)
	if err != nil {
		return nil, no("request.malformed", err.Error(), "make it anew: waxwing key request")
	}
	if len(r.Raw) != len(raw) {
		return nil, no("request.malformed", fmt.Sprintf("%d bytes stand behind the request", len(raw)-len(r.Raw)), "send the request alone")
	}
	if f, broken := r.Broken(); broken {
		return nil, no("request.malformed", f.String(), "make it anew: waxwing key request")
	}
	if r.KeyError != nil {
		return nil, no("request.key", r.KeyError.Error(), "make a P-256 key")
	}
	if err := r.CheckSignature(alg.Allow{}); err != nil {
		return nil, no("request.possession", "the request is not signed with its own key: "+err.Error(), "sign it with the key that it is for")
	}
	return r, nil
}

func (p Application) requestsOf() (list [][]byte) {
	for _, part := range p.Parts {
		if part.Request != nil {
			list = append(list, part.Request)
		}
	}
	return list
}

func (p Application) algorithm() string {
	for _, part := range p.Parts {
		if part.Algorithm != "" {
			return part.Algorithm
		}
	}
	return ""
}
