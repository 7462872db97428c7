using HttpCaching.Fields;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Model;

/// <summary>The members of Cache-Status that a response came with, parsed when they are asked for.</summary>
internal sealed class UpstreamCaches
{
    /// <summary>The most members that are told. A response that has passed through more caches is in a loop, or made up.</summary>
    public const int MaximumMembers = 32;

    private readonly string[] _lines;
    private IReadOnlyList<UpstreamCacheStatus>? _members;

    private UpstreamCaches(string[] lines) => _lines = lines;

    /// <summary>The members; null if there is no such field.</summary>
    /// <param name="fields">The fields of the response.</param>
    public static UpstreamCaches? Of(HttpFields fields)
    {
        List<string>? lines = null;
        for (var i = fields.IndexOf(FieldNames.CacheStatus, 0); i >= 0; i = fields.IndexOf(FieldNames.CacheStatus, i + 1))
        {
            (lines ??= []).Add(fields[i].Value);
        }

        return lines is null ? null : new UpstreamCaches([.. lines]);
    }

    /// <summary>The members of these lines; null if there are none.</summary>
    /// <param name="lines">The values of the field, line by line.</param>
    public static UpstreamCaches? Of(IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        return all.Length == 0 ? null : new UpstreamCaches(all);
    }

    /// <summary>The members, from the origin to here. One that is malformed is left out, and takes no other with it.</summary>
    public IReadOnlyList<UpstreamCacheStatus> Members => _members ??= Parse(_lines);

    private static IReadOnlyList<UpstreamCacheStatus> Parse(string[] lines)
    {
        List<UpstreamCacheStatus> members = [];
        foreach (var line in lines)
        {
            for (var rest = line.AsSpan(); !rest.IsEmpty && members.Count < MaximumMembers;)
            {
                var end = EndOfMember(rest);
                if (Parse(rest[..end]) is { } member)
                {
                    members.Add(member);
                }

                rest = rest[Math.Min(end + 1, rest.Length)..];
            }
        }

        return members;
    }

    /// <summary>The position of the comma after the first member, which is not in a String.</summary>
    private static int EndOfMember(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case '\\' when isQuoted:
                    i++;
                    break;
                case ',' when !isQuoted:
                    return i;
            }
        }

        return text.Length;
    }

    private static UpstreamCacheStatus? Parse(ReadOnlySpan<char> text)
    {
        var reader = new StructuredReader(text.Trim(" \t"));
        if (!reader.TryReadItem(out var item) || !reader.IsAtEnd || item.Value.Type is not (StructuredType.String or StructuredType.Token))
        {
            return null;
        }

        var parameters = item.Parameters;
        return new UpstreamCacheStatus(item.Value.Text!)
        {
            Hit = Boolean(parameters, "hit") is true,
            Forward = Forward(parameters),
            ForwardStatus = Integer(parameters, "fwd-status") is { } code and >= 100 and <= 999 ? (int)code : null,
            TimeToLive = Integer(parameters, "ttl") is { } seconds ? Duration(seconds) : null,
            Stored = Boolean(parameters, "stored"),
            Collapsed = Boolean(parameters, "collapsed"),
            Key = Text(parameters, "key", isToken: false),
            Detail = Text(parameters, "detail", isToken: true),
        };
    }

    private static bool? Boolean(StructuredParameters parameters, string name) =>
        parameters.TryGet(name, out var value) && value.TryGetBoolean(out var told) ? told : null;

    private static long? Integer(StructuredParameters parameters, string name) =>
        parameters.TryGet(name, out var value) && value.TryGetInteger(out var told) ? told : null;

    private static string? Text(StructuredParameters parameters, string name, bool isToken) =>
        parameters.TryGet(name, out var value) && (value.Type == StructuredType.String || (isToken && value.Type == StructuredType.Token)) ? value.Text : null;

    private static ForwardReason Forward(StructuredParameters parameters) =>
        parameters.TryGet("fwd", out var value) && value is { Type: StructuredType.Token, Text: { } token } ? CacheStatusNames.ForwardOf(token) : ForwardReason.None;

    // Fifteen digits are more seconds than a TimeSpan has.
    private static TimeSpan Duration(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond, TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond));
}
