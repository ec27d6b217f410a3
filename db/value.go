package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// parameter turns a value into what both engines take.
func parameter(a any) (any, error) {
	v, err := driver.DefaultParameterConverter.ConvertValue(a)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil, int64:
		return v, nil
	case []byte:
		if v == nil {
			return nil, nil
		}
		return v, nil
	case string:
		if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
			return nil, errors.New("text must be UTF-8 without NUL")
		}
		return v, nil
	case time.Time:
		if v.IsZero() {
			return nil, nil
		}
		return v.UnixMicro(), nil
	}
	return nil, fmt.Errorf("%T has no column type in both engines", a)
}

// Moment reads a time from a BIGINT column: Scan(&name, db.Moment(&at)). NULL is the zero time.
func Moment(t *time.Time) sql.Scanner { return moment{t} }

type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*m.t = time.Time{}
	case int64:
		*m.t = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("db: a moment is a BIGINT, not %T", v)
	}
	return nil
}
