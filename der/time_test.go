package der

import (
	"testing"
	"time"
)

func TestTimesInTheWildAreReadable(t *testing.T) {
	for _, c := range []struct {
		tag      Tag
		in, want string
	}{
		{UTCTime, "260228235959Z", "2026-02-28T23:59:59Z"},
		{UTCTime, "2602282359Z", "2026-02-28T23:59:00Z"}, // without seconds
		{UTCTime, "500101000000Z", "1950-01-01T00:00:00Z"},
		{UTCTime, "491231235959Z", "2049-12-31T23:59:59Z"},
		{UTCTime, "260301003000+0100", "2026-02-28T23:30:00Z"},
		{UTCTime, "260228233000-0100", "2026-03-01T00:30:00Z"},
		{UTCTime, "260228235959", "2026-02-28T23:59:59Z"}, // no zone
		{GeneralizedTime, "20260228235959Z", "2026-02-28T23:59:59Z"},
		{GeneralizedTime, "20260228235959.25Z", "2026-02-28T23:59:59.25Z"},
		{GeneralizedTime, "20260228235959,123456789012Z", "2026-02-28T23:59:59.123456789Z"},
		{GeneralizedTime, "202602282359.5Z", "2026-02-28T23:59:30Z"},
		{GeneralizedTime, "2026022823.25Z", "2026-02-28T23:15:00Z"},
		{GeneralizedTime, "2026022823", "2026-02-28T23:00:00Z"},
		{GeneralizedTime, "20260301003000+01", "2026-02-28T23:30:00Z"},
		{GeneralizedTime, "99991231235959Z", "9999-12-31T23:59:59Z"},
		{GeneralizedTime, "20240229000000Z", "2024-02-29T00:00:00Z"},
	} {
		got, ok := TimeOf(Value{Tag: c.tag, Body: []byte(c.in)})
		want, err := time.Parse(time.RFC3339Nano, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%v %s reads as %v, %v; want %v", c.tag, c.in, got, ok, want)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, c := range []struct {
		tag Tag
		in  string
	}{
		{UTCTime, ""}, {UTCTime, "260228Z"}, {UTCTime, "260229000000Z"}, {UTCTime, "261301000000Z"},
		{UTCTime, "260228240000Z"}, {UTCTime, "260228006000Z"}, {UTCTime, "260228000060Z"},
		{UTCTime, "26022800000Z"}, {UTCTime, "260228000000Zx"}, {UTCTime, "260228000000+1"},
		{UTCTime, "260228000000*0100"}, {UTCTime, "2602 8000000Z"}, {UTCTime, "260200000000Z"},
		{GeneralizedTime, "20260228"}, {GeneralizedTime, "20260228000000.Z"}, {GeneralizedTime, "2026-02-28"},
		{IA5String, "260228235959Z"},
	} {
		if got, ok := TimeOf(Value{Tag: c.tag, Body: []byte(c.in)}); ok {
			t.Errorf("%v %q reads as %v", c.tag, c.in, got)
		}
	}
	c := NewCursor([]byte("\x17\x03abc"))
	if c.Time(); c.Err() == nil {
		t.Error("a cursor read it")
	}
}

func TestTimesAreWrittenByTheRuleOfRFC5280(t *testing.T) {
	for in, want := range map[string]string{
		"1949-12-31T23:59:59Z":      "\x18\x0f19491231235959Z",
		"1950-01-01T00:00:00Z":      "\x17\x0d500101000000Z",
		"2049-12-31T23:59:59Z":      "\x17\x0d491231235959Z",
		"2049-12-31T23:30:00-01:00": "\x18\x0f20500101003000Z",
		"2026-02-28T23:59:59.9Z":    "\x17\x0d260228235959Z",
	} {
		moment, err := time.Parse(time.RFC3339Nano, in)
		if err != nil {
			t.Fatal(err)
		}
		var b Builder
		b.Time(moment)
		if got, err := b.Bytes(); err != nil || string(got) != want {
			t.Errorf("%s is written as %q, %v", in, got, err)
		}
	}
}

func TestTimesThatDoNotFitAreNotWritten(t *testing.T) {
	for name, f := range map[string]func(*Builder){
		"1949 as UTCTime":           func(b *Builder) { b.UTCTime(time.Date(1949, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"2050 as UTCTime":           func(b *Builder) { b.UTCTime(time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"10000 as GeneralizedTime":  func(b *Builder) { b.GeneralizedTime(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"10000 by the general rule": func(b *Builder) { b.Time(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) },
	} {
		var b Builder
		f(&b)
		if out, err := b.Bytes(); err == nil {
			t.Errorf("%s was written as %q", name, out)
		}
	}
}
