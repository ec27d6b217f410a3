package vault

import (
	"slices"

	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// TokenInfo is a token that can be reached.
type TokenInfo struct {
	Label        string   `json:"label"`
	Manufacturer string   `json:"manufacturer"`
	Model        string   `json:"model"`
	Serial       string   `json:"serial"`
	Algorithms   []string `json:"algorithms"` // what it signs with
}

// Tokens lists the tokens that a URI fits, behind the socket that it names.
func Tokens(uri string) ([]TokenInfo, error) {
	u, err := p11rpc.ParseURI(uri)
	if err != nil {
		return nil, err
	}
	c, err := dialServer(u)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	slots, err := c.Slots()
	if err != nil {
		return nil, err
	}
	list := []TokenInfo{}
	for _, s := range slots {
		if !u.Fits(s) {
			continue
		}
		mechanisms, err := c.Mechanisms(s.ID)
		if err != nil {
			return nil, err
		}
		t := TokenInfo{s.Label, s.Manufacturer, s.Model, s.Serial, []string{}}
		for _, m := range []struct {
			id   uint64
			name string
		}{{p11rpc.ECDSA, "ECDSA"}, {p11rpc.RSAPKCS, "RSA"}, {p11rpc.RSAPSS, "RSA-PSS"}, {p11rpc.EdDSA, "EdDSA"}} {
			if slices.Contains(mechanisms, m.id) {
				t.Algorithms = append(t.Algorithms, m.name)
			}
		}
		list = append(list, t)
	}
	return list, nil
}
