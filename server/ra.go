package server

import "github.com/waxwing-mail/waxwing/ra"

// openRA opens the desk where people apply.
func (h *House) openRA() {
	h.RA = &ra.RA{Log: h.Log, Vault: h.Vault, CA: h.CA}
}
