package lint

import (
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// sourceRules are about the extensions that say where more is known (RFC 5280 §4.2.1.13, §4.2.1.15, §4.2.2).
func sourceRules() []Rule {
	crl, aia := whenHas(alg.OIDExtCRLDistributionPoints), whenHas(alg.OIDExtAuthorityInfoAccess)
	return []Rule{
		{Name: "crldp.not-critical", Section: "RFC 5280 §4.2.1.13", Severity: Warning, Title: "cRLDistributionPoints is not critical", Advice: "do not mark it critical", when: crl,
			Same: []string{"w_ext_crl_distribution_marked_critical", "pkix.certificate_crldp_extension_critical"}, check: notCritical(alg.OIDExtCRLDistributionPoints)},
		{Name: "crldp.nonempty", Section: "RFC 5280 §4.2.1.13", Severity: Error, Title: "cRLDistributionPoints has a point", Advice: "leave the extension out", when: crl,
			Same: []string{"e_ext_cannot_be_empty_sequence"}, check: faultAt("cRLDistributionPoints", "empty list")},
		{Name: "crldp.reasons-alone", Section: "RFC 5280 §4.2.1.13", Severity: Error, Title: "a point has a name or an issuer, not reasons alone", Advice: "name the point", when: crl,
			Same: []string{"e_distribution_point_incomplete", "pkix.distribution_point_does_not_contain_name_or_issuer"}, check: faultAt("cRLDistributionPoints", "without name and issuer")},
		{Name: "crldp.reachable", Section: "RFC 5280 §4.2.1.13", Severity: Warning, Title: "the list can be had by HTTP or LDAP", Advice: "name an http URI", when: crl,
			Same: []string{"w_distribution_point_missing_ldap_or_uri"}, check: checkReachable},
		{Name: "crldp.all-reasons", Section: "RFC 5280 §4.2.1.13", Severity: Warning, Title: "at least one point gives a list for all reasons", Advice: "leave reasons out", when: crl,
			check: func(s *subject) string {
				for _, p := range s.CRLPoints {
					if p.Reasons == 0 {
						return ""
					}
				}
				return unless(len(s.CRLPoints) == 0, "every point is for some reasons")
			}},
		{Name: "freshest.not-critical", Section: "RFC 5280 §4.2.1.15", Severity: Error, Title: "freshestCRL is not critical", Advice: "do not mark it critical", when: whenHas(alg.OIDExtFreshestCRL),
			Same: []string{"e_ext_freshest_crl_marked_critical"}, check: notCritical(alg.OIDExtFreshestCRL)},
		{Name: "aia.not-critical", Section: "RFC 5280 §4.2.2.1", Severity: Error, Title: "authorityInfoAccess is not critical", Advice: "do not mark it critical", when: aia,
			Same: []string{"e_ext_aia_marked_critical", "pkix.authority_information_access_extension_critical"}, check: notCritical(alg.OIDExtAuthorityInfoAccess)},
		{Name: "aia.nonempty", Section: "RFC 5280 §4.2.2.1", Severity: Error, Title: "authorityInfoAccess has a description", Advice: "leave the extension out", when: aia,
			check: func(s *subject) string { return unless(len(s.Access) > 0, "it is empty") }},
		{Name: "aia.location", Section: "RFC 5280 §4.2.2.1, RFC 6960 §3.1", Severity: Error, Title: "OCSP responders and issuers are named by an absolute URI", Advice: "write an http URI", when: aia,
			Same: []string{"cabf.smime.aia_prohibited_generalname_type"}, check: func(s *subject) string {
				for _, a := range s.Access {
					if known := a.Method == alg.OIDAccessOCSP || a.Method == alg.OIDAccessCAIssuers; known && (a.Location.Kind != pki.URIName || !isAbsolute(a.Location.Text)) {
						return a.Location.String()
					}
				}
				return ""
			}},
		{Name: "aia.reachable", Section: "RFC 5280 §4.2.2.1", Severity: Warning, Title: "the issuer's certificate can be had by HTTP or LDAP", Advice: "name an http URI",
			Same: []string{"w_ext_aia_access_location_missing"}, when: func(s *subject) bool { return len(s.IssuerURIs()) > 0 }, check: func(s *subject) string {
				return unless(slices.ContainsFunc(s.IssuerURIs(), byHTTPOrLDAP), "no http or ldap URI")
			}},
		{Name: "aia.https", Section: "RFC 5280 §8", Severity: Warning, Title: "lists, issuers and responders are not named by https", Advice: "write http: checking the server's certificate could need the very answer",
			check: func(s *subject) string {
				for _, uri := range s.sources() {
					if strings.HasPrefix(strings.ToLower(uri), "https:") {
						return uri
					}
				}
				return ""
			}},
		{Name: "sia.not-critical", Section: "RFC 5280 §4.2.2.2", Severity: Error, Title: "subjectInfoAccess is not critical", Advice: "do not mark it critical", when: whenHas(alg.OIDExtSubjectInfoAccess),
			Same: []string{"e_subject_info_access_marked_critical", "pkix.subject_information_access_extension_critical"}, check: notCritical(alg.OIDExtSubjectInfoAccess)},
		{Name: "directoryattributes.not-critical", Section: "RFC 5280 §4.2.1.8", Severity: Error, Title: "subjectDirectoryAttributes is not critical", Advice: "do not mark it critical", when: whenHas(alg.OIDExtSubjectDirectoryAttributes),
			Same: []string{"e_ext_subject_directory_attr_critical", "pkix.subject_directory_attributes_extension_critical"}, check: notCritical(alg.OIDExtSubjectDirectoryAttributes)},
	}
}

// sources returns every URI at which something is to be fetched.
func (s *subject) sources() []string {
	return append(append(s.crlURIs(), s.OCSPServers()...), s.IssuerURIs()...)
}

func (s *subject) crlURIs() (out []string) {
	for _, p := range s.CRLPoints {
		out = append(out, p.URIs()...)
	}
	return out
}

func byHTTPOrLDAP(uri string) bool {
	scheme, _, _ := strings.Cut(strings.ToLower(uri), ":")
	return scheme == "http" || scheme == "ldap"
}

func checkReachable(s *subject) string {
	return unless(slices.ContainsFunc(s.crlURIs(), byHTTPOrLDAP), "no http or ldap URI")
}
