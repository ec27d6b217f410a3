package lint

// serialRules are about the serial number (RFC 5280 §4.1.2.2, S/MIME BR §7.1).
func serialRules() []Rule {
	const draw = "draw serial numbers of up to 20 octets, positive, with at least 64 random bits"
	return []Rule{
		{Name: "serial.positive", Section: "RFC 5280 §4.1.2.2", Severity: Error, Title: "the serial number is positive", Advice: draw,
			Same: []string{"e_serial_number_not_positive", "pkix.certificate_serial_number_out_of_range"}, check: func(s *subject) string { return unless(s.Serial.Sign() > 0, "zero or negative") }},
		{Name: "serial.length", Section: "RFC 5280 §4.1.2.2", Severity: Error, Title: "the serial number has at most 20 octets", Advice: draw,
			Same: []string{"e_serial_number_longer_than_20_octets", "pkix.certificate_serial_number_out_of_range"}, check: func(s *subject) string { return unless(len(s.SerialRaw) <= 20, "longer than 20 octets") }},
		{Name: "serial.minimal", Section: "X.690 §8.3.2", Severity: Error, Title: "the serial number has no leading octets that carry nothing", Advice: "encode in DER",
			check: faultAt("serialNumber", "leading octets")},
		{Name: "smime.serial.entropy", Section: "S/MIME BR §7.1", Severity: Error, Title: "the serial number is long enough for 64 random bits", Advice: draw, From: brEffective, Scope: Scope{BR: true},
			check: func(s *subject) string { return unless(s.Serial.BitLen() >= 49, "shorter than seven octets") }},
	}
}
