package ca

// AddressForm is an address in the one form in which a certificate carries it (RFC 9598 §3), or an error that says why no certificate
// can: the domain is in A-labels, whatever the local part is. Only the domain's case and form are rewritten.
func AddressForm(address string) (string, error) { return addressForm(address) }
