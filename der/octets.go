package der

// maxSegmentDepth is how deep constructed strings inside each other are followed.
const maxSegmentDepth = 32

// OctetsOf returns the contents of an OCTET STRING under any tag: those of a primitive element, which share
// its memory, or those of the segments of a constructed one, joined (X.690 §8.7.3). All lengths are definite;
// see Normalize. It does not recurse.
func OctetsOf(v Value) ([]byte, error) {
	if !v.Constructed {
		return v.Body, nil
	}
	joined := make([]byte, 0, len(v.Body))
	open := [][]byte{v.Body}
	for len(open) > 0 {
		inner := &open[len(open)-1]
		if len(*inner) == 0 {
			open = open[:len(open)-1]
			continue
		}
		segment, rest, err := Parse(*inner)
		*inner = rest
		switch {
		case err != nil:
			return nil, err
		case segment.Tag != OctetString:
			return nil, syntax(0, "%v inside a constructed string", segment.Tag)
		case !segment.Constructed:
			joined = append(joined, segment.Body...)
		case len(open) == maxSegmentDepth:
			return nil, syntax(0, "constructed strings nested over %d deep", maxSegmentDepth)
		default:
			open = append(open, segment.Body)
		}
	}
	return joined, nil
}
