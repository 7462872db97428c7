namespace HttpCaching.Conformance.Witnesses;

/// <summary>Makes exchanges from a seed and a number: mostly what servers send, on and about the boundaries of lifetimes; some that miss the grammar.</summary>
internal sealed class ScriptedGen(int seed)
{
    public const long Start = 1_767_268_800_000; // 2026-01-01 12:00 UTC

    private static readonly string[] Odd =
    [
        "max-age=\"60\"", "MAX-AGE=60", "max-age=abc", "max-age=-1", "max-age=", "must-revalidate;x", "must-revalidate=no", "public=0", "public;x", "max-age=60 no-store",
        "\"no-store\"", "s-maxage", "s-maxage=abc", "max-age=60, max-age=30", "no-store=\"x\"", "must-revalidate max-age=60", "no-cache=x-a", "no-cache=\"\"", "private=\"\"",
        "max-age=60;no-cache", "must-understand=false, no-store", "max-age=99999999999", "x=\"no-store, max-age=9\"", ",, max-age=60 ,", "No-Cache", "proxy-revalidate=1",
    ];

    private Random _random = new(0);

    public Scripted Make(int n)
    {
        _random = new Random(Mix(seed, n));
        var request = Request();
        var delay = Chance(0.85) ? 0 : 1000L * _random.Next(1, 4);
        var first = First(Start + delay);
        var elapsed = Elapsed(first);
        return new Scripted
        {
            N = n,
            Shared = Chance(0.5),
            Start = Start,
            Delay = delay,
            Request = request,
            First = first,
            Elapsed = elapsed,
            Method = Chance(0.93) ? "GET" : "HEAD",
            Presented = Presented(request),
            Second = Second(first, Start + delay + elapsed),
            Fallback = [["Cache-Control", "max-age=50"], ["X-A", "9"]],
            Pause = 1000L * Of(0, 1, 5, 61),
        };
    }

    private static int Mix(int seed, int n) => unchecked((seed * 16777619) ^ (n * 31));

    private bool Chance(double share) => _random.NextDouble() < share;

    private T Of<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private string Date(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("r");

    private int Delta() => Of(0, 1, 5, 10, 30, 60, 60, 60, 100, 3600);

    private List<string[]> Request()
    {
        var lines = Selecting();
        if (Chance(0.1))
        {
            lines.Add(["Authorization", "Bearer a"]);
        }

        if (Chance(0.05))
        {
            lines.Add(["Cache-Control", Of("no-store", "no-cache", "max-age=0")]);
        }

        return lines;
    }

    private List<string[]> Selecting()
    {
        var lines = new List<string[]>();
        if (Chance(0.4))
        {
            lines.Add(["Accept-Language", Of("en", "en", "de")]);
        }

        if (Chance(0.2))
        {
            lines.Add(["X-Sel", Of("1", "2")]);
        }

        return lines;
    }

    private ScriptedAnswer First(long received)
    {
        var lines = new List<string[]> { new[] { "X-A", "1" }, new[] { "Content-Type", "text/plain" } };
        var date = received;
        if (Chance(0.85))
        {
            date += Chance(0.8) ? 0 : 1000L * _random.Next(-100, 6);
            lines.Add(["Date", Date(date)]);
        }

        Control(lines);
        Add(lines, 0.12, "Age", () => Chance(0.95) ? $"{_random.Next(0, 51)}" : Of("-5", "1.5", "a", "9999999999999"));
        Add(lines, 0.15, "Expires", () => Chance(0.9) ? Date(date + (1000L * _random.Next(-20, 101))) : Of("0", "-1", "never"));
        Add(lines, 0.4, "Last-Modified", () => Chance(0.95) ? Date(date - (1000L * _random.Next(-5, 2001))) : Of("0", "", "yesterday"));
        Add(lines, 0.55, "ETag", () => Chance(0.95) ? Of("\"a\"", "\"a\"", "W/\"a\"") : Of("\"a", "a", ""));
        Add(lines, 0.2, "Vary", () => Of("Accept-Language", "Accept-Language", "X-Sel", "accept-language, x-sel", "*"));
        Add(lines, 0.08, "Set-Cookie", () => "s=1");
        Add(lines, 0.03, "Pragma", () => "no-cache");
        return new ScriptedAnswer(Chance(0.8) ? 200 : Of(203, 301, 302, 404, 410, 500), lines);
    }

    private void Control(List<string[]> lines)
    {
        if (Chance(0.15))
        {
            return;
        }

        var members = new List<string>();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var member = Member();
            if (Chance(0.05) || !members.Exists(m => NameOf(m) == NameOf(member)))
            {
                members.Add(member);
            }
        }

        if (Chance(0.1))
        {
            lines.AddRange(members.Select(m => new[] { "Cache-Control", m }));
        }
        else
        {
            lines.Add(["Cache-Control", string.Join(Chance(0.9) ? ", " : ",", members)]);
        }
    }

    private static string NameOf(string member) => member.Split('=')[0];

    private string Member() => _random.Next(100) switch
    {
        < 45 => $"max-age={Delta()}",
        < 53 => $"s-maxage={Delta()}",
        < 60 => $"stale-while-revalidate={Delta()}",
        < 64 => $"stale-if-error={Delta()}",
        < 69 => "no-cache",
        < 71 => "no-store",
        < 76 => "private",
        < 81 => "public",
        < 86 => "must-revalidate",
        < 88 => "proxy-revalidate",
        < 90 => "immutable",
        < 91 => "must-understand",
        < 94 => Of("no-cache=\"x-a\"", "private=\"x-a\"", "private=\"set-cookie\"", "no-cache=\"set-cookie, x-a\""),
        < 96 => Of("no-transform", "x=1", "ext"),
        _ => Of(Odd),
    };

    private void Add(List<string[]> lines, double share, string name, Func<string> value)
    {
        if (Chance(share))
        {
            lines.Add([name, value()]);
        }
    }

    /// <summary>About the end of a lifetime that the answer states, or anything.</summary>
    private long Elapsed(ScriptedAnswer answer)
    {
        var control = string.Join(',', Scripted.Values(answer.Lines, "Cache-Control"));
        var stated = control.Split(',', '=').Select(p => int.TryParse(p.Trim('"', ' '), out var seconds) && seconds is > 0 and < 10_000 ? seconds : 0).Where(s => s > 0).ToArray();
        if (stated.Length > 0 && Chance(0.6))
        {
            return 1000L * Math.Max(0, Of(stated) + (Chance(0.2) ? Of(stated) : 0) + _random.Next(-1, 2));
        }

        return 1000L * Of(0, 1, 5, 20, 59, 60, 61, 120, 1000);
    }

    private List<string[]> Presented(List<string[]> request)
    {
        var lines = Chance(0.8) ? request.Where(l => l[0] is not ("Cache-Control" or "Authorization")).ToList() : Selecting();
        if (request.Exists(l => l[0] == "Authorization") ? Chance(0.85) : Chance(0.04))
        {
            lines.Add(["Authorization", Of("Bearer a", "Bearer b")]);
        }

        if (Chance(0.35))
        {
            lines.Add(["Cache-Control", Of(
                $"max-age={Delta()}", $"max-stale={Delta()}", $"min-fresh={Delta()}", "max-stale", "no-cache", "max-age=0", "only-if-cached", "no-store", "only-if-cached, no-store",
                $"max-age={Delta()}, max-stale={Delta()}", $"stale-if-error={Delta()}", $"max-stale={Delta()}, min-fresh={Delta()}")]);
        }

        Add(lines, 0.02, "Pragma", () => "no-cache");
        Add(lines, 0.05, "If-None-Match", () => Of("\"a\"", "\"x\"", "W/\"a\"", "*"));
        Add(lines, 0.04, "If-Modified-Since", () => Date(Start - (1000L * _random.Next(0, 3000))));
        return lines;
    }

    private ScriptedAnswer Second(ScriptedAnswer first, long now)
    {
        var lines = new List<string[]> { new[] { "Date", Date(now) } };
        var status = _random.Next(100) switch { < 60 => 304, < 88 => 200, < 94 => 500, _ => 404 };
        if (status == 304)
        {
            // The origin keeps its tag, mostly.
            var tag = Scripted.Values(first.Lines, "ETag").FirstOrDefault();
            if (tag is not null && Chance(0.75))
            {
                lines.Add(["ETag", Chance(0.85) ? tag : Of("\"other\"", "W/\"a\"", "\"a\"")]);
            }

            if (Scripted.Values(first.Lines, "Last-Modified").FirstOrDefault() is { } modified && Chance(0.3))
            {
                lines.Add(["Last-Modified", modified]);
            }
        }

        Add(lines, 0.5, "Cache-Control", () => Of(
            $"max-age={Delta()}", $"max-age={Delta()}", $"max-age={Delta()}, must-revalidate", "no-cache", "private", "no-store", $"public, max-age={Delta()}", $"s-maxage={Delta()}"));
        Add(lines, 0.5, "X-A", () => "2");
        Add(lines, 0.3, "X-B", () => "2");
        Add(lines, 0.05, "Vary", () => Of("Accept-Language", "X-Sel", "*"));
        Add(lines, 0.06, "Set-Cookie", () => "s=2");
        Add(lines, 0.05, "Expires", () => Date(now + 60_000));
        return new ScriptedAnswer(status, lines);
    }
}
