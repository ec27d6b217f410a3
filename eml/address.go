package eml

// Address is one mailbox of an address field (RFC 5322 §3.4, RFC 6532).
type Address struct {
	Name     string   // display name, unquoted and decoded (RFC 2047)
	Local    string   // local part, unquoted
	Domain   string   // domain as written, without comments and white space; [1.2.3.4] keeps its brackets
	Comments []string // decoded
	Group    string   // name of the group it stands in
	Raw      string   // as it stands in the field
	Range    Range    // of Raw in the text given
}

// Addr returns local@domain, the local part quoted where it needs to be.
func (a Address) Addr() string { panic("soon") }

// Place says where in an address field a hidden address was seen.
type Place string

// The places of hidden addresses.
const (
	InName    Place = "display name"
	InComment Place = "comment"
	InWord    Place = "encoded word"
	InGroup   Place = "group name"
	InJunk    Place = "text outside any address"
	InLocal   Place = "local part"
)

// Hidden is text that reads like an address but is not one by the grammar. A mail program may show it
// as the sender all the same.
type Hidden struct {
	Address Address
	Place   Place
}

// AddressList is everything an address field may show a person.
type AddressList struct {
	Addresses []Address
	Groups    []string // names of groups, the empty ones too
	Hidden    []Hidden
	Faults    []Fault
}

// ParseAddressList reads the value of From, Sender, To and their like. It never fails and loses nothing
// that looks like an address.
func ParseAddressList(value string) AddressList { panic("soon") }
