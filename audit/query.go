package audit

import (
	"math"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// Query says which entries are wanted. The zero value wants all.
type Query struct {
	From                        int64     // the place to begin at; with Latest the last place looked at, where 0 is the end of the log
	Most                        int64     // how many at most; 0: no limit
	Who, What, Object, Document string    // empty: any
	Since, Until                time.Time // from this moment on, and before that one; zero: any
	Latest                      bool      // the latest first
}

// page is how many entries are read at a time.
const page = 256

// List calls f for each entry that the query wants, in order, without their personal data. It holds few entries in memory, and f may
// use the transaction.
func List(tx *db.Tx, q Query, f func(Entry) error) error {
	place, left := q.From, q.Most
	if q.Latest && place == 0 {
		place = math.MaxInt64
	}
	for {
		n := int64(page)
		if q.Most > 0 {
			n = min(n, left)
		}
		list, err := find(tx, &q, place, n)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := f(e); err != nil {
				return err
			}
		}
		if left -= int64(len(list)); int64(len(list)) < n || q.Most > 0 && left <= 0 {
			return nil
		}
		if place = list[len(list)-1].Seq + 1; q.Latest {
			place -= 2
		}
	}
}
