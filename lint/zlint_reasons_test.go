package lint

// onlyTheirs are the lints by which zlint reproaches certificates that we let pass, with the reason.
var onlyTheirs = map[string]string{
	"e_rsa_allowed_ku_ee":                              "a certificate with cRLSign and without cA is a CRL issuer's, for which RFC 3279 §2.3.1 has a list of its own; zlint takes it for a subscriber's",
	"n_ecdsa_ee_invalid_ku":                            "RFC 5480 §3 allows encipherOnly and decipherOnly beside keyAgreement; keyCertSign is for our rule ku.certsign-needs-ca",
	"e_ext_authority_key_identifier_no_key_identifier": "RFC 5280 §4.2.1.1 exempts self-signed certificates; zlint cannot verify ML-DSA, and does not take a CA for self-signed whose signature was made to be wrong",
	"e_subject_dn_not_printable_characters":            "zlint reads the octets of a BMPString one by one, so that every one of its characters has a NUL",
	"e_mp_modulus_must_be_divisible_by_8":              "Mozilla's policy asked it before the S/MIME BR did; our rule has the date of the latter",
	"e_mp_authority_key_identifier_correct":            "RFC 5280 §4.2.1.1 allows issuer and serial number beside the key identifier; we forbid them where the S/MIME BR do",
	"e_invalid_individual_identity":                    "zlint judges the certificate of an authority by the profile of subscribers, because it has a policy of theirs",
}

// onlyOurs are the rules that reproach certificates which zlint passes, with the reason.
var onlyOurs = map[string]string{
	"smime.key.algorithm-2023": "zlint 3.7.3 registers the later list under the name of the earlier one; before 2025-08-22 ML-DSA and ML-KEM were not allowed (S/MIME BR 1.0.10 §7.1.3.1)",
	"key.readable":             "an even number is no modulus (RFC 8017 §3.1); zlint only asks whether there is a key",
}

// leftOut are lints without a rule.
var leftOut = map[string]string{
	"e_cert_issued_by_compromised_emudhra_ca":          "keys that are known to be lost are for revocation and for a list of keys (ca), not for rules about form",
	"e_ecdsa_small_private_key":                        "a look into the key, as pki/keycheck does before issuing",
	"w_ian_iana_pub_suffix_empty":                      "about servers",
	"n_san_iana_pub_suffix_empty":                      "about servers",
	"n_contains_redacted_dnsname":                      "about precertificates of servers",
	"n_suspicious_chars_in_address":                    "a guess: commas and colons are in good names of places",
	"e_etsi_natural_person_key_usage_correct_values":   "zlint takes whoever has no organizationName for a natural person, mailboxes and machines too",
	"e_etsi_natural_person_key_usage_mandatory":        "as above; the S/MIME BR ask for keyUsage everywhere",
	"w_etsi_natural_person_key_usage_preferred_values": "as above",
	"e_qcstatem_qctype_web":                            "about servers",
	"e_qcstatem_psd2_orgid_format":                     "about payment services",
	"w_qcstatem_psd2_orgid_format":                     "about payment services",
	"e_qcstatem_psd2_ncaid_format":                     "about payment services",
	"w_qcstatem_psd2_ncaid_eulist":                     "about payment services",
	"e_qcstatem_psd2_ncaname_valid":                    "about payment services",
	"e_qcstatem_psd2_roles_present":                    "about payment services",
	"e_qcstatem_psd2_roles_valid":                      "about payment services",
	"e_qcstatem_psd2_valid":                            "about payment services",
	"n_mp_allowed_eku":                                 "asks for extKeyUsage of every authority; Mozilla's policy means those below roots that are in its store",
	"e_subject_not_dn":                                 "a subject that is no name is refused by the parser, with the place",
}
