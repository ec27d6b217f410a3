package forensics

import "bytes"

// softBroken breaks the lines of a quoted-printable text so that they have at most columns characters
// (RFC 2045 §6.7 rule 5).
func softBroken(text []byte, columns int) []byte {
	var out []byte
	for line := range bytes.SplitAfterSeq(text, []byte("\r\n")) {
		body, ended := bytes.CutSuffix(line, []byte("\r\n"))
		for len(body) > columns {
			n := columns - 1
			for k := 1; k <= 2; k++ {
				if body[n-k] == '=' {
					n -= k // not inside of =XY
					break
				}
			}
			out = append(append(out, body[:n]...), "=\r\n"...)
			body = body[n:]
		}
		out = append(out, body...)
		if ended {
			out = append(out, "\r\n"...)
		}
	}
	return out
}

// hexCase changes the case of the digits of a quoted-printable text.
func hexCase(text []byte, to func(string) string) []byte {
	out := bytes.Clone(text)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '=' && out[i+1] != '\r' {
			copy(out[i+1:i+3], to(string(out[i+1:i+3])))
			i += 2
		}
	}
	return out
}
