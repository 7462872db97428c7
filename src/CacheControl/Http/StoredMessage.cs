using System.Globalization;
using System.Net;
using HttpCaching.Model;

namespace HttpCaching.Http;

/// <summary>
/// The common parts of all responses from one stored response, made once: the header lines of the message and those of
/// its content. Immutable except for the common parts of the latest hits, which are replaced as a whole.
/// </summary>
internal sealed class StoredMessage
{
    private const string Age = "Age";
    private const string ContentLength = "Content-Length";

    // A response that is used once pays for no preparation: one that its store reads again each time, or that is validated each time.
    private static readonly object UsedOnce = new();

    private readonly string _key;
    private readonly UpstreamCaches? _received;
    private readonly bool _isPlain;
    private AgeText? _latestAge;
    private HitStatus? _latestStatus;
    private HttpCacheFrontHead? _frontHead;

    private StoredMessage(StoredResponse stored)
    {
        _key = stored.TargetUri;
        _isPlain = TargetUri.IsPlain(_key);
        _received = UpstreamCaches.Of(stored.Fields);
        var response = new List<FieldLine>(stored.Fields.Count);
        var content = new List<FieldLine>();
        using var scratch = new HttpResponseMessage();
        foreach (var line in stored.Fields.Lines)
        {
            if (HttpFields.SameName(line.Name, ContentLength))
            {
                StoredLength = line.Value;
            }
            else if (HttpFields.SameName(line.Name, Age))
            {
                continue;
            }
            else if (scratch.Headers.TryAddWithoutValidation(line.Name, line.Value))
            {
                response.Add(line);
            }
            else
            {
                content.Add(line);
            }
        }

        ResponseLines = [.. response];
        ContentLines = [.. content];
        LengthFits = IsLengthOf(stored, StoredLength);

        // Setting a phrase makes the runtime scan it; the usual one needs no setting.
        ReasonPhrase = stored.ReasonPhrase is { } phrase && phrase != UsualPhrase(scratch, stored.StatusCode) ? phrase : null;
    }

    /// <summary>The lines of the message, without Age.</summary>
    public FieldLine[] ResponseLines { get; }

    /// <summary>The lines of the content, without Content-Length.</summary>
    public FieldLine[] ContentLines { get; }

    /// <summary>The stored Content-Length as it was received, or <see langword="null"/>.</summary>
    public string? StoredLength { get; }

    /// <summary>Whether <see cref="StoredLength"/> is the number of bytes held.</summary>
    public bool LengthFits { get; }

    /// <summary>The reason phrase, or <see langword="null"/> if it is the usual one of the status code.</summary>
    public string? ReasonPhrase { get; }

    /// <summary>What the straight path remembers of the rules for the response's URI; null before it has looked.</summary>
    public object? RuleMemo { get; set; }

    /// <summary>The prepared form of <paramref name="stored"/>, made at the first call. May be called by many threads.</summary>
    /// <param name="stored">The stored response.</param>
    public static StoredMessage Of(StoredResponse stored)
    {
        if (stored.MessageMemo is StoredMessage known)
        {
            return known;
        }

        var made = new StoredMessage(stored) { _latestStatus = stored.MessageMemo as HitStatus };
        stored.MessageMemo = made;
        return made;
    }

    /// <summary>The prepared form if the response has been used before; null at its first use.</summary>
    /// <param name="stored">The stored response.</param>
    public static StoredMessage? FromSecondUse(StoredResponse stored)
    {
        if (stored.MessageMemo is not null)
        {
            return Of(stored);
        }

        stored.MessageMemo = UsedOnce;
        return null;
    }

    /// <summary>Whether a Content-Length is the number of bytes held.</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="length">The field's value; null if there is none.</param>
    public static bool IsLengthOf(StoredResponse stored, string? length) =>
        length is not null
        && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value == stored.BodyLength;

    /// <summary>The status of a hit: one for all hits of a second, once the prepared form is there.</summary>
    /// <param name="stored">The stored response.</param>
    /// <param name="reason">The reason for serving it.</param>
    /// <param name="age">Its age.</param>
    /// <param name="lifetime">Its freshness lifetime.</param>
    /// <param name="source">The source of the lifetime.</param>
    public static CacheStatus StatusOf(StoredResponse stored, CacheReason reason, TimeSpan age, TimeSpan lifetime, FreshnessSource source) =>
        stored.MessageMemo is StoredMessage known
            ? known.StatusOf(reason, age, lifetime, source)
            : FirstStatusOf(stored, reason, age, lifetime, source);

    /// <summary>Whether the response is for every URI of this text. False says nothing.</summary>
    public bool IsForText(string text) => _isPlain && text == _key;

    /// <summary>The head for a server's response, made at the first call; null if a server may not be able to send it as it is.</summary>
    /// <param name="stored">The stored response that this was made of.</param>
    public HttpCacheFrontHead? FrontHeadOf(StoredResponse stored)
    {
        var head = _frontHead ??= HttpCacheFrontHead.Of(stored);
        return head.IsPlain ? head : null;
    }

    /// <summary>An age in whole seconds as the field's value.</summary>
    /// <param name="age">The age; a negative one counts as zero.</param>
    public string TextOf(TimeSpan age)
    {
        var seconds = SecondsOf(age);
        var latest = _latestAge;
        if (latest is null || latest.Seconds != seconds)
        {
            _latestAge = latest = new AgeText(seconds, seconds.ToString(CultureInfo.InvariantCulture));
        }

        return latest.Text;
    }

    /// <summary>The status of a hit: one for all hits of a second.</summary>
    /// <param name="reason">The reason for serving it.</param>
    /// <param name="age">Its age.</param>
    /// <param name="lifetime">Its freshness lifetime.</param>
    /// <param name="source">The source of the lifetime.</param>
    public CacheStatus StatusOf(CacheReason reason, TimeSpan age, TimeSpan lifetime, FreshnessSource source)
    {
        var seconds = SecondsOf(age);
        var latest = _latestStatus;
        if (latest is null || latest.Seconds != seconds || latest.Lifetime != lifetime || latest.Status.Reason != reason || latest.Status.Source != source)
        {
            _latestStatus = latest = NewStatus(_key, _received, reason, age, lifetime, source);
        }

        return latest.Status;
    }

    /// <summary>The status of a hit that is the first use: the hits of that second share it.</summary>
    private static CacheStatus FirstStatusOf(StoredResponse stored, CacheReason reason, TimeSpan age, TimeSpan lifetime, FreshnessSource source)
    {
        var first = NewStatus(stored.TargetUri, UpstreamCaches.Of(stored.Fields), reason, age, lifetime, source);
        stored.MessageMemo = first;
        return first.Status;
    }

    private static HitStatus NewStatus(string key, UpstreamCaches? received, CacheReason reason, TimeSpan age, TimeSpan lifetime, FreshnessSource source) =>
        new(SecondsOf(age), lifetime, new CacheStatus { Key = key, Hit = true, Reason = reason, TimeToLive = lifetime - age, Age = age, Source = source, Received = received });

    /// <summary>An age in the whole seconds that the field shows; a negative one counts as zero.</summary>
    /// <param name="age">The age.</param>
    public static long SecondsOf(TimeSpan age) => Math.Max(0, age.Ticks / TimeSpan.TicksPerSecond);

    private static string? UsualPhrase(HttpResponseMessage scratch, int statusCode)
    {
        scratch.StatusCode = (HttpStatusCode)statusCode;
        return scratch.ReasonPhrase;
    }

    private sealed record AgeText(long Seconds, string Text);

    private sealed record HitStatus(long Seconds, TimeSpan Lifetime, CacheStatus Status);
}
