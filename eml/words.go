package eml

// DecodeWords replaces RFC 2047 encoded words by their text in UTF-8.
func DecodeWords(s string) string { panic("soon") }

// EncodeWords returns text as RFC 2047 encoded words where it is not plain ASCII.
func EncodeWords(s string) string { panic("soon") }
