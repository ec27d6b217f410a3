package main

import (
	"context"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caServeCommand() *cobra.Command {
	var f homeFlags
	var listen string
	var every time.Duration
	c := &cobra.Command{
		Use: "serve --listen ADDRESS", Short: "Serve CRLs, OCSP and authorities' certificates over HTTP, and keep them fresh",
		Long: "Serve answers what the addresses in certificates lead to: /crl, /ca and /ocsp. Every minute it makes the CRLs that are due and replaces\n" +
			"responders whose time runs out; every hour it signs OCSP answers in advance. It serves plain HTTP, as the rules want it: what it\n" +
			"gives is signed and public. It runs until it is told to stop, and needs no other service. Several may run on one database.",
		Example: "  waxwing ca serve --listen :80\n  waxwing ca serve --listen 127.0.0.1:8080 --every 30s", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if listen == "" {
				return usage(c, "say where: --listen ADDRESS, such as :80")
			}
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return a.house(ctx, f, func(h *server.House) error { return a.caServe(ctx, h, listen, every) })
		},
	}
	f.add(c)
	c.Flags().StringVar(&listen, "listen", "", "address and port, such as :80; port 0 takes a free one")
	c.Flags().DurationVar(&every, "every", time.Minute, "how often what is due is done; below zero: another program does it")
	return c
}

func (a *app) caServe(ctx context.Context, h *server.House, listen string, every time.Duration) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return failed(exitError, "choose another address or port with --listen", "%w", err)
	}
	return h.ServePublic(ctx, l, server.PublicOptions{By: actor(), Every: every,
		Note: func(err error) { a.note("error: %v", err) },
		Did: func(k server.Kept) {
			a.note("made %d lists, %d answers, %d responders", k.Lists, k.Answers, k.Responders)
		},
		Ready: func(addr net.Addr) { a.note("serving http://%s/ocsp, /crl and /ca", addr) }})
}
