package ca

// AddressForm is an address in the one form in which a certificate carries it (RFC 9598 §3), or an error that says why no certificate
// can: with a local part in ASCII the domain is in A-labels, else in U-labels. Only the domain's case and form are rewritten.
func AddressForm(address string) (string, error) { return addressForm(address) }
