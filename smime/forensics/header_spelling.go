package forensics

import "strings"

// refold writes a field with every fold as another one, or a space.
func refold(field, as string) string {
	body := strings.TrimSuffix(field, "\r\n")
	return fold.ReplaceAllLiteralString(body, as) + "\r\n"
}

// params writes a field with its parameters separated otherwise.
func params(field, by string) string {
	body := strings.TrimRight(strings.TrimSuffix(field, "\r\n"), "; \t")
	return semicolon.ReplaceAllLiteralString(body, by) + "\r\n"
}

// renamed writes a field with its name changed.
func renamed(field string, to func(string) string) string {
	name, rest, ok := strings.Cut(field, ":")
	if !ok {
		return field
	}
	return to(name) + ":" + rest
}

// lowerTail writes Content-type.
func lowerTail(name string) string {
	return strings.ToUpper(name[:min(1, len(name))]) + strings.ToLower(name[min(1, len(name)):])
}

// usualName writes Content-Type.
func usualName(name string) string {
	if strings.EqualFold(name, "MIME-Version") {
		return "MIME-Version"
	}
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = lowerTail(w)
	}
	return strings.Join(words, "-")
}

// valueCase changes the case of a value up to its parameters.
func valueCase(field string, to func(string) string) string {
	name, rest, _ := strings.Cut(field, ":")
	value, tail := rest, ""
	if i := strings.IndexByte(rest, ';'); i >= 0 {
		value, tail = rest[:i], rest[i:]
	}
	return name + ":" + to(value) + tail
}

// charsetCase changes the case of a charset's name.
func charsetCase(field string, to func(string) string) string {
	return charsetIs.ReplaceAllStringFunc(field, func(s string) string {
		i := strings.IndexByte(s, '=') + 1
		return s[:i] + to(s[i:])
	})
}

// withField returns a header with the value of one field replaced, or the field added at its end; an empty value
// removes it.
func withField(header, name, value string) string {
	fields, rest := splitHeader(header)
	out, had := "", false
	for _, f := range fields {
		switch {
		case !strings.EqualFold(nameOf(f), name):
			out += f
		case value != "" && !had:
			out, had = out+nameOf(f)+": "+value+"\r\n", true
		}
	}
	if !had && value != "" {
		out += name + ": " + value + "\r\n"
	}
	return out + rest
}
