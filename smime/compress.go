package smime

import (
	"context"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
)

// Compress writes the message m with its body compressed (RFC 8551 §3.6, RFC 3274). Compress before Encrypt,
// never after: ciphertext does not shrink. Mind that sizes tell about contents (RFC 8551 §6).
func Compress(ctx context.Context, w io.Writer, m *eml.Message) error {
	e, err := newEntity(m, nil)
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	err = e.wrap(withContext(ctx, w), "compressed-data", func(w io.Writer) (io.WriteCloser, error) {
		return cms.NewCompressedWriter(w, alg.OIDData)
	})
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	return nil
}
