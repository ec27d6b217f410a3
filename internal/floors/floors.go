// Package floors is the plan of the house as a policy that tests enforce: which package stands on which
// floor, which are pure, how long a function may be, that every package and every export is
// documented, and that algorithm identifiers live in package alg alone.
//
//	go test ./internal/floors
//
// The plan is floors.txt. A package that is not in it, an import that climbs, or a pure package that touches
// the network, files, a database, a log or the clock fails the test. It has no code for other packages.
package floors

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed floors.txt
var plan string

// room is one line of the plan.
type room struct {
	floor  float64
	path   string
	pure   bool
	except []string
}

// readPlan reads floors.txt.
func readPlan() (map[string]room, error) {
	rooms := map[string]room{}
	for n, line := range strings.Split(plan, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) < 2 {
			return nil, fmt.Errorf("floors.txt:%d: want a floor and a room", n+1)
		}
		floor, err := strconv.ParseFloat(words[0], 64)
		if err != nil {
			return nil, fmt.Errorf("floors.txt:%d: %w", n+1, err)
		}
		r := room{floor: floor, path: words[1]}
		for i := 2; i < len(words); i++ {
			switch words[i] {
			case "pure":
				r.pure = true
			case "except":
				r.except, i = words[i+1:], len(words)
			default:
				return nil, fmt.Errorf("floors.txt:%d: unknown word %q", n+1, words[i])
			}
		}
		rooms[r.path] = r
	}
	return rooms, nil
}
