namespace HttpCaching.Conformance.Witnesses;

/// <summary>How an engine and this cache differ over an exchange: in the first thing in which they do, since all later ones follow from it.</summary>
/// <param name="Kind">What they differ in.</param>
/// <param name="Ours">What this cache did.</param>
/// <param name="Theirs">What the engine did.</param>
public sealed record Difference(string Kind, string Ours, string Theirs);

/// <summary>Holds what two caches did with one exchange side by side.</summary>
internal static class Comparison
{
    public const string Stored = "stored";
    public const string Served = "served";
    public const string Lifetime = "lifetime";
    public const string Validation = "conditions";
    public const string Answer = "answer";
    public const string AnswerFields = "fields";
    public const string Later = "later";
    public const string LaterFields = "later fields";

    /// <summary>The fields whose values are compared: not those that a cache makes itself, such as Age, or that belong to a hop.</summary>
    private static readonly string[] Compared = ["x-a", "x-b", "content-type", "etag", "last-modified", "cache-control", "expires", "vary", "set-cookie", "pragma"];

    public static Difference? Of(Scripted exchange, Done ours, EngineDone theirs)
    {
        if (ours.Stored != theirs.Stored)
        {
            return new Difference(Stored, ours.Stored ? "yes" : "no", theirs.Stored ? "yes" : "no");
        }

        var (served, servedThere) = (ServedOf(ours.Asked, ours.Background, ours.Got), ServedOf(theirs.Asked, theirs.Background, theirs.Got));
        if (served != servedThere)
        {
            return new Difference(Served, served, servedThere);
        }

        if (served == "stored" && ours.Ttl is { } left && theirs.Ttl is { } leftThere && Math.Abs(left - leftThere) > 0.001)
        {
            return new Difference(Lifetime, $"{left:0.###}", $"{leftThere:0.###}");
        }

        if (ours.Asked is { } asked && theirs.Asked is { } askedThere && ConditionsOf(asked) is var own && ConditionsOf(askedThere) is var other && own != other)
        {
            return new Difference(Validation, own, other);
        }

        if (AnswerOf(exchange, ours.Got) is var answer && AnswerOf(exchange, theirs.Got) is var answerThere && answer != answerThere)
        {
            return new Difference(Answer, answer, answerThere);
        }

        if (served != "gateway timeout" && FieldsOf(ours.Got) is var fields && FieldsOf(theirs.Got) is var fieldsThere && fields != fieldsThere)
        {
            return new Difference(AnswerFields, fields, fieldsThere);
        }

        // A HEAD may update, and a 304 may confirm another variant than the one that was asked for: neither engine has these notions.
        if (ours.Background || (ours.Asked is not null && (exchange.Method == "HEAD" || (exchange.Second.Status == 304 && new Expected(exchange).IsOther))))
        {
            return null;
        }

        return (ours.Third is null) != (theirs.Third is null) ? new Difference(Later, ours.Third?.Body ?? "asked", theirs.Third?.Body ?? "asked")
            : ours.Third is { } third && theirs.Third is { } thirdThere && third.Body + FieldsOf(third) is var last && thirdThere.Body + FieldsOf(thirdThere) is var lastThere && last != lastThere
                ? new Difference(LaterFields, last, lastThere)
                : null;
    }

    /// <summary>The fields of an answer that are compared, as text.</summary>
    public static string FieldsOf(Got got) =>
        string.Join(" | ", Compared.Where(n => got.Headers?.ContainsKey(n) == true).Select(n => $"{n}: {got.Headers![n]}"));

    /// <summary>The same of lines.</summary>
    public static string FieldsOf(IReadOnlyCollection<KeyValuePair<string, string>> lines) => FieldsOf(new Got
    {
        Headers = lines.GroupBy(f => f.Key.ToLowerInvariant()).ToDictionary(g => g.Key, g => string.Join(", ", g.Select(f => f.Value))),
    });

    private static string ServedOf(Conditions? asked, bool isBackground, Got got) =>
        asked is not null && !isBackground ? "asked" : got.Status == 504 ? "gateway timeout" : isBackground ? "stored, validated later" : "stored";

    private static string ConditionsOf(Conditions conditions) => $"{conditions.Inm ?? "-"} {conditions.Ims ?? "-"}";

    private static string AnswerOf(Scripted exchange, Got got) => $"{got.Status} {(exchange.Method == "HEAD" || got.Status is 304 or 504 ? string.Empty : got.Body)}";
}
