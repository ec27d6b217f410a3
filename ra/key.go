package ra

import (
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// examineKey says why a key cannot be certified.
func examineKey(_ *db.Tx, _ *pki.Request) []Refusal { return nil }
