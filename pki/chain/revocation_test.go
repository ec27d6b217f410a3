package chain_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// days returns a moment some days from now.
func days(n int) time.Time { return testca.Now.AddDate(0, 0, n) }

// listed is an entry about somebody.
func listed(e *testca.Entity, at time.Time, reason pki.Reason) pki.RevokedEntry {
	return pki.NewRevokedEntry(der.IntOf(e.Certificate.SerialRaw), at, reason)
}

// list is a list of an authority with the time that it covers.
func list(by *testca.Entity, from, to time.Time, entries ...pki.RevokedEntry) *pki.CRL {
	return by.CRLWith(pki.CRLTemplate{Number: big.NewInt(from.Unix()), ThisUpdate: from, NextUpdate: to}, entries...)
}

// people is an authority with somebody below it.
type people struct{ root, issuing, alice *testca.Entity }

func newPeople(t testing.TB, changes ...testca.Change) people {
	p := people{root: testca.Root(t, "Root")}
	p.issuing = p.root.Issue(testca.Authority("Issuing"))
	p.alice = p.issuing.Issue(testca.Person("alice@example.org").With(changes...))
	return p
}

// ask is a question with lists and answers about alice, and a good list about her authority.
func (p people) ask(evidence ...any) chain.Request {
	r := ask(p.alice)
	e := chain.AtHand{Lists: []*pki.CRL{list(p.root, days(-1), days(30))}}
	for _, x := range evidence {
		switch x := x.(type) {
		case *pki.CRL:
			e.Lists = append(e.Lists, x)
		case *pki.OCSPResponse:
			e.Answers = append(e.Answers, x)
		}
	}
	r.Evidence = e
	return r
}

// status judges softly and strictly, and returns what is known about the leaf.
func status(t *testing.T, why string, r chain.Request) chain.Status {
	t.Helper()
	soft := chain.Verify(t.Context(), r)
	r.Revocation = chain.Hard
	hard := chain.Verify(t.Context(), r)
	if len(soft.Revocation) == 0 || len(soft.Revocation) != len(soft.Path)-1 {
		t.Fatalf("%s: %d statuses for a path of %d", why, len(soft.Revocation), len(soft.Path))
	}
	s := soft.Revocation[0]
	if soft.OK != (s.State != chain.Revoked) || hard.OK != (s.State == chain.Good) {
		t.Errorf("%s: soft %v, hard %v, and the status is %s: %v", why, soft.OK, hard.OK, s.State, soft.Failures)
	}
	if s.State == chain.Unknown && (s.Why == "" || !has(soft.Findings, "revocation.unknown")) {
		t.Errorf("%s: unknown, and nobody says so: %+v", why, s)
	}
	return s
}

func TestAListSaysWhoIsRevoked(t *testing.T) {
	p := newPeople(t)
	alice, bob := p.alice, p.issuing.Issue(testca.Person("bob@example.org"))
	stranger := testca.Root(t, "Stranger")
	early := listed(alice, days(-10), pki.KeyCompromise)
	dated := func(at, invalid time.Time, reason pki.Reason) pki.RevokedEntry {
		e := listed(alice, at, reason)
		e.Invalid = invalid
		return e
	}
	for why, c := range map[string]struct {
		lists []any
		want  chain.State
		later bool
	}{
		"not listed":                          {[]any{list(p.issuing, days(-1), days(1))}, chain.Good, false},
		"another is listed":                   {[]any{list(p.issuing, days(-1), days(1), listed(bob, days(-5), 0))}, chain.Good, false},
		"listed":                              {[]any{list(p.issuing, days(-1), days(1), listed(alice, days(-5), 0))}, chain.Revoked, false},
		"listed among many":                   {[]any{list(p.issuing, days(-1), days(1), listed(bob, days(-9), 1), early, listed(p.issuing, days(-3), 2))}, chain.Revoked, false},
		"on hold":                             {[]any{list(p.issuing, days(-1), days(1), listed(alice, days(-5), pki.CertificateHold))}, chain.Revoked, false},
		"no list":                             {nil, chain.Unknown, false},
		"out of date":                         {[]any{list(p.issuing, days(-9), days(-1))}, chain.Unknown, false},
		"out of date, and listed: that stays": {[]any{list(p.issuing, days(-9), days(-1), early)}, chain.Revoked, false},
		"out of date, and on hold: that may have gone": {[]any{list(p.issuing, days(-9), days(-1), listed(alice, days(-10), pki.CertificateHold))}, chain.Unknown, false},
		"from the future":                             {[]any{list(p.issuing, days(1), days(3), early)}, chain.Unknown, false},
		"of another authority":                        {[]any{list(p.root, days(-1), days(1), early), list(stranger, days(-1), days(1), early)}, chain.Unknown, false},
		"two, the newer says revoked":                 {[]any{list(p.issuing, days(-2), days(3)), list(p.issuing, days(-1), days(4), listed(alice, days(-1), 0))}, chain.Revoked, false},
		"two, the newer lifts a hold":                 {[]any{list(p.issuing, days(-2), days(3), listed(alice, days(-3), pki.CertificateHold)), list(p.issuing, days(-1), days(4))}, chain.Good, false},
		"two, the older has a hold that is new again": {[]any{list(p.issuing, days(-2), days(3)), list(p.issuing, days(-1), days(4), listed(alice, days(-3), pki.CertificateHold))}, chain.Revoked, false},

		"revoked later":                  {[]any{list(p.issuing, days(-1), days(1), listed(alice, days(5), pki.Superseded))}, chain.Good, true},
		"revoked later, for no reason":   {[]any{list(p.issuing, days(-1), days(1), listed(alice, days(5), 0))}, chain.Good, true},
		"stolen, found out later":        {[]any{list(p.issuing, days(-1), days(1), listed(alice, days(5), pki.KeyCompromise))}, chain.Revoked, false},
		"stolen later, found out later":  {[]any{list(p.issuing, days(-1), days(1), dated(days(5), days(3), pki.KeyCompromise))}, chain.Good, true},
		"stolen before, found out later": {[]any{list(p.issuing, days(-1), days(1), dated(days(5), days(-3), pki.KeyCompromise))}, chain.Revoked, false},
		"invalid before, revoked later":  {[]any{list(p.issuing, days(-1), days(1), dated(days(5), days(-3), pki.Superseded))}, chain.Revoked, false},
		"invalid after the revocation":   {[]any{list(p.issuing, days(-1), days(1), dated(days(-5), days(3), pki.Superseded))}, chain.Revoked, false},
	} {
		s := status(t, why, p.ask(c.lists...))
		if s.State != c.want || s.Later != c.later || s.State != chain.Unknown && s.Source != chain.FromCRL {
			t.Errorf("%s: %+v, want %s", why, s, c.want)
		}
	}
}

// The moment judged lies before the judgement: what was published in between counts.
func TestEvidenceFromAfterTheMomentJudgedCounts(t *testing.T) {
	p := newPeople(t, testca.Valid(days(-100), days(50)))
	for why, c := range map[string]struct {
		list  *pki.CRL
		want  chain.State
		later bool
	}{
		"a list from then":           {list(p.issuing, days(-21), days(-19)), chain.Good, false},
		"a list from before":         {list(p.issuing, days(-25), days(-22)), chain.Unknown, false},
		"a list from now":            {list(p.issuing, days(-1), days(1)), chain.Good, false},
		"revoked since":              {list(p.issuing, days(-1), days(1), listed(p.alice, days(-10), pki.CessationOfOperation)), chain.Good, true},
		"revoked before":             {list(p.issuing, days(-1), days(1), listed(p.alice, days(-30), pki.CessationOfOperation)), chain.Revoked, false},
		"a list from later than now": {list(p.issuing, days(1), days(3), listed(p.alice, days(-30), pki.KeyCompromise)), chain.Unknown, false},
	} {
		r := p.ask(c.list)
		r.Time, r.Now = days(-20), testca.Now
		s := status(t, why, chain.Request{Leaf: r.Leaf, Pool: r.Pool, Anchors: r.Anchors, Time: r.Time, Now: r.Now,
			Evidence: chain.AtHand{Lists: []*pki.CRL{c.list, list(p.root, days(-21), days(-19))}}})
		if s.State != c.want || s.Later != c.later {
			t.Errorf("%s: %+v", why, s)
		}
	}
	// RFC 5280 §3.3: from a list made after the certificate's end an entry may be gone.
	r := p.ask(list(p.issuing, days(60), days(90)))
	r.Time, r.Now = days(40), days(61)
	if s := chain.Verify(t.Context(), r).Revocation[0]; s.State != chain.Unknown {
		t.Errorf("a list from after the end: %+v", s)
	}
	r = p.ask(list(p.issuing, days(60), days(90), listed(p.alice, days(30), 0)))
	r.Time, r.Now = days(40), days(61)
	if s := chain.Verify(t.Context(), r).Revocation[0]; s.State != chain.Revoked {
		t.Errorf("an entry on a list from after the end: %+v", s)
	}
}

func TestDeltasChangeACompleteList(t *testing.T) {
	p := newPeople(t)
	delta := func(number, base int64, from, to time.Time, scope pki.IssuingDistributionPoint, entries ...pki.RevokedEntry) *pki.CRL {
		return p.issuing.CRLWith(pki.CRLTemplate{Number: big.NewInt(number), DeltaBase: big.NewInt(base), ThisUpdate: from, NextUpdate: to, Scope: scope}, entries...)
	}
	full := func(from, to time.Time, entries ...pki.RevokedEntry) *pki.CRL {
		return p.issuing.CRLWith(pki.CRLTemplate{Number: big.NewInt(10), ThisUpdate: from, NextUpdate: to}, entries...)
	}
	revoked, held := listed(p.alice, days(-3), pki.KeyCompromise), listed(p.alice, days(-3), pki.CertificateHold)
	removed := listed(p.alice, days(-2), pki.RemoveFromCRL)
	none := pki.IssuingDistributionPoint{}
	for why, c := range map[string]struct {
		lists []any
		want  chain.State
	}{
		"a delta that revokes":           {[]any{full(days(-4), days(4)), delta(12, 10, days(-1), days(1), none, revoked)}, chain.Revoked},
		"a delta on an older base":       {[]any{full(days(-4), days(4)), delta(12, 8, days(-1), days(1), none, revoked)}, chain.Revoked},
		"a delta on a newer base":        {[]any{full(days(-4), days(4)), delta(12, 11, days(-1), days(1), none, revoked)}, chain.Good},
		"a delta older than the list":    {[]any{full(days(-4), days(4)), delta(9, 8, days(-6), days(1), none, revoked)}, chain.Good},
		"a delta that lifts a hold":      {[]any{full(days(-4), days(4), held), delta(12, 10, days(-1), days(1), none, removed)}, chain.Good},
		"a delta that says nothing":      {[]any{full(days(-4), days(4), held), delta(12, 10, days(-1), days(1), none)}, chain.Revoked},
		"a delta of another scope":       {[]any{full(days(-4), days(4)), delta(12, 10, days(-1), days(1), pki.IssuingDistributionPoint{Present: true, OnlyUserCerts: true}, revoked)}, chain.Good},
		"a delta alone":                  {[]any{delta(12, 10, days(-1), days(1), none)}, chain.Unknown},
		"a delta that is out of date":    {[]any{full(days(-4), days(4)), delta(12, 10, days(-3), days(-1), none, revoked)}, chain.Good},
		"an old list with a fresh delta": {[]any{full(days(-9), days(-4)), delta(12, 10, days(-1), days(1), none)}, chain.Good},
		"the newer of two deltas":        {[]any{full(days(-4), days(4), held), delta(12, 10, days(-2), days(1), none), delta(13, 10, days(-1), days(1), none, removed)}, chain.Good},
		"an old list with an old delta":  {[]any{full(days(-9), days(-4)), delta(12, 10, days(-3), days(-1), none)}, chain.Unknown},
	} {
		if s := status(t, why, p.ask(c.lists...)); s.State != c.want {
			t.Errorf("%s: %+v, want %s", why, s, c.want)
		}
	}
}

func TestListsCoverWhatTheySay(t *testing.T) {
	const here, there = "http://example.org/a.crl", "http://example.org/b.crl"
	at := func(url string, reasons pki.ReasonFlags) pki.DistributionPoint {
		p := pki.PointAt(url)
		p.Reasons = reasons
		return p
	}
	points := func(list ...pki.DistributionPoint) testca.Change {
		return extend(must[pki.Extension](t)(pki.CRLPointsExtension(list...)))
	}
	half := pki.ForKeyCompromise | pki.ForCACompromise
	rest := pki.AllReasons &^ half
	some := func(url string, reasons pki.ReasonFlags) pki.IssuingDistributionPoint {
		return pki.IssuingDistributionPoint{Present: true, Point: pki.PointAt(url).PointName, OnlySomeReasons: reasons}
	}
	for why, c := range map[string]struct {
		points []pki.DistributionPoint
		scopes []pki.IssuingDistributionPoint
		onlast bool // the last list names alice
		want   chain.State
	}{
		"a list without scope":             {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{{}}, false, chain.Good},
		"the list of the point":            {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(here, 0)}, false, chain.Good},
		"the list of another point":        {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(there, 0)}, false, chain.Unknown},
		"the list of another point, on it": {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(there, 0)}, true, chain.Unknown},
		"of any point":                     {[]pki.DistributionPoint{at(here, 0), at(there, 0)}, []pki.IssuingDistributionPoint{some(there, 0)}, false, chain.Good},
		"without points, of a point":       {nil, []pki.IssuingDistributionPoint{some(here, 0)}, false, chain.Unknown},
		"users only":                       {nil, []pki.IssuingDistributionPoint{{Present: true, OnlyUserCerts: true}}, false, chain.Good},
		"authorities only":                 {nil, []pki.IssuingDistributionPoint{{Present: true, OnlyCACerts: true}}, true, chain.Unknown},
		"attributes only":                  {nil, []pki.IssuingDistributionPoint{{Present: true, OnlyAttributes: true}}, true, chain.Unknown},
		"some reasons":                     {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(here, half)}, false, chain.Unknown},
		"some reasons, on it":              {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(here, half)}, true, chain.Revoked},
		"all reasons in two lists":         {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(here, half), some(here, rest)}, false, chain.Good},
		"all reasons in two points":        {[]pki.DistributionPoint{at(here, half), at(there, rest)}, []pki.IssuingDistributionPoint{some(here, 0), some(there, 0)}, false, chain.Good},
		"the second list has her":          {[]pki.DistributionPoint{at(here, 0)}, []pki.IssuingDistributionPoint{some(here, half), some(here, rest)}, true, chain.Revoked},
		"one of two points":                {[]pki.DistributionPoint{at(here, half), at(there, rest)}, []pki.IssuingDistributionPoint{some(here, 0)}, false, chain.Unknown},
		"a full list beside":               {[]pki.DistributionPoint{at(here, half)}, []pki.IssuingDistributionPoint{some(here, half), {}}, false, chain.Good},
	} {
		var changes []testca.Change
		if c.points != nil {
			changes = append(changes, points(c.points...))
		}
		p := newPeople(t, changes...)
		var lists []any
		for i, s := range c.scopes {
			var entries []pki.RevokedEntry
			if c.onlast && i == len(c.scopes)-1 {
				entries = append(entries, listed(p.alice, days(-3), pki.Superseded))
			}
			lists = append(lists, p.issuing.CRLWith(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: days(-1), NextUpdate: days(1), Scope: s}, entries...))
		}
		if s := status(t, why, p.ask(lists...)); s.State != c.want {
			t.Errorf("%s: %+v, want %s", why, s, c.want)
		}
	}
}

func TestIndirectListsAreTheOnesThatAreNamed(t *testing.T) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	lister := root.Issue(testca.Person("").With(testca.Named("Lister", ""), testca.Usage(pki.CRLSign), testca.ExtUsage()))
	point := pki.DistributionPoint{CRLIssuer: pki.GeneralNames{pki.Directory(lister.Certificate.Subject)}}
	alice := issuing.Issue(testca.Person("alice@example.org").With(extend(must[pki.Extension](t)(pki.CRLPointsExtension(point)))))
	entry := listed(alice, days(-3), pki.Superseded)
	entry.Issuer = pki.GeneralNames{pki.Directory(issuing.Certificate.Subject)}
	foreign := entry
	foreign.Issuer = pki.GeneralNames{pki.Directory(root.Certificate.Subject)}
	indirect := func(by *testca.Entity, flag bool, entries ...pki.RevokedEntry) *pki.CRL {
		return by.CRLWith(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: days(-1), NextUpdate: days(1), Scope: pki.IssuingDistributionPoint{Present: flag, Indirect: flag}}, entries...)
	}
	person := root.Issue(testca.Person("").With(testca.Named("Lister", ""), testca.Key(testca.P384)))
	stranger := testca.Root(t, "Stranger").Issue(testca.Authority("x").With(testca.Named("Lister", "")))
	for why, c := range map[string]struct {
		list *pki.CRL
		pool *testca.Entity
		want chain.State
	}{
		"not listed":                     {indirect(lister, true), lister, chain.Good},
		"listed":                         {indirect(lister, true, entry), lister, chain.Revoked},
		"a namesake's serial number":     {indirect(lister, true, foreign), lister, chain.Good},
		"the list's own serial number":   {indirect(lister, true, listed(alice, days(-3), 0)), lister, chain.Good},
		"not indirect":                   {indirect(lister, false, entry), lister, chain.Unknown},
		"the signer is not at hand":      {indirect(lister, true), nil, chain.Unknown},
		"signed by somebody who may not": {indirect(person, true), person, chain.Unknown},
		"signed below another anchor":    {indirect(stranger, true), stranger, chain.Unknown},
	} {
		r := ask(alice)
		r.Evidence = chain.AtHand{Lists: []*pki.CRL{c.list, list(root, days(-1), days(30))}}
		if c.pool != nil {
			r.Pool = append(r.Pool, c.pool.Certificate)
		}
		if why == "signed below another anchor" {
			r.Anchors = anchors(root, c.pool.Issuer)
		}
		if s := status(t, why, r); s.State != c.want {
			t.Errorf("%s: %+v, want %s", why, s, c.want)
		}
		// The signer's certificate may come with the evidence too.
		if c.pool != nil {
			r.Pool, r.Evidence = r.Pool[:len(r.Pool)-1], chain.AtHand{Lists: []*pki.CRL{c.list, list(root, days(-1), days(30))}, Certificates: []*pki.Certificate{c.pool.Certificate}}
			if s := status(t, why+", from the evidence", r); s.State != c.want {
				t.Errorf("%s, from the evidence: %+v, want %s", why, s, c.want)
			}
		}
	}
}

// RFC 5280 §6.3.3 (f): a list may be signed with another key than certificates, which must lead to the same anchor and not be revoked.
func TestListsMayBeSignedWithAnotherKey(t *testing.T) {
	p := newPeople(t)
	name := p.issuing.Certificate.Subject
	second := func(changes ...testca.Change) *testca.Entity {
		return p.root.Issue(testca.Authority("second key").With(testca.Usage(pki.CRLSign), func(s *testca.Spec) { s.Subject, s.CA = &name, false }).With(changes...))
	}
	good := second()
	for why, c := range map[string]struct {
		signer *testca.Entity
		roots  []pki.RevokedEntry // on the root's list
		want   chain.State
	}{
		"with a second key":                    {good, nil, chain.Good},
		"whose certificate is revoked":         {good, []pki.RevokedEntry{listed(good, days(-5), pki.KeyCompromise)}, chain.Unknown},
		"whose certificate has expired":        {second(testca.Valid(testca.NotBefore, days(-1))), nil, chain.Unknown},
		"whose certificate may not sign lists": {second(testca.Usage(pki.KeyCertSign)), nil, chain.Unknown},
		"whose certificate is self-made":       {testca.Root(t, "x", func(s *testca.Spec) { s.Subject = &name }), nil, chain.Unknown},
	} {
		r := ask(p.alice)
		r.Pool = append(r.Pool, c.signer.Certificate)
		r.Evidence = chain.AtHand{Lists: []*pki.CRL{list(c.signer, days(-1), days(1)), list(p.root, days(-1), days(30), c.roots...)}}
		if s := status(t, why, r); s.State != c.want {
			t.Errorf("%s: %+v, want %s", why, s, c.want)
		}
	}
	// PKITS 4.14.30: a list is all there is to say about its own signer. It is believed, and it can accuse.
	for why, entries := range map[string][]pki.RevokedEntry{"": nil, "itself": {listed(good, days(-5), pki.KeyCompromise)}} {
		own := second(extend(must[pki.Extension](t)(pki.CRLPointsExtension(pki.DistributionPoint{CRLIssuer: pki.GeneralNames{pki.Directory(name)}}))))
		if entries != nil {
			e := listed(own, days(-5), pki.KeyCompromise)
			e.Issuer = pki.GeneralNames{pki.Directory(p.root.Certificate.Subject)}
			entries = []pki.RevokedEntry{e}
		}
		l := own.CRLWith(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: days(-1), NextUpdate: days(1), Scope: pki.IssuingDistributionPoint{Present: true, Indirect: true}}, entries...)
		r := ask(p.alice)
		r.Pool = append(r.Pool, own.Certificate)
		r.Evidence = chain.AtHand{Lists: []*pki.CRL{l}}
		want := chain.Good
		if why != "" {
			want = chain.Unknown
		}
		if s := chain.Verify(t.Context(), r).Revocation[0]; s.State != want {
			t.Errorf("a list that is asked about its signer and accuses %q: %+v", why, s)
		}
	}
}

func TestARevokedAuthorityTakesEveryoneWithIt(t *testing.T) {
	p := newPeople(t)
	r := ask(p.alice)
	r.Evidence = chain.AtHand{Lists: []*pki.CRL{list(p.root, days(-1), days(1), listed(p.issuing, days(-3), pki.CACompromise)), list(p.issuing, days(-1), days(1))}}
	got := chain.Verify(t.Context(), r)
	expect(t, "revoked", got, "revocation.authority")
	if got.Failures[0].Index != 1 || got.Revocation[1].State != chain.Revoked {
		t.Errorf("%+v", got.Revocation)
	}
	// Another way around the revoked certificate is found.
	again := cross(p.root, p.issuing)
	r.Pool = append(r.Pool, again.Certificate)
	got = chain.Verify(t.Context(), r)
	expect(t, "around it", got, "")
	if !got.Path[1].Equal(again.Certificate) {
		t.Errorf("%v", got.Path)
	}
}

func TestRevocationCanBeSoftHardOrOff(t *testing.T) {
	p := newPeople(t)
	bad := list(p.issuing, days(-1), days(1), listed(p.alice, days(-3), 0))
	for mode, want := range map[chain.Revocation]string{"": "revocation.revoked", chain.Soft: "revocation.revoked", chain.Hard: "revocation.revoked", chain.Off: ""} {
		r := p.ask(bad)
		r.Revocation = mode
		got := chain.Verify(t.Context(), r)
		expect(t, string(mode), got, want)
		if mode == chain.Off && (got.Revocation[0].State != chain.NotChecked || !has(got.Findings, "revocation.not-asked")) {
			t.Errorf("%+v", got)
		}
	}
	r := ask(p.alice)
	r.Revocation = chain.Hard
	expect(t, "hard, and nothing is known", chain.Verify(t.Context(), r), "path.revocation-unknown")
	r = p.ask(list(p.issuing, days(-5), days(5)))
	r.MaxAge = 4 * 24 * time.Hour
	if s := status(t, "older than wanted", r); s.State != chain.Unknown {
		t.Errorf("%+v", s)
	}
	// Somebody who has expired may have been revoked before: both are said.
	old := newPeople(t, testca.Valid(days(-50), days(-10)))
	r = old.ask(list(old.issuing, days(-1), days(1), listed(old.alice, days(-20), pki.KeyCompromise)))
	expect(t, "expired and revoked", chain.Verify(t.Context(), r), "time.expired revocation.revoked")
}

// Nobody is asked about a certificate that no authority vouches for: a forger could name any address (evidence may go to the network).
func TestNobodyIsAskedAboutAForgery(t *testing.T) {
	p := newPeople(t)
	for why, r := range map[string]chain.Request{
		"another anchor":  {Leaf: p.alice.Certificate, Pool: p.alice.Chain(), Anchors: anchors(testca.Root(t, "Other")), Time: testca.Now},
		"another purpose": {Leaf: p.alice.Certificate, Pool: p.alice.Chain(), Anchors: anchors(p.root), Time: testca.Now, Purpose: chain.TimeStamping},
	} {
		e := &asked{}
		r.Evidence = e
		if got := chain.Verify(t.Context(), r); got.OK || e.lists+e.answers > 0 {
			t.Errorf("%s: %d lists and %d answers were asked for", why, e.lists, e.answers)
		}
	}
}

// A list with a hundred thousand entries is looked up, not walked through for every certificate.
func TestALargeListIsSearchedQuickly(t *testing.T) {
	p := newPeople(t)
	var entries []pki.RevokedEntry
	for i := range 100_000 {
		entries = append(entries, pki.NewRevokedEntry(big.NewInt(int64(i)+1<<40), days(-3), pki.Superseded))
	}
	r := p.ask(list(p.issuing, days(-1), days(1), entries...))
	for range 20 {
		if got := chain.Verify(t.Context(), r); !got.OK || got.Revocation[0].State != chain.Good {
			t.Fatal(got.Failures)
		}
	}
}
