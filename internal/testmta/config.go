package testmta

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write writes the configuration of GATEWAY.md §3.2, with short waits.
func (m *MTA) write(t testing.TB, o Options) {
	t.Helper()
	must(t, os.Mkdir(m.conf(), 0o755))
	domains := strings.Join(o.Domains, ", ")
	if domains == "" {
		domains = "corp.test"
	}
	if o.Next == "" {
		// Every domain is ours.
		domains = "regexp:" + filepath.Join(m.conf(), "domains")
		must(t, os.WriteFile(filepath.Join(m.conf(), "domains"), []byte("/./ x\n"), 0o644))
	}
	main := []string{
		"compatibility_level = 3.6",
		"queue_directory = " + filepath.Join(m.Dir, "queue"),
		"data_directory = " + filepath.Join(m.Dir, "data"),
		"command_directory = /usr/sbin",
		"daemon_directory = /usr/lib/postfix/sbin",
		"meta_directory = /etc/postfix",
		"mail_owner = postfix",
		"setgid_group = postdrop",
		"maillog_file = " + filepath.Join(m.Dir, "log"),
		"maillog_file_prefixes = " + m.Dir,
		"myhostname = mx.corp.test",
		"inet_interfaces = 127.0.0.1",
		"inet_protocols = ipv4",
		"mynetworks = 127.0.0.0/8",
		"mydestination =",
		"alias_maps =",
		"local_recipient_maps =",
		"disable_dns_lookups = yes",
		"relayhost = " + o.Next,
		"virtual_mailbox_domains = " + domains,
		"virtual_mailbox_maps = static:x",
		"virtual_transport = lmtp:unix:" + m.lmtp(),
		"smtpd_relay_restrictions = permit_mynetworks, reject",
		"enable_long_queue_ids = yes", // the journal needs ids that are not used twice
		"smtputf8_enable = yes",
		"message_size_limit = 104857600",
		"mailbox_size_limit = 0",
		"in_flow_delay = 0",
		"queue_run_delay = 1s",
		"minimal_backoff_time = 1s",
		"maximal_backoff_time = 2s",
		"transport_retry_time = 1s",
		"smtpd_client_connection_rate_limit = 0",
	}
	must(t, os.WriteFile(filepath.Join(m.conf(), "main.cf"), []byte(strings.Join(append(main, o.Main...), "\n")+"\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(m.conf(), "master.cf"), []byte(m.services(o)), 0o644))
}

// services is master.cf.
func (m *MTA) services(o Options) string {
	in, out := "", ""
	if o.Inbound != "" {
		in = " -o content_filter=smime-in:unix:" + o.Inbound
	}
	if o.Outbound != "" {
		out = " -o content_filter=smime-out:unix:" + o.Outbound
	}
	if o.Milter != "" {
		in += " -o smtpd_milters=" + o.Milter
	}
	reinject := " -o content_filter= -o smtpd_milters= -o receive_override_options=no_address_mappings,no_unknown_recipient_checks,no_header_body_checks" +
		" -o smtpd_authorized_xforward_hosts=127.0.0.0/8 -o smtpd_recipient_restrictions=permit_mynetworks,reject"
	for _, s := range o.Spare {
		reinject += " -o " + s
	}
	const filter = " -o lmtp_send_xforward_command=yes -o disable_mime_output_conversion=yes -o lmtp_generic_maps= -o lmtp_data_done_timeout=600s"
	lines := []string{
		m.SMTP + " inet n - n - - smtpd" + in,
		m.Submission + " inet n - n - - smtpd" + out,
		"reinject-in unix n - n - - smtpd" + reinject,
		"reinject-out unix n - n - - smtpd" + reinject,
		"smime-in unix - - n - 20 lmtp" + filter,
		"smime-out unix - - n - 20 lmtp" + filter,
		"pickup unix n - n 60 1 pickup",
		"cleanup unix n - n - 0 cleanup",
		"qmgr unix n - n 300 1 qmgr",
		"tlsmgr unix - - n 1000? 1 tlsmgr",
		"rewrite unix - - n - - trivial-rewrite",
		"bounce unix - - n - 0 bounce",
		"defer unix - - n - 0 bounce",
		"trace unix - - n - 0 bounce",
		"verify unix - - n - 1 verify",
		"flush unix n - n 1000? 0 flush",
		"proxymap unix - - n - - proxymap",
		"proxywrite unix - - n - 1 proxymap",
		"smtp unix - - n - - smtp",
		"relay unix - - n - - smtp",
		"lmtp unix - - n - - lmtp",
		"showq unix n - n - - showq",
		"error unix - - n - - error",
		"retry unix - - n - - error",
		"discard unix - - n - - discard",
		"local unix - n n - - local",
		"virtual unix - n n - - virtual",
		"anvil unix - - n - 1 anvil",
		"scache unix - - n - 1 scache",
		"postlog unix-dgram n - n - 1 postlogd",
	}
	return strings.Join(lines, "\n") + "\n"
}
