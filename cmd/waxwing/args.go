package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// atMostOne takes one file or none.
func atMostOne(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(c, "one file is enough; %q is too much", args[1])
	}
	return nil
}

// noArgs takes none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(c, "%q is too much", args[0])
	}
	return nil
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// withContext returns a reader that fails when the context is done.
func withContext(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
