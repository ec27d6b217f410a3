package ca

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// makeCertificate makes that of a root or of an authority under it, as Prepare and Issue would: by a profile, and nothing is signed that
// does not lint.
func (g *stage) makeCertificate(l line, s Step, input []byte) (line, error) {
	no := &Refusal{}
	b, err := g.blueprint(&l, s, no)
	if err != nil {
		return l, err
	}
	b.template.Subject = buildSubject(b.profile, &b.order.Subject, "", no)
	b.setValidity(g.script.Date.UTC(), no)
	if err := no.err(); err != nil {
		return l, err
	}
	b.template.RawSPKI, b.template.Serial = b.key.spki, g.ceremonySerial(l.Step, b.key.spki)
	b.shard = shardOf(b.template.Serial, 1)
	if b.template.Extensions, err = b.extensions(nil); err != nil {
		return l, err
	}
	draft, err := b.write()
	if err != nil {
		return l, err
	}
	c := &CA{PublicTrust: g.script.Public}
	if err := c.lookTwice(b, draft, b.template.NotBefore); err != nil {
		return l, err
	}
	issuerKey, _ := b.issuerKey()
	signer := s.Issuer
	if s.Do == "root" {
		signer = s.Key
	}
	raw, err := g.seal(&l, s, signer, issuerKey, draft.scheme, draft.tbs)
	if err != nil {
		return l, err
	}
	cert, err := pki.ParseCertificate(raw)
	if s.Key != "" {
		g.certs[s.Key] = cert
	}
	l.Input = hexSum(append(input, draft.tbs...))
	return l, err
}

// blueprint gathers what a certificate of a step is made of.
func (g *stage) blueprint(l *line, s Step, no *Refusal) (*blueprint, error) {
	name := s.Profile
	if name == "" {
		name = s.Do
	}
	list := Builtin()
	i := slices.IndexFunc(list, func(p Profile) bool { return p.Name == name })
	if i < 0 || list[i].Type != Type(s.Do) {
		return nil, fmt.Errorf("no profile %q makes the certificate of a step %q", name, s.Do)
	}
	o := &Order{Days: s.Days, SPKI: g.keys[s.Key], Own: true}
	if err := fillFields(&o.Subject, s.Subject); err != nil {
		return nil, err
	}
	b := &blueprint{profile: &list[i], order: o, public: g.script.Public, authority: &Authority{ID: s.Issuer, Name: s.Issuer, Shards: 1}}
	if s.Do == "issuing" {
		if b.issuer = g.certs[s.Issuer]; b.issuer == nil {
			return nil, fmt.Errorf("no step before made the root of the key %q", s.Issuer)
		}
		b.authority.CRLURL, b.authority.IssuerURL = s.URL+"/crl/{authority}-{shard}.crl", s.URL+"/ca/{authority}.cer"
	}
	if s.Request != "" {
		raw, err := g.facts.request(l.Step, s.Request)
		if err != nil {
			return nil, err
		}
		o.SPKI, o.Own, o.Request = nil, false, raw
		l.Request = base64.StdEncoding.EncodeToString(raw)
	}
	key, readable := (&CA{}).readKey(o, no)
	if !readable {
		return nil, errors.Join(fmt.Errorf("there is no key %q", s.Key+s.Request), no.err())
	}
	if !slices.ContainsFunc(b.profile.Keys, func(name string) bool { r, err := parseKeyRule(name); return err == nil && r.fits(key.info) }) {
		return nil, fmt.Errorf("the profile %s has no place for a key %s", b.profile.Name, key.info.Name)
	}
	b.key = key
	return b, nil
}

// fillFields sets a subject by the names of its attributes.
func fillFields(s *Subject, fields map[string]string) error {
	for name := range fields {
		if _, ok := attributeNamed(name); !ok {
			return fmt.Errorf("the subject has no attribute %q", name)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, s)
}

// makeList makes the first list of revocations of a root, which has none yet (S/MIME BR §4.9.7).
func (g *stage) makeList(l line, s Step, input []byte) (line, error) {
	issuer := g.certs[s.Issuer]
	if issuer == nil {
		return l, fmt.Errorf("no step before made the certificate of the key %q", s.Issuer)
	}
	days := s.Days
	if days == 0 {
		days = 365
	}
	scheme, err := alg.SignatureFor(issuer.PublicKey, alg.SignOptions{})
	if err != nil {
		return l, err
	}
	tbs, err := emptyList(issuer, scheme.Identifier, s.Number, g.script.Date.UTC(), g.script.Date.UTC().AddDate(0, 0, days))
	if err != nil {
		return l, err
	}
	l.Input = hexSum(append(input, tbs...))
	_, err = g.seal(&l, s, s.Issuer, issuer.PublicKey, scheme, tbs)
	return l, err
}
