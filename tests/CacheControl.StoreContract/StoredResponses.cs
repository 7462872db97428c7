using System.Globalization;
using System.Text;

namespace HttpCaching.StoreContract;

/// <summary>Makes heads of stored responses for tests, and compares them.</summary>
public static class StoredResponses
{
    /// <summary>The time of the exchanges of the heads that this class makes.</summary>
    public static DateTimeOffset Epoch { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The head of a plain response to GET, with a new generation and body identity.</summary>
    /// <param name="uri">The target URI.</param>
    /// <param name="length">The number of body bytes.</param>
    /// <param name="variant">Its identity among the responses of the key.</param>
    /// <param name="rank">Its order among concurrent writers.</param>
    /// <param name="tags">The tags.</param>
    public static StoredResponse Get(
        string uri = "https://example.org/", long length = 100, string variant = "GET", long rank = 1, params string[] tags) => new()
        {
            Method = "GET",
            TargetUri = uri,
            StatusCode = 200,
            ReasonPhrase = "OK",
            HttpVersion = new Version(1, 1),
            Fields = new HttpFields(
            [
                new("Date", "Sun, 01 Mar 2026 12:00:00 GMT"),
                new("Cache-Control", "max-age=60"),
                new("ETag", $"\"{rank}\""),
                new("Content-Type", "text/plain"),
            ]),
            Times = new ExchangeTimes(Epoch, Epoch.AddMilliseconds(25)),
            BodyLength = length,
            Tags = tags,
            Variant = variant,
            Rank = rank,
            Generation = Random.Shared.NextInt64(),
            BodyId = Random.Shared.NextInt64(),
        };

    /// <summary>A head in which every fact has a value that is easily lost or changed on the way.</summary>
    /// <param name="uri">The target URI.</param>
    /// <param name="length">The number of body bytes.</param>
    public static StoredResponse Elaborate(string uri = "https://example.org/", long length = 1000) => new()
    {
        Method = "QUERY",
        TargetUri = uri,
        SelectingFields = new SelectingFields([new("Accept", "text/html;q=0.5, */*"), new("X-Empty", string.Empty), new("X-Absent", null)]),
        StatusCode = 206,
        ReasonPhrase = "Partiel et déjà là",
        HttpVersion = new Version(2, 0),
        Fields = new HttpFields(
        [
            new("Set-Cookie", "a=1; Path=/"),
            new("DATE", "Sun, 01 Mar 2026 12:00:00 GMT"),
            new("set-cookie", "b=2, c=3"),
            new("X-Latin", "caf\u00E9 \u00FF\u0080"),
            new("X-Wide", "\u65E5\u672C \uD83D\uDE00"),
            new("X-Empty", string.Empty),
            new("X-Tab", "a\tb  c"),
            new("X-Long", new string('x', 20_000)),
            new("X!#$%&'*+-.^_`|~9", "odd name"),
        ]),
        Times = new ExchangeTimes(Epoch.AddTicks(1_234_567), Epoch.AddTicks(9_876_543_211)),
        AgeValue = TimeSpan.FromSeconds(2_147_483_648),
        BodyLength = length,
        Part = new PartRange(5_000_000_000, 9_000_000_000),
        IsDecoded = true,
        MustValidate = true,
        IsMarkedStale = true,
        HadCredentials = true,
        Tags = ["products", string.Empty, "größe", "\"https://example.org\" a"],
        Variant = "QUERY\u0001é",
        Rank = long.MinValue,
        Generation = long.MaxValue,
        BodyId = -1,
    };

    /// <summary>The head that a validation makes of <paramref name="standing"/>: a new generation with the same body.</summary>
    /// <param name="standing">The head before.</param>
    /// <param name="variant">The new variant, or <see langword="null"/> to keep it.</param>
    /// <param name="rank">The new rank, or <see langword="null"/> for one more.</param>
    /// <param name="tags">The new tags, or <see langword="null"/> to keep them.</param>
    public static StoredResponse Refresh(StoredResponse standing, string? variant = null, long? rank = null, IReadOnlyList<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(standing);
        return new StoredResponse
        {
            Method = standing.Method,
            TargetUri = standing.TargetUri,
            SelectingFields = standing.SelectingFields,
            StatusCode = standing.StatusCode,
            ReasonPhrase = standing.ReasonPhrase,
            HttpVersion = standing.HttpVersion,
            Fields = standing.Fields.With("X-Refreshed", "yes"),
            Times = new ExchangeTimes(standing.Times.RequestTime.AddMinutes(1), standing.Times.ResponseTime.AddMinutes(1)),
            AgeValue = standing.AgeValue,
            BodyLength = standing.BodyLength,
            Part = standing.Part,
            IsDecoded = standing.IsDecoded,
            MustValidate = standing.MustValidate,
            IsMarkedStale = standing.IsMarkedStale,
            HadCredentials = standing.HadCredentials,
            Tags = tags ?? standing.Tags,
            Variant = variant ?? standing.Variant,
            Rank = rank ?? standing.Rank + 1,
            Generation = Random.Shared.NextInt64(),
            BodyId = standing.BodyId,
        };
    }

    /// <summary>Returns all facts of a head as text. If two heads have the same text, every fact that a store keeps is the same.</summary>
    /// <param name="head">The head.</param>
    public static string Describe(StoredResponse head)
    {
        ArgumentNullException.ThrowIfNull(head);
        var text = new StringBuilder();
        void Add(string name, object? value) =>
            text.Append(name).Append(" = ").AppendLine(value is null ? "null" : $"'{Convert.ToString(value, CultureInfo.InvariantCulture)}'");

        Add("Method", head.Method);
        Add("TargetUri", head.TargetUri);
        foreach (var field in head.SelectingFields.Fields)
        {
            Add($"Selecting '{field.Name}'", field.Value);
        }

        Add("StatusCode", head.StatusCode);
        Add("ReasonPhrase", head.ReasonPhrase);
        Add("HttpVersion", head.HttpVersion);
        foreach (var line in head.Fields.Lines)
        {
            Add($"Field '{line.Name}'", line.Value);
        }

        Add("RequestTime", head.Times.RequestTime.UtcTicks);
        Add("ResponseTime", head.Times.ResponseTime.UtcTicks);
        Add("AgeValue", head.AgeValue?.Ticks);
        Add("BodyLength", head.BodyLength);
        Add("Part", head.Part is { } part ? $"{part.First}/{part.Total}" : null);
        Add("IsDecoded", head.IsDecoded);
        Add("MustValidate", head.MustValidate);
        Add("IsMarkedStale", head.IsMarkedStale);
        Add("HadCredentials", head.HadCredentials);
        foreach (var tag in head.Tags)
        {
            Add("Tag", tag);
        }

        Add("Variant", head.Variant);
        Add("Rank", head.Rank);
        Add("Generation", head.Generation);
        Add("BodyId", head.BodyId);
        return text.ToString();
    }
}
