package lint

import "slices"

// table is every rule, from the outline of a certificate to the profiles of the S/MIME Baseline Requirements.
var table = slices.Concat(
	outlineRules(), serialRules(), validityRules(), nameRules(), nameContentRules(), issuerNameRules(), keyRules(), rsaRules(),
	altNameSyntaxRules(), altNameRules(), keyUsageRules(), purposeRules(), purposeUsageRules(), basicRules(), keyIdentifierRules(), policyRules(), noticeRules(), constraintRules(), constraintNameRules(), sourceRules(),
	smimePolicyRules(), smimeNameRules(), smimeSubjectRules(), commonNameRules(), addressRules(), organizationRules(),
	smimeUsageRules(), smimePurposeRules(), smimeSourceRules(), smimeExtensionRules(), authorityRules(), qualifiedRules(), disclosureRules(),
)

// Rules returns every rule for certificates, in the order in which they are applied.
func Rules() []Rule { return slices.Clone(table) }
