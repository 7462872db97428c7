using System.Globalization;
using System.Text;

namespace HttpCaching.Tests.Fuzz;

internal enum OriginKind
{
    /// <summary>Obeys conditions and ranges.</summary>
    Honest,

    /// <summary>Answers in full whatever was asked.</summary>
    Full,

    /// <summary>Answers 304 without having been asked, or with a validator that fits nothing.</summary>
    LyingNotModified,

    /// <summary>Answers 206 with a part that nobody asked for.</summary>
    LyingPart,

    /// <summary>Throws.</summary>
    Fails,
}

internal enum TagKind
{
    None,
    Strong,
    Weak,
    Unquoted,
    NotAscii,
}

internal enum LengthKind
{
    Right,
    Absent,

    /// <summary>Right, but the body ends three bytes early.</summary>
    Short,
    BodyBreaks,
}

internal enum Reading
{
    Whole,
    Partly,
    Never,

    /// <summary>After the next step.</summary>
    Later,
}

/// <summary>How the origin answers one request.</summary>
internal sealed record OriginScript(
    OriginKind Kind, int Status, bool Changes, TagKind Tag, LengthKind Length, double Delay, IReadOnlyList<KeyValuePair<string, string>> Fields, string? LastModified)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {Status}{(Changes ? " changed" : "")} tag={Tag} length={Length} delay={Delay} modified={LastModified} {Text(Fields)}");

    public static string Text(IEnumerable<KeyValuePair<string, string>> fields) => $"[{string.Join(" | ", fields.Select(f => $"{f.Key}: {f.Value}"))}]";
}

/// <summary>One step of a history.</summary>
internal abstract record Step
{
    private Step()
    {
    }

    /// <summary>A request, how the origin answers it, and how it answers a second time within the same call.</summary>
    public sealed record Send(
        string Method, string Uri, string? Content, string? Partition, HttpCacheMode Mode, IReadOnlyList<KeyValuePair<string, string>> Fields,
        Reading Reading, bool IsAsync, OriginScript First, OriginScript Second) : Step
    {
        public override string ToString() => new StringBuilder($"{Method} {Uri} {(Content is null ? "" : $"({Content}) ")}{Mode} partition={Partition ?? "-"} {OriginScript.Text(Fields)} read={Reading}{(IsAsync ? "" : " sync")}")
            .Append("\n      origin: ").Append(First).Append("\n      again:  ").Append(Second).ToString();
    }

    public sealed record Advance(double Seconds) : Step
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"advance {Seconds} s");
    }

    public sealed record StepBack(double Seconds) : Step
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"set the clock back {Seconds} s");
    }

    public sealed record Invalidate(string Uri) : Step
    {
        public override string ToString() => $"invalidate {Uri}";
    }

    public sealed record Clear : Step
    {
        public override string ToString() => "clear";
    }
}

/// <summary>What happens to one cache.</summary>
/// <param name="IsShared">Whether the cache serves many users.</param>
/// <param name="IsLenient">Whether stale responses stand in for an origin that fails.</param>
/// <param name="HasOptIns">Whether POST is stored, QUERY cached and No-Vary-Search obeyed.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record History(bool IsShared, bool IsLenient, bool HasOptIns, Step[] Steps)
{
    /// <summary>The rules of the application.</summary>
    public IReadOnlyList<HistoryRule> Rules { get; init; } = [];

    public override string ToString()
    {
        var text = new StringBuilder(IsShared ? "shared cache" : "private cache").Append(IsLenient ? ", stale on errors" : "").Append(HasOptIns ? ", POST, QUERY and No-Vary-Search" : "").AppendLine();
        foreach (var rule in Rules)
        {
            text.Append("  rule: ").Append(rule).AppendLine();
        }

        for (var i = 0; i < Steps.Length; i++)
        {
            text.Append("  ").Append(i).Append(". ").Append(Steps[i]).AppendLine();
        }

        return text.ToString();
    }
}
