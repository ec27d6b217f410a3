package limit

// field returns the field of a limit, nil for an unknown name.
func (l *Limits) field(w What) *int64 {
	switch w {
	case Bytes:
		return &l.Bytes
	case Depth:
		return &l.Depth
	case Elements:
		return &l.Elements
	case Layers:
		return &l.Layers
	case Parts:
		return &l.Parts
	case HeaderBytes:
		return &l.HeaderBytes
	case Signers:
		return &l.Signers
	case Recipients:
		return &l.Recipients
	case Certificates:
		return &l.Certificates
	case KDF:
		return &l.KDF
	case Expansion:
		return &l.Expansion
	case ratio:
		return &l.Ratio
	case PublicKey:
		return &l.PublicKey
	}
	return nil
}

// Set changes a limit by its name and tells whether there is one of that name.
func (l *Limits) Set(w What, n int64) bool {
	f := l.field(w)
	if f != nil {
		*f = n
	}
	return f != nil
}

// names lists the limits in the order of Limits.
var names = [...]What{Bytes, Depth, Elements, Layers, Parts, HeaderBytes, Signers, Recipients, Certificates, KDF, Expansion, ratio, PublicKey}

// Names returns the names of the limits.
func Names() []string {
	list := make([]string, len(names))
	for i, w := range names {
		list[i] = string(w)
	}
	return list
}
