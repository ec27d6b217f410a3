package eml

import "io"

// CRLFReader reads with every line end as CRLF. A CR that is not followed by LF is no line end and stays.
type CRLFReader struct{ r io.Reader }

// NewCRLFReader returns a reader of r's bytes with every line end as CRLF.
func NewCRLFReader(r io.Reader) *CRLFReader { panic("soon") }

// Read implements io.Reader.
func (c *CRLFReader) Read(p []byte) (int, error) { panic("soon") }

// WriteTo implements io.WriterTo; it is the fast way.
func (c *CRLFReader) WriteTo(w io.Writer) (int64, error) { panic("soon") }

// CRLFWriter writes to w with every line end as CRLF.
type CRLFWriter struct{ w io.Writer }

// NewCRLFWriter returns a writer that turns LF without CR into CRLF on its way to w, which may be a hash.
// It holds nothing back, so there is nothing to flush.
func NewCRLFWriter(w io.Writer) *CRLFWriter { panic("soon") }

// Write implements io.Writer.
func (c *CRLFWriter) Write(p []byte) (int, error) { panic("soon") }
