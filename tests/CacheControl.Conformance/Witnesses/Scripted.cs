using System.Globalization;
using System.Text;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>
/// One generated exchange: a GET that the origin answers, another request for the same some time later, what the origin answers to that if it is asked, and the first
/// request once more. All that a cache may do with them follows from this and nothing else. Times are in milliseconds.
/// </summary>
public sealed record Scripted
{
    /// <summary>Which one of its seed: with that, the name of the exchange.</summary>
    public required int N { get; init; }

    public required bool Shared { get; init; }

    public string Url => $"http://origin.example/{N}";

    /// <summary>When the first request was sent, in milliseconds since 1970.</summary>
    public required long Start { get; init; }

    /// <summary>How long the origin took to answer it.</summary>
    public required long Delay { get; init; }

    public required IReadOnlyList<string[]> Request { get; init; }

    public required ScriptedAnswer First { get; init; }

    /// <summary>The time from that answer to the second request.</summary>
    public required long Elapsed { get; init; }

    public required string Method { get; init; }

    public required IReadOnlyList<string[]> Presented { get; init; }

    /// <summary>What the origin answers if it is asked then; a 304 only to a request with a condition.</summary>
    public required ScriptedAnswer Second { get; init; }

    /// <summary>What it answers in place of a 304 if there is no condition.</summary>
    public required IReadOnlyList<string[]> Fallback { get; init; }

    /// <summary>The time from there to the third request.</summary>
    public required long Pause { get; init; }

    public static IEnumerable<string> Values(IReadOnlyList<string[]> lines, string name) =>
        lines.Where(l => l[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(l => l[1]);

    public override string ToString()
    {
        var text = new StringBuilder();
        void Lines(string title, IReadOnlyList<string[]> lines) =>
            text.Append("  ").Append(title).Append(": ").AppendJoin(" | ", lines.Select(l => $"{l[0]}: {l[1]}")).AppendLine();

        text.AppendLine(CultureInfo.InvariantCulture, $"{(Shared ? "shared" : "private")} cache; answered after {Delay} ms, asked again after {Elapsed} ms, and after {Pause} ms");
        Lines("GET", Request);
        Lines($"{First.Status}", First.Lines);
        Lines($"{Method}", Presented);
        Lines($"{Second.Status} if asked", Second.Lines);
        return text.ToString();
    }
}

/// <summary>An answer of the origin.</summary>
public sealed record ScriptedAnswer(int Status, IReadOnlyList<string[]> Lines);

/// <summary>What a cache did with an exchange.</summary>
public sealed record Done
{
    /// <summary>Whether the first answer was stored.</summary>
    public bool Stored { get; init; }

    /// <summary>For how many seconds more it was fresh at the second request; null if that is not told.</summary>
    public double? Ttl { get; init; }

    /// <summary>The conditions with which the origin was asked the second time; null if it was not.</summary>
    public Conditions? Asked { get; init; }

    /// <summary>Whether it was asked after the answer, in the background.</summary>
    public bool Background { get; init; }

    /// <summary>What the second request got.</summary>
    public required Got Got { get; init; }

    /// <summary>What the third got from the cache; null if the origin was asked, or if the question was not put.</summary>
    public Got? Third { get; init; }
}

/// <summary>The conditions of a request.</summary>
public sealed record Conditions(string? Inm, string? Ims);

/// <summary>An answer as a caller got it: the body tells which one of the origin's it is.</summary>
public sealed record Got
{
    public int? Status { get; init; }

    public string Body { get; init; } = string.Empty;

    public Dictionary<string, string>? Headers { get; init; }
}
