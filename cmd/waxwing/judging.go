package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/directory"
	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// judging are the flags that every judging verb shares.
type judging struct {
	keyFlags
	time, store                          string
	received                             string
	anchors, untrusted, crls, ocsp       []string
	noNetwork, fetchIssuers, private     bool
	policies                             []string
	explicit, inhibitMapping, inhibitAny bool
	purpose, revocation                  string
	noSender, allowSHA1, allowLegacy     bool
	content, inform                      string
	limits, alwaysSign, known            []string
	correspondents, cache                string
	json                                 bool
}

func (j *judging) add(c *cobra.Command) {
	j.keyFlags.add(c, "file with keys to open encrypted layers with: PEM, PKCS#8 or PKCS#12; may be repeated")
	j.addTrustFlags(c)
	f := c.Flags()
	f.StringVar(&j.correspondents, "correspondents", "", "folder, or home of an authority, that remembers correspondents: who vouches for them, and whether they always sign")
	f.StringArrayVar(&j.alwaysSign, "always-sign", nil, "address, or domain as @example.org, that never sends unsigned mail; may be repeated")
	f.StringArrayVar(&j.known, "known", nil, "address or domain whose imitations in From are pointed out, such as your own; may be repeated")
	f.BoolVar(&j.noSender, "no-sender-check", false, "do not compare the signer with the sender")
	f.StringVar(&j.content, "content", "", "file with the content of a detached signature")
	f.StringVar(&j.inform, "inform", "smime", "what the input is: smime (a mail), der, pem (bare CMS)")
	f.StringArrayVar(&j.limits, "limit", nil, "raise a limit, such as parts=20000; may be repeated")
}

// addTrustFlags adds the flags that say whom to trust, and when.
func (j *judging) addTrustFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&j.time, "time", "", "judge as of this moment instead of now: 2026-11-25 or RFC 3339")
	f.StringVar(&j.received, "received", "", "the moment at which your server took the message in; certificates that expired since stay good")
	f.StringArrayVar(&j.anchors, "trust-anchor", nil, "file with certificates of authorities whose word counts; may be repeated")
	f.StringVar(&j.store, "trust-store", defaultStoreName, "folder of the trust store (see: waxwing trust), or the home of an authority, or none")
	f.StringArrayVar(&j.untrusted, "untrusted", nil, "file with certificates to build paths with; no trust follows from them")
	f.StringArrayVar(&j.crls, "crl", nil, "file or folder with CRLs")
	f.StringArrayVar(&j.ocsp, "ocsp", nil, "file with an OCSP answer")
	f.BoolVar(&j.fetchIssuers, "fetch-issuers", false, "also fetch missing certificates of authorities, which tells their servers that a mail is looked at")
	f.BoolVar(&j.private, "private-addresses", false, "also fetch from private and loopback addresses")
	f.StringVar(&j.cache, "evidence-cache", defaultCacheName, "folder, or home of an authority, that keeps fetched CRLs and OCSP answers; or none")
	f.BoolVar(&j.noNetwork, "no-network", false, "fetch nothing: judge revocation by what is at hand")
	f.StringArrayVar(&j.policies, "policy", nil, "certificate policy that is acceptable, as a dotted OID (RFC 5280 §6.1.1 (c))")
	f.BoolVar(&j.explicit, "require-explicit-policy", false, "the path must be valid for a policy (RFC 5280 §6.1.1 (f))")
	f.BoolVar(&j.inhibitMapping, "inhibit-policy-mapping", false, "policy mappings do not count (RFC 5280 §6.1.1 (e))")
	f.BoolVar(&j.inhibitAny, "inhibit-any-policy", false, "anyPolicy does not count (RFC 5280 §6.1.1 (g))")
	f.StringVar(&j.purpose, "purpose", string(chain.SMIMESign), "what signers must be certified for: any, smime-sign, smime-encrypt")
	f.StringVar(&j.revocation, "revocation", string(chain.Soft), "how much must be known about revocation: soft, hard, off")
	f.BoolVar(&j.allowSHA1, "allow-sha1", false, "accept signatures over SHA-1")
	f.BoolVar(&j.allowLegacy, "allow-legacy", false, "accept 3DES, RC2, DES, MD5 and other algorithms of the past")
	f.BoolVar(&j.json, "json", false, "print every fact as JSON")
}

// addReading adds the flags of verbs that read a message and judge nobody.
func (j *judging) addReading(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&j.allowSHA1, "allow-sha1", false, "accept signatures over SHA-1")
	f.BoolVar(&j.allowLegacy, "allow-legacy", false, "accept 3DES, RC2, DES, MD5 and other algorithms of the past")
	f.StringVar(&j.content, "content", "", "file with the content of a detached signature")
	f.StringVar(&j.inform, "inform", "smime", "what the input is: smime (a mail), der, pem (bare CMS)")
	f.StringArrayVar(&j.limits, "limit", nil, "raise a limit, such as parts=20000; may be repeated")
}

func (j *judging) allow() alg.Allow { return alg.Allow{SHA1: j.allowSHA1, Legacy: j.allowLegacy} }

// opener makes what the flags describe.
func (a *app) opener(c *cobra.Command, j *judging) (*smime.Opener, error) {
	o := &smime.Opener{Now: a.now(), Allow: j.allow(), Purpose: chain.Purpose(j.purpose), Revocation: chain.Revocation(j.revocation),
		NoSenderCheck: j.noSender, Known: j.known}
	if err := j.check(c); err != nil {
		return nil, err
	}
	var err error
	if o.Now, err = moment(c, "time", j.time, o.Now); err != nil {
		return nil, err
	}
	if o.Received, err = moment(c, "received", j.received, time.Time{}); err != nil {
		return nil, err
	}
	if o.Limits, err = j.readLimits(c); err != nil {
		return nil, err
	}
	if o.Policies, err = j.policyInputs(c); err != nil {
		return nil, err
	}
	if len(j.keys) > 0 {
		if o.Keys, err = a.decryptionKeys(j.keyFlags, o.Allow); err != nil {
			return nil, err
		}
	}
	return o, a.addTrust(c.Context(), o, j)
}

// check refuses values that no flag takes.
func (j *judging) check(c *cobra.Command) error {
	for _, f := range []struct {
		name, value string
		allowed     []string
	}{
		{"purpose", j.purpose, []string{"any", "smime-sign", "smime-encrypt", ""}},
		{"revocation", j.revocation, []string{"soft", "hard", "off", ""}},
		{"inform", j.inform, []string{"smime", "der", "pem", ""}},
	} {
		ok := false
		for _, v := range f.allowed {
			ok = ok || f.value == v
		}
		if !ok {
			return usage(c, "--%s takes %s, not %q", f.name, strings.TrimSuffix(strings.Join(f.allowed, ", "), ", "), f.value)
		}
	}
	return nil
}

// addTrust reads anchors, certificates and evidence.
func (a *app) addTrust(ctx context.Context, o *smime.Opener, j *judging) error {
	anchors, err := a.certificates(j.anchors)
	if err != nil {
		return err
	}
	var list []chain.Anchor
	if j.store != "none" {
		store, err := a.trustStore(ctx, j.store)
		if err != nil {
			return err
		}
		if list, err = store.Anchors(); err != nil {
			return fmt.Errorf("trust store: %w", err)
		}
	}
	for _, c := range anchors {
		list = append(list, chain.Anchor{Certificate: c})
	}
	o.Trust = chain.NewAnchors(list...)
	if o.Untrusted, err = a.certificates(j.untrusted); err != nil {
		return err
	}
	atHand := chain.AtHand{Certificates: o.Untrusted}
	if atHand.Lists, err = a.revocationLists(j.crls); err != nil {
		return err
	}
	if atHand.Answers, err = readAnswers(j.ocsp); err != nil {
		return err
	}
	o.Evidence = atHand
	return nil
}

// online adds what can be fetched to the evidence at hand, and returns what tells what was done.
func (a *app) online(ctx context.Context, o *smime.Opener, j *judging) (*evidence.Fetcher, error) {
	if j.noNetwork || o.Revocation == chain.Off || o.Trust.Len() == 0 {
		return nil, nil
	}
	cache, err := a.evidenceCache(ctx, j.cache)
	if err != nil {
		return nil, err
	}
	f := evidence.New(evidence.Options{Shelf: cache, Issuers: j.fetchIssuers, Private: j.private, Timeout: 5 * time.Second, Stale: 24 * time.Hour, Now: a.now})
	o.Evidence = chain.Joined{o.Evidence, f.For(ctx)}
	return f, nil
}

// moment reads a day or an RFC 3339 time.
func moment(c *cobra.Command, flag, text string, def time.Time) (time.Time, error) {
	if text == "" {
		return def, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(n, 0).UTC(), nil
	}
	return def, usage(c, "--%s takes a day or a time such as 2026-11-25T12:00:00Z, not %q", flag, text)
}

func (j *judging) policyInputs(c *cobra.Command) (chain.PolicyInputs, error) {
	in := chain.PolicyInputs{RequireExplicit: j.explicit, InhibitMapping: j.inhibitMapping, InhibitAny: j.inhibitAny}
	for _, text := range j.policies {
		id, err := der.ParseOID(text)
		if err != nil {
			return in, usage(c, "--policy takes a dotted object identifier, not %q", text)
		}
		in.User = append(in.User, id)
	}
	return in, nil
}

// readLimits reads --limit NAME=NUMBER.
func (j *judging) readLimits(c *cobra.Command) (limit.Limits, error) {
	var l limit.Limits
	for _, text := range j.limits {
		name, value, _ := strings.Cut(text, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n <= 0 || !l.Set(limit.What(name), n) {
			return l, usage(c, "--limit takes NAME=NUMBER with one of the names %s, not %q", strings.Join(limit.Names(), ", "), text)
		}
	}
	return l, nil
}

// settings are what the flags say about judging.
func (a *app) settings(ctx context.Context, o *smime.Opener, j *judging) (policy.Settings, *directory.Memory, error) {
	s := policy.Settings{AlwaysSign: j.alwaysSign}
	if j.correspondents == "" {
		return s, nil, nil
	}
	m, err := a.memory(ctx, j.correspondents)
	if err != nil {
		return s, nil, err
	}
	s.Memory = m.At(o.Now)
	return s, m, nil
}

// learn teaches the memory what a mail proves: who signs, and whose certificate was revoked.
func learn(m *directory.Memory, r *smime.Report, now time.Time) error {
	if m == nil {
		return nil
	}
	for _, proof := range r.Verified() {
		if err := m.Learn(proof, now); err != nil {
			return err
		}
	}
	for _, s := range r.Signers {
		if s.Chain == nil || s.Summary == nil || len(s.Chain.Revocation) == 0 || s.Chain.Revocation[0].State != chain.Revoked {
			continue
		}
		for _, address := range s.Summary.Addresses {
			if err := m.Ended(address, s.Summary.Fingerprint, now); err != nil {
				return err
			}
		}
	}
	return nil
}
