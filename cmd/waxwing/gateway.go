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

// ways are where serve takes mail, and where it hands it on.
type ways struct {
	in, nextIn, out, nextOut, mode string
}

func (a *app) gatewayServeCommand() *cobra.Command {
	var g gatewayFlags
	var o outFlags
	var w ways
	c := &cobra.Command{
		Use: "serve", Short: "Take mail by LMTP, and hand it back to the MTA",
		Long: "Serve is an after-queue content filter for Postfix. On --listen it takes arriving mail: it deletes forged marks, opens what\n" +
			"the keys of its recipients open, judges it and marks it. On --listen-out it takes leaving mail: it signs with the sender's\n" +
			"key and encrypts to each recipient whose certificate it has. Mail goes on to the MTA's re-injection service, and 250 is said\n" +
			"only after the MTA said it; until then the mail stays in the MTA's queue. SIGTERM lets the mails in hand finish.",
		Example: "  waxwing gateway serve --id mx.example.org --trust-anchor ca.pem -k keys.p12 --recipient-cert partners.pem \\\n" +
			"    --listen /run/waxwing/in.sock --next unix:/var/spool/postfix/public/reinject-in \\\n" +
			"    --listen-out /run/waxwing/out.sock --next-out unix:/var/spool/postfix/public/reinject-out",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.gatewayServe(c, &g, &o, w) },
	}
	g.add(c)
	o.add(c)
	c.Flags().StringVar(&w.in, "listen", "", "Unix socket to take arriving mail on")
	c.Flags().StringVar(&w.nextIn, "next", "", "where arriving mail goes: unix:/path or tcp:host:port")
	c.Flags().StringVar(&w.out, "listen-out", "", "Unix socket to take leaving mail on")
	c.Flags().StringVar(&w.nextOut, "next-out", "", "where leaving mail goes")
	c.Flags().StringVar(&w.mode, "socket-mode", "0660", "who may connect to the sockets")
	return c
}

func (a *app) gatewayServe(c *cobra.Command, g *gatewayFlags, o *outFlags, w ways) error {
	bits, err := strconv.ParseUint(w.mode, 8, 9)
	if w.in == "" && w.out == "" || err != nil {
		return usage(c, "--listen or --listen-out takes the path of a socket, --socket-mode a mode such as 0660")
	}
	in, _, err := a.inbound(c, g)
	if err != nil {
		return err
	}
	out, err := a.outbound(g, o)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	var ended []chan error
	for _, way := range []struct {
		listen, next string
		gateway      server.Gateway
	}{{w.in, w.nextIn, in}, {w.out, w.nextOut, out}} {
		if way.listen == "" {
			continue
		}
		network, address, ok := strings.Cut(way.next, ":")
		if !ok || network != "unix" && network != "tcp" {
			return usage(c, "--next and --next-out take unix:/path or tcp:host:port, not %q", way.next)
		}
		l, err := listenUnix(way.listen, os.FileMode(bits))
		if err != nil {
			return err
		}
		e := make(chan error, 1)
		ended = append(ended, e)
		go func() { e <- a.filter(ctx, l, g.id, &relay.Client{Network: network, Address: address}, way.gateway) }()
		a.note("taking mail on %s", way.listen)
	}
	for _, e := range ended {
		err = errors.Join(err, <-e)
		stop() // one way that ends ends the other
	}
	return err
}

// filter serves one way until ctx ends, and lets the mails in hand finish.
func (a *app) filter(ctx context.Context, l net.Listener, id string, next *relay.Client, g server.Gateway) error {
	log := slog.New(slog.NewTextHandler(a.err, nil))
	next.Hello, next.Security, next.Forward = id, relay.TLSNone, true
	defer next.Close()
	s := &relay.Server{LMTP: true, Hostname: id, Limits: relay.Limits{Size: -1}, Log: log,
		Handler: &server.Filter{Gateway: g, Next: next, Now: a.now, Log: log}}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
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
