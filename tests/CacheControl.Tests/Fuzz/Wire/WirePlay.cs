using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace HttpCaching.Tests.Fuzz.Wire;

/// <summary>One run of a dialogue: a client with an empty cache, a clock, and the versions that may be answered with.</summary>
internal sealed class WirePlay : IDisposable
{
    private static int s_number;

    private readonly int _number = Interlocked.Increment(ref s_number);
    private readonly WireSite _site;
    private readonly WireDialogue _dialogue;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HttpClient _client;
    private readonly IDisposable? _services;
    private readonly StringBuilder _told = new();
    private List<(int Version, DateTimeOffset Until)> _past = [];
    private int _version;

    public WirePlay(WireSite site, WireDialogue dialogue)
    {
        _site = site;
        _dialogue = dialogue;
        (_client, _services) = WireSite.Cached(dialogue.Pipeline, _time);
        site.Origin.Set(_number, dialogue.Resource, _version);
    }

    /// <summary>All that was asked and answered.</summary>
    public string Told => _told.ToString();

    private bool MayJoin => _dialogue.Resource is { CutsRanges: true, Framing: WireFraming.ChunkedCut or WireFraming.ChunkCutInside or WireFraming.LengthTooLong };

    private TimeSpan Lifetime => TimeSpan.FromSeconds(Math.Max(0, _dialogue.Resource.MaxAge));

    /// <summary>Plays a step; how an answer differs from every one that a plain client might have got, or null.</summary>
    public async Task<string?> StepAsync(WireStep step)
    {
        _time.Advance(TimeSpan.FromSeconds(step.Wait));
        if (step.Changes)
        {
            // What was stored up to now may be given until its lifetime is over (RFC 9111 §4.2).
            _past.Add((_version, _time.GetUtcNow() + Lifetime));
            _site.Origin.Set(_number, _dialogue.Resource, ++_version);
        }

        _site.Origin.Asked.Clear();
        var address = $"{_site.Origin.Address}/{_number}";
        var answers = await Task.WhenAll(Enumerable.Range(0, step.Callers).Select(_ => WireAnswer.OfAsync(_client, step, address)));
        var asked = _site.Origin.Asked.ToArray();
        _told.AppendLine(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():T} {step.Code()}, version {_version}, origin asked: {string.Join(" | ", asked.AsEnumerable())}");
        if (step.Method == "HEAD" && asked.Length > 0 && (_dialogue.Resource.Tag == WireTag.None || _dialogue.Resource.Odd.Contains("ETag: \"other\"")))
        {
            // A HEAD that tells no version from another confirms each (RFC 9111 §4.3.5).
            _past = [.. _past.Select(p => (p.Version, _time.GetUtcNow() + Lifetime))];
        }

        foreach (var seen in answers)
        {
            var isForwarded = step.Callers == 1 && asked is [var one] && one.IsOf(step) && one.Status == seen.Status && seen.Status != 304;
            if (await DifferenceAsync(seen, step, isForwarded, asked.Length > 0) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    public void Dispose()
    {
        _client.Dispose();
        _services?.Dispose();
        _site.Origin.Remove(_number);
    }

    private async Task<string?> DifferenceAsync(WireAnswer seen, WireStep step, bool isForwarded, bool isAsked)
    {
        _told.AppendLine(CultureInfo.InvariantCulture, $"    with the cache: {seen}");
        var circumstances = new WireCircumstances(isForwarded, WireSite.Decodes(_dialogue.Pipeline), MayJoin);
        string? first = null;
        foreach (var version in _past.Where(p => p.Until > _time.GetUtcNow() || IsStaleAllowed(step)).Select(p => p.Version).Prepend(_version))
        {
            foreach (var (methods, alike) in Candidates(step, seen, isAsked && !isForwarded))
            {
                var plain = await WireAnswer.OfAsync(_site.Plain(methods), alike, $"{_site.Origin.Address}/{_number}/{version}");
                var difference = WireModel.Difference(seen, plain, alike, circumstances);
                if (difference is null)
                {
                    return null;
                }

                _told.AppendLine(CultureInfo.InvariantCulture, $"    without, version {version}, decoding {methods}: {plain}\n        {difference}");
                first ??= difference;
            }
        }

        return first;
    }

    private IEnumerable<(DecompressionMethods Methods, WireStep Step)> Candidates(WireStep step, WireAnswer seen, bool isAskedByCache)
    {
        // Where the cache asks with a date of its own, the full answer to that is the caller's (RFC 9111 §4.3.3).
        var isFull = isAskedByCache && seen.Status is 200 or 206 && step.Field("If-Modified-Since") is not null;
        var alike = Alike(step, seen).Concat(isFull ? Alike(step.Without("If-Modified-Since"), seen) : []);

        // What comes before the answer breaks off is seen by reading it in pieces.
        return MayJoin ? alike.SelectMany(a => new[] { a, (a.Methods, a.Step with { Reading = WireReading.Piecewise }) }) : alike;
    }

    private bool IsStaleAllowed(WireStep step) => step.Field("Cache-Control") == "max-stale" && _dialogue.Resource.MaxAge >= 0;

    /// <summary>
    /// The requests whose answers the caller may get, and with which settings a plain client sends them. Where the decoding is moved above the cache two things are
    /// not as the platform does them, on purpose: a coding that the caller refuses is neither asked for nor undone, and a request with Range asks for none that would be undone, since
    /// positions count the bytes that the caller gets; no 206 is decoded (RFC 9110 §12.5.3, §14.1.2).
    /// </summary>
    private IEnumerable<(DecompressionMethods Methods, WireStep Step)> Alike(WireStep step, WireAnswer seen)
    {
        var methods = WireSite.Decodes(_dialogue.Pipeline) ? DecompressionMethods.All : DecompressionMethods.None;
        if (_dialogue.Pipeline is WireSite.Handler or WireSite.Habit)
        {
            yield return (methods, step);

            // The platform's decoders fail at a framing that breaks off after their data when they copy, and not when they are read, as they are below the cache.
            if (_dialogue.Pipeline == WireSite.Habit)
            {
                yield return (methods, step with { Reading = WireReading.Piecewise });
            }

            // A body that may have been decoded below the cache is given whole: Range may be ignored (RFC 9110 §14.2).
            if (_dialogue.Pipeline == WireSite.Habit && seen.Status == 200 && step.Field("Range") is not null)
            {
                yield return (methods, step.Without("Range"));
            }

            yield break;
        }

        var kept = step.Field("Accept-Encoding") switch
        {
            "identity" or "*;q=0" => DecompressionMethods.None,
            "gzip;q=0" => DecompressionMethods.Deflate | DecompressionMethods.Brotli,
            _ => methods,
        };
        yield return (kept, step);
        if (step.Field("Range") is not null)
        {
            var isUndone = step.Field("Accept-Encoding") is { } accepted && !accepted.Contains('=') && accepted != "identity";
            yield return (DecompressionMethods.None, isUndone ? step.Without("Accept-Encoding") : step);
        }
        else if (seen.Status == 206 && kept != DecompressionMethods.None)
        {
            yield return (DecompressionMethods.None, step.With("Accept-Encoding: gzip, deflate, br"));
        }
    }
}
