package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) configCommand() *cobra.Command {
	return noun("config", "Print configuration for programs beside us", "  waxwing config postfix", a.configPostfixCommand())
}

func (a *app) configPostfixCommand() *cobra.Command {
	var in, out string
	c := &cobra.Command{
		Use: "postfix", Short: "Print the lines for Postfix's main.cf and master.cf",
		Long: "Postfix prints what puts the gateway into the mail stream after the queue: mail comes to us by LMTP, with an answer for each\n" +
			"recipient, and goes back through two Unix-domain services, so that no TCP port leads around us. Aliases expand before us; a\n" +
			"DKIM signer belongs to reinject-out, virus and spam scanners to reinject-in. It changes nothing by itself.",
		Example: "  waxwing config postfix --listen /run/waxwing/in.sock --listen-out /run/waxwing/out.sock",
		Args:    cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			a.printf("%s", strings.NewReplacer("@IN@", in, "@OUT@", out).Replace(postfixLines))
			return nil
		},
	}
	c.Flags().StringVar(&in, "listen", "/run/waxwing/in.sock", "the socket of gateway serve --listen")
	c.Flags().StringVar(&out, "listen-out", "/run/waxwing/out.sock", "the socket of gateway serve --listen-out")
	return c
}

// postfixLines are those of GATEWAY.md §3.2, which the tests run.
const postfixLines = `# ---- main.cf ----
# Queue ids that are never used twice: retries are told apart by them.
enable_long_queue_ids = yes
smtputf8_enable = yes
# For what comes back from us: a signed and encrypted mail is up to 1.9 times as large. What people may send is limited below.
message_size_limit = 52428800
# What passes no service below, as mail of sendmail(1), leaves through us too.
content_filter = smime-out:unix:@OUT@
smime-in_destination_recipient_limit = 100
smime-out_destination_recipient_limit = 100
# Do not set receive_override_options=no_address_mappings: aliases must expand before the filter, or what they lead to leaves in clear.

# ---- master.cf ----
# Replace the lines of smtp and submission, and keep your own -o options.
smtp inet n - n - - smtpd
  -o content_filter=smime-in:unix:@IN@
  -o message_size_limit=26214400
submission inet n - n - - smtpd
  -o content_filter=smime-out:unix:@OUT@
  -o message_size_limit=26214400
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sender_restrictions=reject_sender_login_mismatch,permit
smime-in unix - - n - 20 lmtp
  -o lmtp_send_xforward_command=yes
  -o disable_mime_output_conversion=yes
  -o lmtp_generic_maps=
  -o lmtp_data_done_timeout=600s
smime-out unix - - n - 20 lmtp
  -o lmtp_send_xforward_command=yes
  -o disable_mime_output_conversion=yes
  -o lmtp_generic_maps=
  -o lmtp_data_done_timeout=600s
# Behind us. The gateway's user needs the group postdrop to reach $queue_directory/public.
reinject-in unix n - n - - smtpd
  -o content_filter=
  -o smtpd_milters=
  -o receive_override_options=no_address_mappings,no_unknown_recipient_checks,no_header_body_checks
  -o smtpd_client_restrictions=
  -o smtpd_helo_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_tls_security_level=none
# A milter that signs with DKIM goes here, so that it signs what leaves, after encryption, and nothing else.
reinject-out unix n - n - - smtpd
  -o content_filter=
  -o smtpd_milters=
  -o receive_override_options=no_address_mappings,no_unknown_recipient_checks,no_header_body_checks
  -o smtpd_client_restrictions=
  -o smtpd_helo_restrictions=
  -o smtpd_sender_restrictions=
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_tls_security_level=none
`
