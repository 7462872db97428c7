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
        LengthFits = StoredLength is not null
            && long.TryParse(StoredLength, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length == stored.BodyLength;

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

    /// <summary>The prepared form of <paramref name="stored"/>, made at the first call. May be called by many threads.</summary>
    /// <param name="stored">The stored response.</param>
    public static StoredMessage Of(StoredResponse stored)
    {
        if (stored.MessageMemo is StoredMessage known)
        {
            return known;
        }

        var made = new StoredMessage(stored);
        stored.MessageMemo = made;
        return made;
    }

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
            var status = new CacheStatus { Key = _key, Hit = true, Reason = reason, TimeToLive = lifetime - age, Age = age, Source = source, Received = _received };
            _latestStatus = latest = new HitStatus(seconds, lifetime, status);
        }

        return latest.Status;
    }

    private static long SecondsOf(TimeSpan age) => Math.Max(0, age.Ticks / TimeSpan.TicksPerSecond);

    private static string? UsualPhrase(HttpResponseMessage scratch, int statusCode)
    {
        scratch.StatusCode = (HttpStatusCode)statusCode;
        return scratch.ReasonPhrase;
    }

    private sealed record AgeText(long Seconds, string Text);

    private sealed record HitStatus(long Seconds, TimeSpan Lifetime, CacheStatus Status);
}
