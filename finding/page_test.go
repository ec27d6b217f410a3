package finding

import (
	"strings"
	"testing"
)

func TestEveryPageIsWhole(t *testing.T) {
	for _, code := range Codes() {
		p, ok := Explain(code)
		if !ok || p.Code != code {
			t.Fatalf("%s has no page", code)
		}
		for name, text := range map[string]string{"title": p.Title, "meaning": p.Meaning, "advice": p.Advice, "source": p.Source} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s says nothing under %s", code, name)
			}
		}
		if !strings.HasSuffix(p.Title, ".") || strings.ContainsAny(p.Title, "\n") {
			t.Errorf("%s: the title is not one sentence: %q", code, p.Title)
		}
		if p.Severity != Info && p.Innocent == "" && p.Attack == "" {
			t.Errorf("%s says neither how it comes about innocently nor how it is used", code)
		}
		if p.Severity != Info && p.Severity != Warn && p.Severity != Bad {
			t.Errorf("%s has the severity %q", code, p.Severity)
		}
	}
}

func TestExplainKnowsNoOtherCodes(t *testing.T) {
	if _, ok := Explain("no.such"); ok {
		t.Error("a page for nothing")
	}
}
