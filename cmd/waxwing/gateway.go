package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/gateway"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/relay"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/smime"
)

func (a *app) gatewayCommand() *cobra.Command {
	return noun("gateway", "Stand in the mail stream: open, judge and mark what arrives", "  waxwing gateway test --id mx.example.org --trust-anchor ca.pem --to bob@example.org mail.eml",
		a.gatewayServeCommand(), a.gatewayTestCommand())
}

// gatewayFlags are those of both commands.
type gatewayFlags struct {
	judging
	id     string
	refuse []string
}

func (g *gatewayFlags) add(c *cobra.Command) {
	g.judging.add(c)
	c.Flags().StringVar(&g.id, "id", "", "our name in Authentication-Results: a domain name of ours; required")
	c.Flags().StringArrayVar(&g.refuse, "refuse", nil, "verdict that is refused instead of delivered with its mark, such as altered; may be repeated")
}

// inbound makes what the flags describe.
func (a *app) inbound(c *cobra.Command, g *gatewayFlags) (*gateway.Inbound, *smime.Opener, error) {
	if g.id == "" {
		return nil, nil, usage(c, "--id is needed: a domain name of ours, such as mx.example.org")
	}
	o, err := a.opener(c, &g.judging)
	if err != nil {
		return nil, nil, err
	}
	if _, err := a.online(c.Context(), o, &g.judging); err != nil {
		return nil, nil, err
	}
	settings, memory, err := a.settings(c.Context(), o, &g.judging)
	if err != nil {
		return nil, nil, err
	}
	in := &gateway.Inbound{ID: g.id, Opener: *o, Settings: settings, Actions: map[policy.Word]gateway.Action{}}
	if memory != nil {
		in.Learn = func(_ context.Context, v smime.Verified) error { return memory.Learn(v, a.now()) }
	}
	for _, word := range g.refuse {
		if policy.Word(word).Meaning() == "" {
			return nil, nil, usage(c, "--refuse takes a verdict, not %q", word)
		}
		in.Actions[policy.Word(word)] = gateway.Refuse
	}
	if keys, ok := o.Keys.(cms.KeyList); ok {
		in.Keys = keysByAddress(keys)
	}
	return in, o, nil
}

// keysByAddress gives each recipient the keys whose certificates hold the address, and no others.
type keysByAddress cms.KeyList

// Of implements gateway.Keys.
func (k keysByAddress) Of(_ context.Context, address string) (cms.Keys, error) {
	var list cms.KeyList
	for _, key := range k {
		for _, e := range key.Certificate.Emails() {
			if smime.SameAddress(e.Address, address) {
				list = append(list, key)
				break
			}
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

func (a *app) gatewayServeCommand() *cobra.Command {
	var g gatewayFlags
	var listen, next, mode string
	c := &cobra.Command{
		Use: "serve", Short: "Take arriving mail by LMTP, and hand it back to the MTA",
		Long: "Serve is an after-queue content filter for Postfix: it takes mail by LMTP on a Unix socket, deletes forged marks, opens\n" +
			"what the keys of its recipients open, judges it, marks it, and hands it to the MTA's re-injection service. It says 250 only\n" +
			"after the MTA did; until then the mail stays in the MTA's queue. SIGTERM lets the mails in hand finish.",
		Example: "  waxwing gateway serve --id mx.example.org --listen /run/waxwing/in.sock --next unix:/var/spool/postfix/public/reinject-in --trust-anchor ca.pem -k keys.p12",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			in, _, err := a.inbound(c, &g)
			if err != nil {
				return err
			}
			return a.serveGateway(c, in, listen, next, mode)
		},
	}
	g.add(c)
	c.Flags().StringVar(&listen, "listen", "", "Unix socket to take mail on; required")
	c.Flags().StringVar(&next, "next", "", "where mail goes: unix:/path or tcp:host:port; required")
	c.Flags().StringVar(&mode, "socket-mode", "0660", "who may connect to the socket")
	return c
}

func (a *app) serveGateway(c *cobra.Command, in *gateway.Inbound, listen, next, mode string) error {
	network, address, ok := strings.Cut(next, ":")
	bits, err := strconv.ParseUint(mode, 8, 9)
	if listen == "" || !ok || network != "unix" && network != "tcp" || err != nil {
		return usage(c, "--listen takes the path of a socket, --next unix:/path or tcp:host:port, --socket-mode a mode such as 0660")
	}
	l, err := listenUnix(listen, os.FileMode(bits))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(a.err, nil))
	client := &relay.Client{Network: network, Address: address, Hello: in.ID, Security: relay.TLSNone, Forward: true}
	defer client.Close()
	s := &relay.Server{LMTP: true, Hostname: in.ID, Limits: relay.Limits{Size: -1}, Log: log,
		Handler: &server.Filter{Gateway: in, Next: client, Now: a.now, Log: log}}
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	a.note("taking mail on %s", listen)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.Shutdown(drain)
}

// listenUnix opens a socket; one that a dead process left is removed.
func listenUnix(path string, mode os.FileMode) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
			c.Close()
			return nil, errors.New("another process takes mail on " + path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, mode)
}
