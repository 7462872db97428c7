namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>How a caller reads.</summary>
internal enum WireReading
{
    Buffered,
    Streamed,
    Piecewise,
    Synchronous,
    Beginning,
}

/// <summary>One exchange of a dialogue, and what happens before it.</summary>
internal sealed record WireStep
{
    /// <summary>How many seconds pass first.</summary>
    public int Wait { get; init; }

    /// <summary>Whether the resource changes first.</summary>
    public bool Changes { get; init; }

    public string Method { get; init; } = "GET";

    /// <summary>Field lines of the request.</summary>
    public string[] Fields { get; init; } = [];

    public WireReading Reading { get; init; }

    /// <summary>How many callers ask at once.</summary>
    public int Callers { get; init; } = 1;

    public static WireStep Of(Random random)
    {
        var fields = new List<string>();
        void Maybe(int oneOf, string name, params string[] values)
        {
            if (random.Next(oneOf) == 0)
            {
                fields.Add($"{name}: {values[random.Next(values.Length)]}");
            }
        }

        Maybe(3, "Accept-Encoding", "gzip", "gzip, deflate, br", "identity", "br", "gzip;q=0", "*;q=0", "*");
        Maybe(5, "Range", "bytes=0-9", "bytes=5-", "bytes=-4", "bytes=2-100000", "bytes=80000-", "bytes=0-");
        Maybe(8, "If-None-Match", "\"v0\"", "\"v1\"", "\"other\"", "*");
        Maybe(20, "If-Modified-Since", "Wed, 01 Jan 2025 00:00:00 GMT", "Thu, 02 Jan 2025 00:00:00 GMT", "0");
        Maybe(20, "If-Range", "\"v0\"", "W/\"v0\"");
        Maybe(12, "Cache-Control", "no-cache", "max-age=0", "no-store", "max-stale");
        return new WireStep
        {
            Wait = random.Next(4) == 0 ? random.Next(3) * 40 : 0,
            Changes = random.Next(5) == 0,
            Method = random.Next(8) == 0 ? "HEAD" : "GET",
            Fields = [.. fields],
            Reading = (WireReading)random.Next(5),
            Callers = random.Next(12) == 0 ? 3 : 1,
        };
    }

    /// <summary>A new message that asks for the address.</summary>
    public HttpRequestMessage Request(string address)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), address);
        foreach (var line in Fields)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(line[..colon], line[(colon + 2)..]);
        }

        return request;
    }

    /// <summary>The value of a field; null if the request has none.</summary>
    public string? Field(string name) => Fields.FirstOrDefault(f => f.StartsWith($"{name}: ", StringComparison.Ordinal))?[(name.Length + 2)..];

    public WireStep With(string line) => this with { Fields = [.. Without(line[..line.IndexOf(':', StringComparison.Ordinal)]).Fields, line] };

    public WireStep Without(string name) => this with { Fields = [.. Fields.Where(f => !f.StartsWith($"{name}: ", StringComparison.Ordinal))] };

    /// <summary>Steps that have one oddity less.</summary>
    public IEnumerable<WireStep> Simpler()
    {
        if (Wait != 0)
        {
            yield return this with { Wait = 0 };
        }

        if (Changes)
        {
            yield return this with { Changes = false };
        }

        if (Method != "GET")
        {
            yield return this with { Method = "GET" };
        }

        if (Callers != 1)
        {
            yield return this with { Callers = 1 };
        }

        if (Reading != WireReading.Buffered)
        {
            yield return this with { Reading = WireReading.Buffered };
        }

        for (var i = 0; i < Fields.Length; i++)
        {
            yield return this with { Fields = [.. Fields[..i], .. Fields[(i + 1)..]] };
        }
    }

    /// <summary>The expression that makes it.</summary>
    public string Code()
    {
        var parts = new List<string>();
        void Add(bool isOdd, string part)
        {
            if (isOdd)
            {
                parts.Add(part);
            }
        }

        Add(Wait != 0, $"Wait = {Wait}");
        Add(Changes, "Changes = true");
        Add(Method != "GET", $"Method = {WireResource.Code(Method)}");
        Add(Fields.Length > 0, $"Fields = [{string.Join(", ", Fields.Select(WireResource.Code))}]");
        Add(Reading != WireReading.Buffered, $"Reading = WireReading.{Reading}");
        Add(Callers != 1, $"Callers = {Callers}");
        return parts.Count == 0 ? "new WireStep()" : $"new WireStep {{ {string.Join(", ", parts)} }}";
    }
}
