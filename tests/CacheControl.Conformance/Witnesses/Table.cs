using System.Text.Json;
using HttpCaching.Tests.Fuzz;
using static HttpCaching.Conformance.Witnesses.Comparison;

namespace HttpCaching.Conformance.Witnesses;

/// <summary>A kind of difference that the table explains.</summary>
/// <param name="Id">Its name in the table.</param>
/// <param name="Engine">The engine.</param>
/// <param name="Kinds">What differs.</param>
/// <param name="Is">How it is recognised.</param>
internal sealed record Row(string Id, string Engine, string[] Kinds, Func<Case, bool> Is);

/// <summary>A difference with all that belongs to it.</summary>
internal sealed record Case(Scripted Exchange, Expected Right, Done Ours, EngineDone Theirs, Difference Difference)
{
    private static readonly string[] Counts = ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"];

    private static readonly string[] Known =
        ["max-age", "s-maxage", "no-cache", "no-store", "private", "public", "must-revalidate", "proxy-revalidate", "stale-while-revalidate", "stale-if-error", "immutable", "must-understand"];

    public List<PlainDirective> Control { get; } = PlainText.Directives(Scripted.Values(Exchange.First.Lines, "Cache-Control"), out _);

    /// <summary>Whether the 304 has a field that the first answer lacked.</summary>
    public bool AddsFields => Exchange.Second.Lines.Any(l => !FirstHas(l[0]) && l[0] != "Date");

    /// <summary>Whether the engine gave no field but those of the first answer, as they came.</summary>
    public bool TheirFieldsAreFirsts =>
        FieldsOf(Theirs.Got).Split(" | ").All(FieldsOf([.. Exchange.First.Lines.Select(l => KeyValuePair.Create(l[0], l[1]))]).Split(" | ").Contains);

    /// <summary>For how long more the first answer is fresh, by the RFC.</summary>
    public double Left => Right.First.Lifetime() - Right.Age;

    /// <summary>Whether the engine has another remaining lifetime.</summary>
    public bool LifetimeDiffers => Theirs.Ttl is { } ttl && Math.Abs(ttl - Left) > 0.001;

    /// <summary>Whether the first answer's ETag or Last-Modified is none by its grammar.</summary>
    public bool HasInvalidValidator => (FirstHas("ETag") && Right.Tag?.EndsWith('"') != true) || (FirstHas("Last-Modified") && Right.Modified is null);

    /// <summary>Whether the first request was for one user.</summary>
    public bool IsAuthorized => Scripted.Values(Exchange.Request, "Authorization").Any();

    public bool HasInvalidAge => Scripted.Values(Exchange.First.Lines, "Age").Any(a => PlainText.Seconds(a) is null);

    /// <summary>The heuristic lifetime that counts to the receipt and not to Date; zero without a date of the last change.</summary>
    public double HeuristicFromReceipt =>
        PlainText.Date(Right.Modified, Right.Receipt) is { } modified ? Math.Max(0, Right.Receipt - modified) / 10 : 0;

    /// <summary>How many seconds from then the third request comes.</summary>
    public double Pause => Exchange.Pause / 1000.0;

    public bool Has(string name) => Control.Exists(d => d.Name == name);

    public bool FirstHas(string field) => Scripted.Values(Exchange.First.Lines, field).Any();

    public bool SecondHas(string field) => Scripted.Values(Exchange.Second.Lines, field).Any();

    /// <summary>Whether the engine read other directives in the first answer than there are: broken ones, repeated ones, arguments that are no numbers.</summary>
    public bool IsMisread => Control.Exists(d => Counts.Contains(d.Name) && PlainText.Seconds(d.Argument) is null) || Known.Any(name =>
        Control.Count(d => d.Name == name) > 1
        || Control.Exists(d => d.Name == name && (d.IsBroken || d.Argument is ""))
        || Has(name) != Theirs.Parsed.ContainsKey(name)
        || (Has(name) && Theirs.Parsed[name] is var read && Control.Find(d => d.Name == name)!.Argument is var argument
            && (read.ValueKind == JsonValueKind.True ? null : read.ValueKind == JsonValueKind.Array ? string.Join(", ", read.EnumerateArray()) : read.ToString()) != argument));
}

internal static partial class Table
{
    public const string Hcs = "http-cache-semantics";
    public const string Undici = "undici";

    public static Row? Find(string engine, Scripted exchange, Done ours, EngineDone theirs, Difference difference)
    {
        var found = new Case(exchange, new Expected(exchange), ours, theirs, difference);
        return Rows.FirstOrDefault(r => r.Engine == engine && r.Kinds.Contains(difference.Kind) && r.Is(found));
    }
}
