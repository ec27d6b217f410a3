package lint

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// smimeSourceRules are about cRLDistributionPoints and authorityInfoAccess (S/MIME BR §7.1.2.3b and c).
func smimeSourceRules() []Rule {
	const crl, aia = "S/MIME BR §7.1.2.3b", "S/MIME BR §7.1.2.3c"
	has := whenHas(alg.OIDExtAuthorityInfoAccess)
	return []Rule{
		{Name: "smime.crldp.present", Section: crl, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "add the address of the CRL", Title: "cRLDistributionPoints is present and names a list",
			Same: []string{"e_subscribers_shall_have_crl_distribution_points", "cabf.crldp_extension_missing"}, check: func(s *subject) string { return unless(len(s.crlURIs()) > 0, "no URI") }},
		{Name: "smime.crldp.http", Section: crl, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "write http addresses only", Title: "lists are named by http: every one, or in the Legacy generation one",
			Same: []string{"e_subscribers_crl_distribution_points_are_http", "cabf.smime.crldp_fullname_prohibited_uri_scheme", "cabf.no_http_crldp_uri"}, check: checkListsByHTTP},
		{Name: "smime.crldp.fullname", Section: crl, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "write fullName with a URI", Title: "every point has a fullName with a URI",
			check: func(s *subject) string {
				for _, p := range s.CRLPoints {
					if len(p.URIs()) == 0 {
						return "a point without URI"
					}
				}
				return ""
			}},
		{Name: "smime.crldp.plain", Section: crl, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "leave reasons and cRLIssuer out", Title: "points have neither reasons nor cRLIssuer",
			check: func(s *subject) string {
				for _, p := range s.CRLPoints {
					if p.Reasons != 0 || len(p.CRLIssuer) > 0 {
						return "a point with reasons or cRLIssuer"
					}
				}
				return ""
			}},
		{Name: "smime.aia.present", Section: aia, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "add authorityInfoAccess with the issuer's certificate", Title: "authorityInfoAccess is present",
			Same: []string{"cabf.aia_extension_missing"}, check: present(alg.OIDExtAuthorityInfoAccess)},
		{Name: "smime.aia.issuer", Section: aia, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "add id-ad-caIssuers", Title: "authorityInfoAccess says where the issuer's certificate is", when: has,
			Same: []string{"cabf.aia_ca_issuers_missing", "googl.gmail.authority_info_access_ca_issuers_missing"}, check: func(s *subject) string { return unless(len(s.IssuerURIs()) > 0, "it does not") }},
		{Name: "smime.aia.http", Section: aia, Severity: Error, From: brEffective, Scope: currentLeaf(), Advice: "write http addresses only", Title: "responders and issuers are named by http only", when: has,
			Same: []string{"e_smime_strict_aia_shall_have_http_only", "cabf.smime.aia_prohibited_uri_scheme"}, check: func(s *subject) string {
				for _, uri := range append(s.OCSPServers(), s.IssuerURIs()...) {
					if !isWebAddress(uri, "http") {
						return uri
					}
				}
				return ""
			}},
		{Name: "smime.aia.http-legacy", Section: aia, Severity: Error, From: brEffective, Scope: legacyLeaf(), Advice: "add an http address", Title: "one responder and one issuer are named by http", when: has,
			Same: []string{"e_smime_legacy_aia_shall_have_one_http", "cabf.aia_ca_issuers_has_no_http_uri", "cabf.aia_ocsp_has_no_http_uri"}, check: func(s *subject) string {
				for _, list := range [][]string{s.OCSPServers(), s.IssuerURIs()} {
					if len(list) > 0 && !slices.ContainsFunc(list, func(uri string) bool { return isWebAddress(uri, "http") }) {
						return list[0]
					}
				}
				return ""
			}},
		{Name: "smime.aia.methods", Section: aia, Severity: Warning, From: brEffective, Scope: currentLeaf(), Advice: "leave other access methods out", Title: "access methods are OCSP and caIssuers", when: has,
			check: func(s *subject) string {
				for _, a := range s.Access {
					if a.Method != alg.OIDAccessOCSP && a.Method != alg.OIDAccessCAIssuers {
						return a.Method.String()
					}
				}
				return ""
			}},
		{Name: "smime.aia.internal", Section: aia, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "name hosts that the public Internet knows", Title: "responders and issuers are not on internal hosts", when: has,
			Same: []string{"w_smime_aia_contains_internal_names"}, check: func(s *subject) string { return internalHost(append(s.OCSPServers(), s.IssuerURIs()...)) }},
		{Name: "smime.crldp.internal", Section: crl, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "name hosts that the public Internet knows", Title: "lists are not on internal hosts",
			check: func(s *subject) string { return internalHost(s.crlURIs()) }},
	}
}

func checkListsByHTTP(s *subject) string {
	byHTTP := func(uri string) bool { return isWebAddress(uri, "http") }
	uris := s.crlURIs()
	if s.level.Generation == pki.Legacy {
		return unless(slices.ContainsFunc(uris, byHTTP), "none is")
	}
	for _, uri := range uris {
		if !byHTTP(uri) {
			return uri
		}
	}
	return ""
}

// isWebAddress reports whether a text is a URL with a host and one of the schemes.
func isWebAddress(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && slices.Contains(schemes, u.Scheme)
}

// internalHost returns the first host that no public name server knows: a single label, or a name of special use
// (RFC 6761, RFC 6762, RFC 9476 and names that ICANN will not delegate).
func internalHost(uris []string) string {
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil {
			return uri
		}
		host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
		if _, err := netip.ParseAddr(host); err == nil || host == "" {
			continue
		}
		last := host[strings.LastIndexByte(host, '.')+1:]
		if last == host || slices.Contains([]string{"local", "localhost", "localdomain", "internal", "intranet", "private", "lan", "corp", "home", "mail",
			"test", "example", "invalid", "onion", "alt"}, last) {
			return host
		}
	}
	return ""
}
