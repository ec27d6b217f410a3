package lint

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// listEntryRules are about the entries of a list (RFC 5280 §5.1.2.6 and §5.3). The entries are read once, by readEntries.
func listEntryRules() []ruleOf[*list] {
	some := func(l *list) bool { return l.Len() > 0 }
	entry := func(name string, severity Severity, section, title, advice string, same ...string) ruleOf[*list] {
		return ruleOf[*list]{Rule: Rule{Name: "crl.entry." + name, Section: section, Severity: severity, Title: title, Advice: advice, Same: same},
			when: some, check: func(l *list) string { return l.entries[name] }}
	}
	const reason = "RFC 5280 §5.3.1"
	return []ruleOf[*list]{
		{Rule: Rule{Name: "crl.entry.none", Section: "RFC 5280 §5.1.2.6", Severity: Error, Title: "without revoked certificates the field is absent", Advice: "leave revokedCertificates out",
			Same: []string{"e_crl_empty_revoked_certificates", "e_crl_revoked_certificates_field_must_be_empty"}}, check: listFault("revokedCertificates", "an empty list")},
		entry("serial", Error, "RFC 5280 §4.1.2.2", "serial numbers are positive and have at most 20 octets", "take the number from the certificate", "pkix.certificate_serial_number_out_of_range"),
		entry("once", Error, "RFC 5280 §5.1.2.6", "no certificate stands twice", "keep the first entry", "e_crl_unique_revoked_certificate"),
		entry("date", Error, "RFC 5280 §5.1.2.6", "nothing was revoked after thisUpdate", "correct the date, or make the list anew", "e_crl_revocation_time_after_this_update"),
		entry("early", Warning, "RFC 2459", "nothing was revoked before there were lists of this kind: January 1999", "correct the date", "e_crl_revocation_date_too_early"),
		entry("reason", Error, reason, "a reason is one of those of RFC 5280", "write a known reason, or leave it out", "e_crl_has_valid_reason_code"),
		entry("unspecified", Warning, reason, "the reason unspecified is said by leaving the reason out", "leave it out", "e_crl_has_valid_reason_code", "pkix.crl_unspecified_crl_entry_reason_code"),
		entry("remove", Error, reason, "removeFromCRL is for lists of changes", "leave the entry out"),
		entry("reason-not-critical", Error, reason, "reasonCode is not critical", "do not mark it critical", "e_cab_crl_reason_code_not_critical", "pkix.crl_reason_code_extension_critical"),
		entry("invalidity-not-critical", Error, "RFC 5280 §5.3.2", "invalidityDate is not critical", "do not mark it critical"),
		entry("issuer-critical", Error, "RFC 5280 §5.3.3", "certificateIssuer is critical", "mark it critical: who overlooks it takes the entry for another authority's"),
		entry("issuer-indirect", Error, "RFC 5280 §5.3.3", "certificateIssuer is for indirect lists", "set indirectCRL in issuingDistributionPoint"),
		entry("extension-once", Error, "RFC 5280 §5.3", "no extension of an entry appears twice", "write each extension once", "e_crl_revoked_certificate_crl_entry_has_no_duplicate_extensions"),
	}
}

// readEntries looks at each entry once, and keeps what is first found wrong under the name of each rule.
func (l *list) readEntries(c *der.Cursor) {
	seen := make(map[string]bool, l.Len())
	for e := range l.CRL.Entries {
		fields := c.Sequence()
		fields.Next()
		fields.Next()
		extensions, extended := fields.Optional(der.Sequence)
		if c.Err() != nil || fields.Done() != nil {
			return
		}
		serial := fmt.Sprintf("%x", e.SerialRaw)
		note := func(bad bool, name, detail string) {
			if _, known := l.entries[name]; bad && !known {
				l.entries[name] = "certificate " + serial + detail
			}
		}
		note(extended && len(extensions.Body) == 0, "empty", "")
		l.readEntryExtensions(der.NewCursor(extensions.Body), note)
		issuer := "" // the list's
		for _, g := range e.Issuer {
			issuer += string(g.Raw)
		}
		note(seen[issuer+"\x00"+serial], "once", "")
		seen[issuer+"\x00"+serial] = true
		l.judgeEntry(e, note)
	}
}

func (l *list) judgeEntry(e pki.RevokedEntry, note func(bad bool, name, detail string)) {
	known := e.Reason >= 0 && e.Reason <= pki.AACompromise && e.Reason != 7
	note(len(e.SerialRaw) > 20 || e.Serial().Sign() <= 0, "serial", "")
	note(e.Revoked.After(l.ThisUpdate), "date", ": "+e.Revoked.UTC().Format("2006-01-02T15:04:05Z"))
	note(e.Revoked.Before(day(1999, 1, 1)), "early", ": "+e.Revoked.UTC().Format("2006-01-02"))
	note(e.HasReason && !known, "reason", ": "+e.Reason.String())
	note(e.HasReason && e.Reason == pki.Unspecified, "unspecified", "")
	note(e.HasReason && e.Reason == pki.RemoveFromCRL && !l.IsDelta(), "remove", "")
	note(e.HasReason && e.Reason == pki.CertificateHold, "hold", "")
	note(!e.HasReason, "no-reason", "")
}

func (l *list) readEntryExtensions(c *der.Cursor, note func(bad bool, name, detail string)) {
	var seen []der.OID
	for c.More() {
		one := c.Sequence()
		id := one.OID()
		critical := false
		if v, ok := one.Optional(der.Boolean); ok {
			critical = len(v.Body) == 1 && v.Body[0] != 0
		}
		one.OctetString()
		if one.Done() != nil {
			return
		}
		for _, s := range seen {
			note(s == id, "extension-once", ": "+id.String())
		}
		seen = append(seen, id)
		switch id {
		case alg.OIDExtReasonCode:
			note(critical, "reason-not-critical", "")
		case alg.OIDExtInvalidityDate:
			note(critical, "invalidity-not-critical", "")
		case alg.OIDExtCertificateIssuer:
			note(!critical, "issuer-critical", "")
			note(!l.Scope.Indirect, "issuer-indirect", "")
		}
	}
}
