package milter

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Actions are what a filter may do to a mail (SMFIF_). It must say so before it sees any.
type Actions uint32

// The actions.
const (
	AddHeaders       Actions = 1 << 0
	ChangeBody       Actions = 1 << 1
	AddRecipients    Actions = 1 << 2
	DeleteRecipients Actions = 1 << 3
	ChangeHeaders    Actions = 1 << 4
	QuarantineMail   Actions = 1 << 5
	ChangeFrom       Actions = 1 << 6
	AddWithArgs      Actions = 1 << 7 // recipients with ESMTP arguments
	askMacros        Actions = 1 << 8
)

// Steps of the protocol that may be left out (SMFIP_).
const (
	noUnknown    = 1 << 8
	noData       = 1 << 9
	maySkip      = 1 << 10
	quietHeader  = 1 << 7
	quietConnect = 1 << 12
	quietHelo    = 1 << 13
	quietMail    = 1 << 14
	quietRcpt    = 1 << 15
	quietData    = 1 << 16
	quietUnknown = 1 << 17
	quietEOH     = 1 << 18
	quietBody    = 1 << 19
	leadingSpace = 1 << 20
)

// Stage is a step at which macros come.
type Stage uint32

// The stages (SMFIM_).
const (
	AtConnect      Stage = 0
	AtHelo         Stage = 1
	AtMail         Stage = 2
	AtRcpt         Stage = 3
	AtData         Stage = 4
	AtEndOfMessage Stage = 5
	AtEndOfHeader  Stage = 6
)

// agreed is what both sides can.
type agreed struct {
	version  uint32
	actions  Actions
	protocol uint32
}

func (a agreed) quiet(flag uint32) bool { return a.protocol&flag != 0 }

// negotiate answers the MTA's offer.
func (s *Server) negotiate(data []byte) (agreed, []byte, error) {
	if len(data) < 12 {
		return agreed{}, nil, errPacket
	}
	version := binary.BigEndian.Uint32(data)
	offered := Actions(binary.BigEndian.Uint32(data[4:]))
	steps := binary.BigEndian.Uint32(data[8:])
	if version < 2 {
		return agreed{}, nil, fmt.Errorf("milter: the MTA speaks version %d, at least 2 is needed", version)
	}
	want := uint32(noUnknown | noData | maySkip | quietHeader | quietConnect | quietHelo | quietMail | quietData | quietUnknown | quietEOH | quietBody | leadingSpace)
	if !s.AskRecipients {
		want |= quietRcpt
	}
	a := agreed{version: min(version, 6), actions: s.Actions & offered, protocol: want & steps}
	if missing := s.Actions &^ offered; missing != 0 {
		s.Log.Warn("the MTA does not let the filter do all it may want to", "missing", fmt.Sprintf("%#x", uint32(missing)))
	}
	ask := len(s.Macros) > 0 && offered&askMacros != 0
	if ask {
		a.actions |= askMacros
	}
	reply := slices.Concat(uint32Bytes(a.version), uint32Bytes(uint32(a.actions)), uint32Bytes(a.protocol))
	for stage := AtConnect; ask && stage <= AtEndOfHeader; stage++ {
		if names, ok := s.Macros[stage]; ok {
			reply = slices.Concat(reply, uint32Bytes(uint32(stage)), cstring(names))
		}
	}
	return a, reply, nil
}
