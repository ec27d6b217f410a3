package chain

import (
	"maps"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// node is a policy at one depth of the valid policy graph (RFC 9618 §5.1). A graph has at most one node for a policy at each depth, so it grows with
// the certificates and not with the paths through it.
type node struct {
	policy   der.OID
	expected []der.OID // expected_policy_set
	parents  []*node
	used     bool // leads to the last depth
}

// graph is the state of policy processing (RFC 5280 §6.1.2, RFC 9618 §5.2).
type graph struct {
	a      *attempt
	path   []*pki.Certificate // the leaf first, without the anchor
	depths [][]*node
	null   bool // valid_policy_graph is NULL
	work   int  // nodes and edges made

	explicit, mapping, inhibitAny int
}

// maxPolicyWork bounds the nodes and edges of one graph: more than a path of real certificates can have, and as much as the size of
// certificates of some megabytes.
const maxPolicyWork = 200_000

// checkPolicies processes the policies of a path (RFC 9618 §5).
func (j *judge) checkPolicies(a *attempt) {
	path := a.path()
	n := len(path) - 1
	if n == 0 { // RFC 5280 §6.1: the leaf is the anchor itself
		a.policies = j.Policies.constrain([]der.OID{alg.OIDAnyPolicy}) // what it says was checked, nobody but itself says
		return
	}
	g := &graph{a: a, path: path[:n], explicit: n + 1, mapping: n + 1, inhibitAny: n + 1,
		depths: [][]*node{{{policy: alg.OIDAnyPolicy, expected: []der.OID{alg.OIDAnyPolicy}}}}}
	if j.Policies.RequireExplicit {
		g.explicit = 0
	}
	if j.Policies.InhibitMapping {
		g.mapping = 0
	}
	if j.Policies.InhibitAny {
		g.inhibitAny = 0
	}
	for i := n - 1; i >= 0; i-- {
		c := path[i]
		g.add(c, i == 0)
		if g.work > maxPolicyWork {
			a.fail(i, "RFC 9618 §5", finding.New(finding.PathSearch).Because("the policies of the path have more than %d relations", maxPolicyWork))
			return
		}
		if g.explicit == 0 && g.null {
			a.fail(i, "RFC 5280 §6.1.3 (f)", finding.New(finding.PathPolicy).Because("no policy is valid down to here"))
			return
		}
		if i > 0 && !g.prepare(c, i) {
			return
		}
	}
	g.wrapUp(j.Policies)
}

func isAny(n *node) bool { return n.policy == alg.OIDAnyPolicy }

// add grows the graph by the policies of a certificate (RFC 9618 §5.3 (d), (e)).
func (g *graph) add(c *pki.Certificate, last bool) {
	if g.null {
		return
	}
	if len(c.Policies) == 0 {
		g.null = true
		return
	}
	above := g.depths[len(g.depths)-1]
	g.work += len(c.Policies) + len(above)
	expecting := map[der.OID][]*node{}
	var any *node
	for _, n := range above {
		for _, e := range n.expected {
			expecting[e] = append(expecting[e], n)
		}
		if isAny(n) {
			any = n
		}
	}
	var here []*node
	have := map[der.OID]bool{}
	hasAny := false
	for _, p := range c.Policies {
		if p.ID == alg.OIDAnyPolicy {
			hasAny = true
			continue
		}
		parents := expecting[p.ID]
		if len(parents) == 0 && any != nil {
			parents = []*node{any}
		}
		if len(parents) > 0 && !have[p.ID] {
			have[p.ID] = true
			here = append(here, &node{policy: p.ID, expected: []der.OID{p.ID}, parents: parents})
		}
	}
	if hasAny && (g.inhibitAny > 0 || !last && c.SelfIssued()) {
		for _, p := range slices.Sorted(maps.Keys(expecting)) {
			if !have[p] {
				have[p] = true
				here = append(here, &node{policy: p, expected: []der.OID{p}, parents: expecting[p]})
			}
		}
	}
	g.depths = append(g.depths, here)
	g.null = len(here) == 0
}

// prepare applies mappings and constraints for the next certificate (RFC 5280 §6.1.4 (a), (b), (h) to (j)). It tells whether to go on.
func (g *graph) prepare(c *pki.Certificate, i int) bool {
	for _, m := range c.Mappings {
		if m.Issuer == alg.OIDAnyPolicy || m.Subject == alg.OIDAnyPolicy {
			g.a.fail(i, "RFC 5280 §6.1.4 (a)", finding.New(finding.PathPolicy).Because("anyPolicy is mapped"))
			return false
		}
	}
	if !g.null && len(c.Mappings) > 0 {
		g.applyMappings(c.Mappings)
	}
	if !c.SelfIssued() {
		g.explicit, g.mapping, g.inhibitAny = less(g.explicit), less(g.mapping), less(g.inhibitAny)
	}
	if n := c.PolicyLimits.RequireExplicit; n >= 0 {
		g.explicit = min(g.explicit, n)
	}
	if n := c.PolicyLimits.InhibitMapping; n >= 0 {
		g.mapping = min(g.mapping, n)
	}
	if n := c.InhibitAny; n >= 0 {
		g.inhibitAny = min(g.inhibitAny, n)
	}
	return true
}

func less(n int) int { return max(n-1, 0) }

// applyMappings applies RFC 9618 §5.4 (b).
func (g *graph) applyMappings(mappings []pki.PolicyMapping) {
	at := len(g.depths) - 1
	to := map[der.OID][]der.OID{}
	var order []der.OID
	for _, m := range mappings {
		if to[m.Issuer] == nil {
			order = append(order, m.Issuer)
		}
		to[m.Issuer] = append(to[m.Issuer], m.Subject)
	}
	if g.mapping == 0 {
		g.depths[at] = slices.DeleteFunc(g.depths[at], func(n *node) bool { return to[n.policy] != nil })
		g.null = len(g.depths[at]) == 0
		return
	}
	for _, from := range order {
		found := false
		for _, n := range g.depths[at] {
			if n.policy == from {
				n.expected, found = to[from], true
			}
		}
		if found {
			continue
		}
		for _, n := range g.depths[at] {
			if isAny(n) {
				g.depths[at] = append(g.depths[at], &node{policy: from, expected: to[from], parents: n.parents})
				break
			}
		}
	}
}

// wrapUp applies RFC 5280 §6.1.5 (a), (b) and RFC 9618 §5.5.
func (g *graph) wrapUp(in PolicyInputs) {
	g.explicit = less(g.explicit)
	if g.path[0].PolicyLimits.RequireExplicit == 0 {
		g.explicit = 0
	}
	g.a.policies = in.constrain(g.authoritySet())
	if g.explicit == 0 && len(g.a.policies) == 0 {
		g.a.fail(0, "RFC 5280 §6.1.5 (g)", finding.New(finding.PathPolicy).Because("none of the policies that are asked for is valid along the path"))
	}
	g.a.setLevel(g.path[0])
}

// authoritySet is the authority-constrained policy set: policies, in the words of the authority at the top, that lead to the last depth.
func (g *graph) authoritySet() []der.OID {
	if g.null {
		return nil
	}
	last := g.depths[len(g.depths)-1]
	for _, n := range last {
		n.used = true
	}
	for d := len(g.depths) - 1; d > 0; d-- {
		for _, n := range g.depths[d] {
			for _, p := range n.parents {
				p.used = p.used || n.used
			}
		}
	}
	var set []der.OID
	for _, n := range last {
		if isAny(n) {
			return []der.OID{alg.OIDAnyPolicy}
		}
	}
	for _, depth := range g.depths[1:] {
		for _, n := range depth {
			if n.used && !isAny(n) && slices.ContainsFunc(n.parents, isAny) && !slices.Contains(set, n.policy) {
				set = append(set, n.policy)
			}
		}
	}
	slices.Sort(set)
	return set
}

// constrain returns the user-constrained policy set.
func (in PolicyInputs) constrain(authority []der.OID) []der.OID {
	if len(in.User) == 0 || slices.Contains(in.User, alg.OIDAnyPolicy) {
		return authority
	}
	if slices.Contains(authority, alg.OIDAnyPolicy) {
		return slices.Clone(in.User)
	}
	return slices.DeleteFunc(slices.Clone(authority), func(p der.OID) bool { return !slices.Contains(in.User, p) })
}

// setLevel states what was checked, as far as the leaf says it and the path allows it.
func (a *attempt) setLevel(leaf *pki.Certificate) {
	all := slices.Contains(a.policies, alg.OIDAnyPolicy)
	var valid []der.OID
	for _, p := range leaf.Policies {
		if all || slices.Contains(a.policies, p.ID) {
			valid = append(valid, p.ID)
		}
	}
	a.level = pki.LevelOf(valid)
}
