package chain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// says is one statement of an answer.
type says struct {
	about    *testca.Entity
	status   pki.CertStatus
	hash     *alg.Hash // zero: SHA-256
	from, to time.Time // zero: a day ago, in a day
	open     bool      // no nextUpdate
	revoked  time.Time
	reason   pki.Reason
	more     []pki.Extension
	issuer   *pki.Certificate // hashed in place of the issuer
}

func answer(t testing.TB, by *testca.Entity, change func(*pki.OCSPTemplate), list ...says) *pki.OCSPResponse {
	t.Helper()
	o := pki.OCSPTemplate{ProducedAt: days(-1), Certificates: []*pki.Certificate{by.Certificate}}
	for _, s := range list {
		if s.hash == nil {
			s.hash = alg.SHA256
		}
		if s.from.IsZero() {
			s.from, s.to = days(-1), days(1)
		}
		if s.open {
			s.to = time.Time{}
		}
		if s.issuer == nil {
			s.issuer = s.about.Issuer.Certificate
		}
		id := must[pki.CertID](t)(pki.NewCertID(s.about.Certificate, s.issuer, s.hash))
		o.Responses = append(o.Responses, pki.SingleResponse{CertID: id, Status: s.status, ThisUpdate: s.from, NextUpdate: s.to,
			Revoked: s.revoked, HasReason: s.reason != 0, Reason: s.reason, Extensions: s.more})
	}
	if change != nil {
		change(&o)
	}
	raw := must[[]byte](t)(pki.CreateOCSP(o, by.Certificate, by.Signer()))
	return must[*pki.OCSPResponse](t)(pki.ParseOCSPResponse(raw))
}

func nocheck(s *testca.Spec) {
	s.More = append(slices.Clip(s.More), pki.Extension{ID: alg.OIDOCSPNoCheck, Value: []byte{5, 0}})
}

func TestAnAnswerSaysWhetherSomebodyIsRevoked(t *testing.T) {
	p := newPeople(t)
	alice, bob := p.alice, p.issuing.Issue(testca.Person("bob@example.org"))
	twin := testca.Root(t, "Twin").Issue(testca.Person("alice@example.org").With(func(s *testca.Spec) { s.Serial = alice.Certificate.Serial }))
	critical := []pki.Extension{{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}}}
	at := func(n int) func(*pki.OCSPTemplate) { return func(o *pki.OCSPTemplate) { o.ProducedAt = days(n) } }
	for why, c := range map[string]struct {
		change func(*pki.OCSPTemplate)
		says   []says
		want   chain.State
		code   string // of what is ignored, by CheckOCSP
	}{
		"good":                             {nil, []says{{about: alice}}, chain.Good, ""},
		"good, named by SHA-1":             {nil, []says{{about: alice, hash: alg.SHA1}}, chain.Good, ""},
		"good, named by SHA-512":           {nil, []says{{about: alice, hash: alg.SHA512}}, chain.Good, ""},
		"good, responder by name":          {func(o *pki.OCSPTemplate) { o.ByName = true }, []says{{about: alice}}, chain.Good, ""},
		"good, no certificate sent":        {func(o *pki.OCSPTemplate) { o.Certificates = nil }, []says{{about: alice}}, chain.Good, ""},
		"revoked":                          {nil, []says{{about: alice, status: pki.OCSPRevoked, revoked: days(-3)}}, chain.Revoked, ""},
		"on hold":                          {nil, []says{{about: alice, status: pki.OCSPRevoked, revoked: days(-3), reason: pki.CertificateHold}}, chain.Revoked, ""},
		"unknown":                          {nil, []says{{about: alice, status: pki.OCSPUnknown}}, chain.Unknown, "evidence.says-nothing"},
		"good and revoked":                 {nil, []says{{about: alice}, {about: alice, status: pki.OCSPRevoked, revoked: days(-3)}}, chain.Revoked, ""},
		"good and unknown":                 {nil, []says{{about: alice}, {about: alice, status: pki.OCSPUnknown}}, chain.Unknown, "evidence.says-nothing"},
		"about somebody else":              {nil, []says{{about: bob}}, chain.Unknown, "evidence.of-another-authority"},
		"about several":                    {nil, []says{{about: bob, status: pki.OCSPRevoked, revoked: days(-3)}, {about: alice}}, chain.Good, ""},
		"about the same serial elsewhere":  {nil, []says{{about: twin}}, chain.Unknown, "evidence.of-another-authority"},
		"the issuer's key is another":      {nil, []says{{about: alice, issuer: p.root.Certificate}}, chain.Unknown, "evidence.of-another-authority"},
		"replayed: out of date":            {nil, []says{{about: alice, from: days(-9), to: days(-2)}}, chain.Unknown, "evidence.out-of-date"},
		"replayed: old, without an end":    {nil, []says{{about: alice, from: days(-8), open: true}}, chain.Unknown, "evidence.out-of-date"},
		"without an end":                   {nil, []says{{about: alice, from: days(-6), open: true}}, chain.Good, ""},
		"from the future":                  {at(2), []says{{about: alice, from: days(2), to: days(3)}}, chain.Unknown, "evidence.from-the-future"},
		"about the future":                 {nil, []says{{about: alice, from: days(2), to: days(3)}}, chain.Unknown, "evidence.from-the-future"},
		"produced before the certificate":  {func(o *pki.OCSPTemplate) { o.ProducedAt = testca.NotBefore.Add(-time.Hour) }, []says{{about: alice}}, chain.Unknown, "evidence.out-of-date"},
		"an unknown critical extension":    {func(o *pki.OCSPTemplate) { o.Extensions = critical }, []says{{about: alice}}, chain.Unknown, "evidence.unknown-critical-extension"},
		"an unknown critical extension in": {nil, []says{{about: alice, more: critical}}, chain.Unknown, "evidence.unknown-critical-extension"},
	} {
		r := answer(t, p.issuing, c.change, c.says...)
		if s := status(t, why, p.ask(r)); s.State != c.want || c.want == chain.Good && (s.Source != chain.FromOCSP || !s.Signer.Equal(p.issuing.Certificate)) {
			t.Errorf("%s: %+v", why, s)
		}
		k := chain.CheckOCSP(t.Context(), chain.OCSPCheck{Response: r, Certificate: alice.Certificate, Issuer: p.issuing.Certificate, Time: testca.Now})
		if k.Status.State != c.want || k.OK != (c.want != chain.Unknown) || c.code != "" && (len(k.Findings) == 0 || string(k.Findings[0].Code) != c.code) {
			t.Errorf("%s, by itself: %+v", why, k)
		}
	}
}

// RFC 6960 §4.2.2.2: the authority itself, or somebody whom it has entrusted with this and nothing else will do.
func TestOnlyWhoIsEntitledAnswers(t *testing.T) {
	p := newPeople(t)
	good := testca.Responder("Responder").With(nocheck)
	expired := good.With(testca.Valid(testca.NotBefore, days(-2)))
	tomorrow := good.With(testca.Valid(days(1), days(9)))
	twin := testca.Root(t, "Twin", func(s *testca.Spec) { n := p.issuing.Certificate.Subject; s.Subject = &n })
	other := testca.Root(t, "Other")
	for why, c := range map[string]struct {
		by   *testca.Entity
		want chain.State
	}{
		"the authority":                         {p.issuing, chain.Good},
		"its responder":                         {p.issuing.Issue(good), chain.Good},
		"its responder, RSA":                    {p.issuing.Issue(good.With(testca.Key(testca.RSA))), chain.Good},
		"its responder, Ed25519":                {p.issuing.Issue(good.With(testca.Key(testca.Ed25519))), chain.Good},
		"its responder without nocheck":         {p.issuing.Issue(testca.Responder("R")), chain.Good},
		"its responder without keyUsage":        {p.issuing.Issue(good.With(testca.Usage(0))), chain.Good},
		"its responder of another usage":        {p.issuing.Issue(good.With(testca.Usage(pki.KeyEncipherment))), chain.Unknown},
		"its responder, expired":                {p.issuing.Issue(expired), chain.Unknown},
		"its responder, of tomorrow":            {p.issuing.Issue(tomorrow), chain.Unknown},
		"a person of it":                        {p.issuing.Issue(testca.Person("m@example.org")), chain.Unknown},
		"somebody of it for any purpose":        {p.issuing.Issue(testca.Responder("R").With(testca.ExtUsage(alg.OIDUsageAny))), chain.Unknown},
		"somebody of it without purpose":        {p.issuing.Issue(testca.Responder("R").With(testca.ExtUsage())), chain.Unknown},
		"the certificate itself":                {p.alice, chain.Unknown},
		"the responder of the authority above":  {p.root.Issue(good), chain.Unknown},
		"the authority above":                   {p.root, chain.Unknown},
		"the responder of another authority":    {other.Issue(good), chain.Unknown},
		"another authority":                     {other, chain.Unknown},
		"a namesake of the authority":           {twin, chain.Unknown},
		"the responder of a namesake":           {twin.Issue(good), chain.Unknown},
		"a responder's responder":               {p.issuing.Issue(testca.Authority("Sub").With(testca.ExtUsage(alg.OIDUsageOCSPSigning))).Issue(good), chain.Unknown},
		"a responder with a critical extension": {p.issuing.Issue(good.With(extend(pki.Extension{ID: "\x2a\x03", Critical: true, Value: []byte{5, 0}}))), chain.Unknown},
		"a responder with a short key":          {p.issuing.Issue(good.With(testca.Key(testca.RSA1024))), chain.Unknown},
	} {
		for _, byName := range []bool{true, false} {
			r := answer(t, c.by, func(o *pki.OCSPTemplate) { o.ByName = byName }, says{about: p.alice})
			s := status(t, why, p.ask(r))
			if s.State != c.want || c.want == chain.Unknown && len(s.Ignored) == 0 {
				t.Errorf("%s: %+v", why, s)
			}
			k := chain.CheckOCSP(t.Context(), chain.OCSPCheck{Response: r, Certificate: p.alice.Certificate, Issuer: p.issuing.Certificate, Time: testca.Now})
			if k.Status.State != c.want {
				t.Errorf("%s, by itself: %+v", why, k)
			}
			// A responder that is trusted for everybody may answer whoever made it.
			k = chain.CheckOCSP(t.Context(), chain.OCSPCheck{Response: r, Certificate: p.alice.Certificate, Issuer: p.issuing.Certificate, Time: testca.Now,
				Responders: []*pki.Certificate{c.by.Certificate}})
			if k.Status.State != chain.Good {
				t.Errorf("%s, trusted: %+v", why, k)
			}
		}
	}
}

func TestARespondersOwnRevocationCounts(t *testing.T) {
	p := newPeople(t)
	plain := p.issuing.Issue(testca.Responder("R"))
	exempt := p.issuing.Issue(testca.Responder("R2").With(nocheck))
	for why, c := range map[string]struct {
		by   *testca.Entity
		want chain.State
	}{"asked about": {plain, chain.Unknown}, "exempt by nocheck": {exempt, chain.Good}} {
		// The list is about the responder alone: for alice it covers too few reasons.
		l := p.issuing.CRLWith(pki.CRLTemplate{Number: p.alice.Certificate.Serial, ThisUpdate: days(-1), NextUpdate: days(1),
			Scope: pki.IssuingDistributionPoint{Present: true, OnlySomeReasons: pki.ForKeyCompromise}}, listed(c.by, days(-3), pki.KeyCompromise))
		if s := status(t, why, p.ask(l, answer(t, c.by, nil, says{about: p.alice}))); s.State != c.want {
			t.Errorf("%s: %+v", why, s)
		}
	}
}

// The moment judged may lie back: a responder that has expired since answered when it was entitled to.
func TestOldAnswersCountForTheirTime(t *testing.T) {
	p := newPeople(t)
	short := testca.Responder("R").With(nocheck)
	then := p.issuing.Issue(short.With(testca.Valid(days(-110), days(-80))))
	now := p.issuing.Issue(short.With(testca.Valid(days(-10), days(10))))
	root := list(p.root, days(-105), days(-95))
	for why, c := range map[string]struct {
		by       *testca.Entity
		produced int
		says     says
		want     chain.State
		later    bool
	}{
		"of then, by a responder of then":  {then, -101, says{about: p.alice, from: days(-101), to: days(-99)}, chain.Good, false},
		"of now, by a responder of now":    {now, -1, says{about: p.alice}, chain.Good, false},
		"revoked since":                    {now, -1, says{about: p.alice, status: pki.OCSPRevoked, revoked: days(-50), reason: pki.Superseded}, chain.Good, true},
		"revoked since, for a stolen key":  {now, -1, says{about: p.alice, status: pki.OCSPRevoked, revoked: days(-50), reason: pki.KeyCompromise}, chain.Revoked, false},
		"revoked before":                   {now, -1, says{about: p.alice, status: pki.OCSPRevoked, revoked: days(-150), reason: pki.Superseded}, chain.Revoked, false},
		"made now by a responder of then":  {then, -1, says{about: p.alice}, chain.Unknown, false},
		"dated back by a responder of now": {now, -101, says{about: p.alice, from: days(-101), to: days(-99)}, chain.Unknown, false},
	} {
		r := ask(p.alice)
		r.Time, r.Now = days(-100), testca.Now
		r.Evidence = chain.AtHand{Lists: []*pki.CRL{root}, Answers: []*pki.OCSPResponse{answer(t, c.by, func(o *pki.OCSPTemplate) { o.ProducedAt = days(c.produced) }, c.says)}}
		if s := status(t, why, r); s.State != c.want || s.Later != c.later {
			t.Errorf("%s: %+v", why, s)
		}
	}
}

// An answer that comes with a message is as old as its sender likes. It does not hide a list that is at hand.
func TestAllEvidenceIsLookedAt(t *testing.T) {
	p := newPeople(t)
	good := func(from int) *pki.OCSPResponse {
		return answer(t, p.issuing, nil, says{about: p.alice, from: days(from), to: days(5)})
	}
	revoked := list(p.issuing, days(-3), days(3), listed(p.alice, days(-4), pki.Superseded))
	hold := list(p.issuing, days(-3), days(3), listed(p.alice, days(-4), pki.CertificateHold))
	for why, c := range map[string]struct {
		evidence []any
		want     chain.State
	}{
		"a good answer and a list that revokes":       {[]any{good(-6), revoked}, chain.Revoked},
		"a newer good answer and a list that revokes": {[]any{good(-2), revoked}, chain.Revoked},
		"an older good answer and a hold":             {[]any{good(-6), hold}, chain.Revoked},
		"a newer good answer and a hold":              {[]any{good(-2), hold}, chain.Good},
		"an answer that revokes and a clean list":     {[]any{answer(t, p.issuing, nil, says{about: p.alice, status: pki.OCSPRevoked, revoked: days(-4)}), list(p.issuing, days(-1), days(1))}, chain.Revoked},
		"an unknown and a clean list":                 {[]any{answer(t, p.issuing, nil, says{about: p.alice, status: pki.OCSPUnknown}), list(p.issuing, days(-1), days(1))}, chain.Good},
		"garbage and a clean list":                    {[]any{&pki.OCSPResponse{}, &pki.OCSPResponse{Status: pki.OCSPTryLater}, list(p.issuing, days(-1), days(1))}, chain.Good},
	} {
		if s := status(t, why, p.ask(c.evidence...)); s.State != c.want {
			t.Errorf("%s: %+v", why, s)
		}
	}
}

// RFC 9654 §2.1.
func TestANonceIsCompared(t *testing.T) {
	p := newPeople(t)
	for why, c := range map[string]struct {
		sent, got []byte
		ok        bool
		code      string
	}{
		"none":         {nil, nil, true, ""},
		"not sent":     {nil, []byte("abc"), true, ""},
		"the same":     {[]byte("abc"), []byte("abc"), true, ""},
		"another":      {[]byte("abc"), []byte("abd"), false, "evidence.nonce"},
		"not repeated": {[]byte("abc"), nil, true, "evidence.no-nonce"},
	} {
		r := answer(t, p.issuing, func(o *pki.OCSPTemplate) { o.Nonce = c.got }, says{about: p.alice})
		k := chain.CheckOCSP(t.Context(), chain.OCSPCheck{Response: r, Certificate: p.alice.Certificate, Issuer: p.issuing.Certificate, Time: testca.Now, Nonce: c.sent})
		if k.OK != c.ok || c.code != "" && string(k.Findings[0].Code) != c.code || c.code == "" && len(k.Findings) > 0 {
			t.Errorf("%s: %+v", why, k)
		}
	}
}

func TestAListByItself(t *testing.T) {
	p := newPeople(t)
	lister := p.issuing.Issue(testca.Authority("second").With(testca.Named("Issuing", "Issuing"), testca.Usage(pki.CRLSign), func(s *testca.Spec) { s.CA = false }))
	for why, c := range map[string]struct {
		check chain.CRLCheck
		state chain.State
		code  string
	}{
		"the list alone":                {chain.CRLCheck{CRL: list(p.issuing, days(-1), days(1))}, chain.Unknown, ""},
		"somebody who is not on it":     {chain.CRLCheck{CRL: list(p.issuing, days(-1), days(1)), Certificate: p.alice.Certificate}, chain.Good, ""},
		"somebody who is on it":         {chain.CRLCheck{CRL: list(p.issuing, days(-1), days(1), listed(p.alice, days(-3), 1)), Certificate: p.alice.Certificate}, chain.Revoked, "revocation.revoked"},
		"another authority's":           {chain.CRLCheck{CRL: list(p.root, days(-1), days(1))}, chain.Unknown, "evidence.of-another-authority"},
		"another authority's, asked":    {chain.CRLCheck{CRL: list(p.root, days(-1), days(1)), Certificate: p.alice.Certificate}, chain.Unknown, "evidence.of-another-authority"},
		"out of date":                   {chain.CRLCheck{CRL: list(p.issuing, days(-3), days(-1))}, chain.Unknown, "evidence.out-of-date"},
		"out of date, and she is on it": {chain.CRLCheck{CRL: list(p.issuing, days(-3), days(-1), listed(p.alice, days(-3), 1)), Certificate: p.alice.Certificate}, chain.Unknown, "evidence.out-of-date"},
		"with a signer of its own":      {chain.CRLCheck{CRL: list(lister, days(-1), days(1)), Pool: []*pki.Certificate{lister.Certificate}, Certificate: p.alice.Certificate}, chain.Good, ""},
		"whose signer is missing":       {chain.CRLCheck{CRL: list(lister, days(-1), days(1)), Certificate: p.alice.Certificate}, chain.Unknown, "evidence.signature"},
	} {
		c.check.Issuer, c.check.Time = p.issuing.Certificate, testca.Now
		k := chain.CheckCRL(t.Context(), c.check)
		usable := c.code == "" || c.code == "revocation.revoked"
		if k.OK != usable || k.Status.State != c.state || c.code != "" && (len(k.Findings) == 0 || string(k.Findings[0].Code) != c.code) {
			t.Errorf("%s: %+v", why, k)
		}
	}
	for _, k := range []*chain.Check{chain.CheckCRL(t.Context(), chain.CRLCheck{}), chain.CheckOCSP(t.Context(), chain.OCSPCheck{})} {
		if k.OK || len(k.Findings) != 1 {
			t.Errorf("no question: %+v", k)
		}
	}
}
