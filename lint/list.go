package lint

import (
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// list is a revocation list with what rules ask again and again.
type list struct {
	*pki.CRL
	issuer      *pki.Certificate // nil when not known
	draft       bool             // the signature is a dummy
	authorities bool             // it is about certificates of authorities
	times       []der.Value      // thisUpdate, and nextUpdate if it is there
	entries     map[string]string
}

// CRL applies every rule for revocation lists. Options.Issuer is the authority; the S/MIME Baseline Requirements bind
// by content where its certificate is one for mail.
func CRL(c *pki.CRL, o Options) []Result {
	at := o.At
	if at.IsZero() {
		at = c.ThisUpdate
	}
	return judge(listTable, newList(c, o), o.binds(), at)
}

// CRLRules returns every rule for revocation lists, in the order in which they are applied.
func CRLRules() []Rule { return metadata(listTable) }

var listTable = slices.Concat(listOutlineRules(), listExtensionRules(), listEntryRules(), listSMIMERules())

func newList(c *pki.CRL, o Options) *list {
	l := &list{CRL: c, issuer: o.Issuer, draft: o.Draft, entries: map[string]string{}}
	l.authorities = c.Scope.OnlyCACerts || !c.Scope.OnlyUserCerts && o.Issuer != nil && o.Issuer.SelfIssued()
	tbs := der.NewCursor(c.RawTBS).Sequence()
	tbs.Optional(der.Integer)
	tbs.Next()
	tbs.Next()
	l.times = append(l.times, tbs.Next())
	if tag, ok := tbs.Peek(); ok && (tag == der.UTCTime || tag == der.GeneralizedTime) {
		l.times = append(l.times, tbs.Next())
	}
	if revoked, ok := tbs.Optional(der.Sequence); ok && tbs.Err() == nil {
		l.readEntries(der.NewCursor(revoked.Body))
	}
	return l
}

func (l *list) has(id der.OID) bool {
	_, ok := l.Extension(id)
	return ok
}

func (l *list) isCritical(id der.OID) bool {
	e, ok := l.Extension(id)
	return ok && e.Critical
}

func listHas(id der.OID) func(*list) bool { return func(l *list) bool { return l.has(id) } }

func listFault(where string, wordings ...string) func(*list) string {
	return func(l *list) string { return faults(l.Faults).at(where, wordings...) }
}

func listNotCritical(id der.OID) func(*list) string {
	return func(l *list) string { return unless(!l.isCritical(id), "it is critical") }
}

func listCritical(id der.OID) func(*list) string {
	return func(l *list) string { return unless(l.isCritical(id), "it is not critical") }
}

// listOutlineRules are about the outline of a list (RFC 5280 §5.1).
func listOutlineRules() []ruleOf[*list] {
	known := func(l *list) bool { return l.issuer != nil }
	return []ruleOf[*list]{
		{Rule: Rule{Name: "crl.version", Section: "RFC 5280 §5.1.2.1", Severity: Error, Title: "a list is of version 2", Advice: "write version 2: the number 1", Same: []string{"pkix.crl_version_missing", "pkix.crl_version_is_not_v2"}},
			check: func(l *list) string { return unless(l.Version == 2, "it is not") }},
		{Rule: Rule{Name: "crl.signature.match", Section: "RFC 5280 §5.1.1.2", Severity: Error, Title: "the signature algorithm is the same inside and outside", Advice: "write the same algorithm identifier twice", Same: []string{"pkix.crl_signature_algorithm_match"}},
			check: listFault("signature", "the one outside")},
		{Rule: Rule{Name: "crl.signature.octets", Section: "RFC 5280 §5.1.1.3", Severity: Error, Title: "the signature is a whole number of octets", Advice: "write the BIT STRING without unused bits"}, check: listFault("signatureValue")},
		{Rule: Rule{Name: "crl.signature.parameters", Section: "RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3", Severity: Error, Title: "parameters are NULL for RSA with PKCS #1 v1.5 and absent for ECDSA and EdDSA", Advice: "encode the algorithm identifier as its RFC says",
			Same: []string{"e_crl_sigalgo_missing_null_params"}}, check: func(l *list) string { return checkParametersOf(l.SignatureAlgorithm) }},
		{Rule: Rule{Name: "crl.signature.hash", Section: "RFC 8550 §4.3, RFC 6194", Severity: Warning, From: day(2017, 1, 1), Title: "no signature is made over SHA-1 or weaker", Advice: "sign with SHA-256 or better"},
			check: func(l *list) string { return checkOldHash(l.SignatureAlgorithm) }},
		{Rule: Rule{Name: "crl.signature.verifies", Section: "RFC 5280 §6.3.3", Severity: Error, Title: "the issuer's key verifies the signature", Advice: "sign with the key of the issuer's certificate"},
			when: func(l *list) bool { return known(l) && !l.draft }, check: func(l *list) string {
				return verdictOf(l.CheckSignatureBy(l.issuer.PublicKey, alg.Allow{SHA1: true, Legacy: true}), l.issuer)
			}},
		{Rule: Rule{Name: "crl.issuer.may-sign", Section: "RFC 5280 §4.2.1.3", Severity: Error, Title: "the issuer may sign lists: cRLSign", Advice: "set cRLSign in the certificate of the issuer"},
			when: func(l *list) bool { return known(l) && l.issuer.HasKeyUsage }, check: func(l *list) string { return unless(l.issuer.KeyUsage&pki.CRLSign != 0, "it is not set") }},
		{Rule: Rule{Name: "crl.issuer.nonempty", Section: "RFC 5280 §5.1.2.3", Severity: Error, Title: "the issuer has a name", Advice: "name the issuer", Same: []string{"pkix.name_empty"}},
			check: func(l *list) string { return unless(!l.Issuer.Empty(), "the name is empty") }},
		{Rule: Rule{Name: "crl.issuer.same-bytes", Section: "RFC 5280 §5.1.2.3", Severity: Error, Title: "the issuer's name is byte for byte the subject of the issuer's certificate", Advice: "copy the name's encoding"},
			when: known, check: func(l *list) string {
				return unless(string(l.RawIssuer) == string(l.issuer.RawSubject), "the bytes differ")
			}},
		{Rule: Rule{Name: "crl.times.form", Section: "RFC 5280 §5.1.2.4", Severity: Error, Title: "times have seconds, no fraction, and end with Z", Advice: "write UTCTime YYMMDDhhmmssZ or GeneralizedTime YYYYMMDDhhmmssZ",
			Same: []string{"pkix.utctime_incorect_syntax", "pkix.generalizedtime_incorect_syntax"}}, check: func(l *list) string {
			return firstOf(listFault("thisUpdate")(l), listFault("nextUpdate")(l), listFault("revocationDate")(l), listFault("invalidityDate")(l))
		}},
		{Rule: Rule{Name: "crl.times.type", Section: "RFC 5280 §5.1.2.4", Severity: Error, Title: "dates through 2049 are UTCTime, later ones GeneralizedTime", Advice: "choose the type by the year", Same: []string{"pkix.wrong_time_useful_type"}},
			check: func(l *list) string { return checkListTimes(l.times, []time.Time{l.ThisUpdate, l.NextUpdate}) }},
		{Rule: Rule{Name: "crl.nextupdate.present", Section: "RFC 5280 §5.1.2.5", Severity: Error, Title: "nextUpdate is there", Advice: "say until when the list holds", Same: []string{"e_crl_has_next_update", "pkix.validity_period_end_value_missing"}},
			check: func(l *list) string { return unless(!l.NextUpdate.IsZero(), "it is missing") }},
		{Rule: Rule{Name: "crl.nextupdate.later", Section: "RFC 5280 §5.1.2.5", Severity: Error, Title: "nextUpdate is later than thisUpdate", Advice: "set a later time", Same: []string{"pkix.crl_negative_validity_period"}},
			when: func(l *list) bool { return !l.NextUpdate.IsZero() }, check: func(l *list) string { return unless(l.NextUpdate.After(l.ThisUpdate), "it is not") }},
	}
}

// verdictOf words what verifying a signature said; keys that nothing here can use are not judged.
func verdictOf(err error, issuer *pki.Certificate) string {
	if _, unknown := issuer.PublicKey.(*alg.UnknownPublicKey); unknown || issuer.PublicKey == nil || err == nil {
		return ""
	}
	return err.Error()
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
