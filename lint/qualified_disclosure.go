package lint

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// disclosureRules are about statements with addresses and numbers (ETSI EN 319 412-5 §4.3).
func disclosureRules() []Rule {
	const etsi = "ETSI EN 319 412-5 §"
	return []Rule{
		{Name: "qc.disclosure", Section: etsi + "4.3.4", Severity: Error, Title: "QcPDS lists addresses of disclosure statements with their languages", Advice: "write an IA5String and two letters of ISO 639-1 for each",
			Same: []string{"e_qcstatem_qcpds_valid"}, when: whenStatement(alg.OIDQCDisclosure), check: eachDisclosure(func(uri, language der.Value) bool {
				_, err := url.Parse(string(uri.Body))
				return err == nil && uri.Tag == der.IA5String && len(uri.Body) > 0 && language.Tag == der.PrintableString && len(language.Body) == 2
			})},
		{Name: "qc.disclosure-https", Section: etsi + "4.3.4", Severity: Error, Title: "disclosure statements are had by https", Advice: "write an https address", From: day(2023, 9, 1),
			Same: []string{"e_qcstatem_pds_must_have_https_only"}, when: whenStatement(alg.OIDQCDisclosure), check: eachDisclosure(func(uri, _ der.Value) bool { return isWebAddress(string(uri.Body), "https") })},
		{Name: "qc.disclosure-language", Section: etsi + "4.3.4, ISO 639-1", Severity: Warning, Title: "languages of disclosure statements are in small letters", Advice: "write small letters",
			Same: []string{"w_qcstatem_qcpds_lang_case"}, when: whenStatement(alg.OIDQCDisclosure), check: eachDisclosure(func(_, language der.Value) bool {
				return string(language.Body) == strings.ToLower(string(language.Body))
			})},
		{Name: "qc.retention", Section: etsi + "4.3.3", Severity: Error, Title: "QcRetentionPeriod is a number of years", Advice: "write an INTEGER, zero or more",
			Same: []string{"e_qcstatem_qcretentionperiod_valid"}, when: whenStatement(alg.OIDQCRetention), check: eachStatement(alg.OIDQCRetention, func(i []byte) string {
				c := der.NewCursor(i)
				n := c.Int()
				return unless(c.Done() == nil && n.Sign() >= 0, "it is none")
			})},
		{Name: "qc.limit", Section: etsi + "4.3.2", Severity: Error, Title: "QcLimitValue is a currency, an amount and an exponent", Advice: "write the three letters or the number of ISO 4217, and two INTEGERs",
			Same: []string{"e_qcstatem_qclimitvalue_valid"}, when: whenStatement(alg.OIDQCLimit), check: eachStatement(alg.OIDQCLimit, checkMoney)},
	}
}

// readOIDs reads a SEQUENCE OF OBJECT IDENTIFIER.
func readOIDs(raw []byte) (out []der.OID, ok bool) {
	c := der.NewCursor(raw)
	seq := c.Sequence()
	for seq.More() {
		out = append(out, seq.OID())
	}
	return out, seq.Done() == nil && c.Done() == nil
}

// eachDisclosure makes a check of QcEuPDS, a list of address and language; a list that cannot be read is not well.
func eachDisclosure(well func(uri, language der.Value) bool) func(*subject) string {
	return eachStatement(alg.OIDQCDisclosure, func(info []byte) string {
		c := der.NewCursor(info)
		list := c.Sequence()
		if !list.More() {
			return "it is empty"
		}
		for list.More() {
			one := list.Sequence()
			uri, language := one.Next(), one.Next()
			if one.Done() != nil || !well(uri, language) {
				return fmt.Sprintf("%q in %q", uri.Body, language.Body)
			}
		}
		return unless(list.Done() == nil && c.Done() == nil, "it cannot be read")
	})
}

// checkMoney reads MonetaryValue: a currency of ISO 4217, by letters or by number, an amount, an exponent of ten.
func checkMoney(info []byte) string {
	c := der.NewCursor(info)
	seq := c.Sequence()
	currency := seq.Next()
	amount := seq.Int()
	seq.Int()
	if seq.Done() != nil || c.Done() != nil || amount.Sign() < 0 {
		return "it is not"
	}
	switch currency.Tag {
	case der.PrintableString:
		return unless(len(currency.Body) == 3, fmt.Sprintf("%q", currency.Body))
	case der.Integer:
		return unless(len(currency.Body) <= 2, "the number is larger than 999")
	}
	return currency.Tag.String()
}
