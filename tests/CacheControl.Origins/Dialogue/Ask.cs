namespace HttpCaching.Origins.Dialogue;

/// <summary>A request of the dialogue, as the caller makes it.</summary>
internal sealed record Ask(HttpMethod Method, string Path)
{
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    /// <summary>Whether it is sent with <see cref="HttpClient.Send(HttpRequestMessage)"/>.</summary>
    public bool Synchronous { get; init; }

    public string? Range => this["Range"];

    public bool HasConditions => Fields.Any(line => line.Name is "If-None-Match" or "If-Modified-Since");

    /// <summary>The value of a field, or null.</summary>
    public string? this[string name] => Fields.FirstOrDefault(line => line.Name == name).Value;

    public static Ask Get(string path) => new(HttpMethod.Get, path);

    public static Ask Head(string path) => new(HttpMethod.Head, path);

    public Ask With(string name, string? value) => value is null ? this : this with { Fields = [.. Fields, (name, value)] };

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, new Uri(Path, UriKind.Relative));
        foreach (var (name, value) in Fields)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    /// <summary>The same request of another method.</summary>
    public Ask As(HttpMethod method) => this with { Method = method };

    /// <summary>The same request for the whole, without conditions.</summary>
    public Ask AsWhole() => WithoutConditions().Without("Range", "If-Range");

    /// <summary>The same request without a question whether something has changed.</summary>
    public Ask WithoutConditions() => Without("If-None-Match", "If-Modified-Since");

    /// <summary>The same request without a word about codings.</summary>
    public Ask WithoutCoding() => Without("Accept-Encoding");

    /// <summary>Whether the caller accepts a coding, told without the cache's own code; without Accept-Encoding it accepts none.</summary>
    public bool Accepts(string? coding)
    {
        var members = (this["Accept-Encoding"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return coding is null || members.Contains(coding) || members.Contains("*");
    }

    /// <summary>All that decides the answer: equal for equal requests.</summary>
    public override string ToString() =>
        $"{Method} {Path}{string.Concat(Fields.Select(field => $" [{field.Name}: {field.Value}]"))}";

    private Ask Without(params string[] names) => this with { Fields = [.. Fields.Where(line => !names.Contains(line.Name))] };
}
