using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace CacheControl.Tests.Fuzz.Wire;

/// <summary>A resource and the requests for it, one after the other, through one pipeline.</summary>
internal sealed record WireDialogue(string Pipeline, WireResource Resource, params WireStep[] Steps)
{
    public const int StepsOfOne = 5;

    private static int s_number;

    public static WireDialogue Of(string pipeline, int seed, int number)
    {
        var random = new Random(unchecked((seed * 16777619) ^ (number * 31)));
        var resource = WireResource.Of(random);
        return new WireDialogue(pipeline, resource, [.. Enumerable.Range(0, StepsOfOne).Select(_ => WireStep.Of(random))]);
    }

    /// <summary>Plays it; how an answer differs from every one that a plain client might have got, or null.</summary>
    public async Task<WireDifference?> PlayAsync(WireSite site)
    {
        var number = Interlocked.Increment(ref s_number);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var (client, services) = WireSite.Cached(Pipeline, time);
        using var __ = services;
        using var _ = client;
        var version = 0;
        var told = new StringBuilder();
        var past = new List<(int Version, DateTimeOffset Until)>();
        site.Origin.Set(number, Resource, version);
        try
        {
            foreach (var step in Steps)
            {
                time.Advance(TimeSpan.FromSeconds(step.Wait));
                if (step.Changes)
                {
                    // What was stored up to now may be given until its lifetime is over (RFC 9111 §4.2).
                    past.Add((version, time.GetUtcNow() + Lifetime));
                    site.Origin.Set(number, Resource, ++version);
                }

                site.Origin.Asked.Clear();
                var seen = await WireAnswer.OfAsync(client, step, $"{site.Origin.Address}/{number}");
                var asked = site.Origin.Asked.ToArray();
                told.AppendLine(CultureInfo.InvariantCulture, $"{time.GetUtcNow():T} {step.Code()}, version {version}, origin asked: {string.Join(" | ", asked.AsEnumerable())}\n    with the cache: {seen}");
                if (step.Method == "HEAD" && asked.Length > 0 && (Resource.Tag == WireTag.None || Resource.Odd.Contains("ETag: \"other\"")))
                {
                    // A HEAD that tells no version from another confirms each (RFC 9111 §4.3.5).
                    past = [.. past.Select(p => (p.Version, time.GetUtcNow() + Lifetime))];
                }

                var isForwarded = asked is [var one] && one.IsOf(step) && one.Status == seen.Status && seen.Status != 304;
                string? difference = null;
                var agrees = false;
                foreach (var candidate in past.Where(p => p.Until > time.GetUtcNow() || IsStaleAllowed(step)).Select(p => p.Version).Prepend(version))
                {
                    foreach (var (methods, alike) in Alike(step, seen))
                    {
                        var plain = await WireAnswer.OfAsync(site.Plain(methods), alike, $"{site.Origin.Address}/{number}/{candidate}");
                        var differs = WireModel.Difference(seen, plain, alike, isForwarded, WireSite.Decodes(Pipeline));
                        told.AppendLine(CultureInfo.InvariantCulture, $"    without, version {candidate}, decoding {methods}: {plain}\n        {differs ?? "agrees"}");
                        agrees |= differs is null;
                        difference ??= differs;
                    }
                }

                if (!agrees)
                {
                    return new WireDifference(this, difference!, told.ToString());
                }
            }

            return null;
        }
        finally
        {
            site.Origin.Remove(number);
        }
    }

    /// <summary>Dialogues with one oddity less.</summary>
    public IEnumerable<WireDialogue> Simpler()
    {
        for (var i = 0; i < Steps.Length && Steps.Length > 1; i++)
        {
            yield return this with { Steps = [.. Steps[..i], .. Steps[(i + 1)..]] };
        }

        foreach (var resource in Resource.Simpler())
        {
            yield return this with { Resource = resource };
        }

        for (var i = 0; i < Steps.Length; i++)
        {
            foreach (var step in Steps[i].Simpler())
            {
                yield return this with { Steps = [.. Steps[..i], step, .. Steps[(i + 1)..]] };
            }
        }
    }

    /// <summary>The test that plays it.</summary>
    public string Code() =>
        $"""
            [Fact]
            public Task Answer_IsThatOfAPlainClient() => AgreesAsync(new WireDialogue(
                {WireResource.Code(Pipeline)},
                {Resource.Code()},
                {string.Join(",\n        ", Steps.Select(s => s.Code()))}));
        """;

    private TimeSpan Lifetime => TimeSpan.FromSeconds(Math.Max(0, Resource.MaxAge));

    private bool IsStaleAllowed(WireStep step) => step.Field("Cache-Control") == "max-stale" && Resource.MaxAge >= 0;

    /// <summary>
    /// The requests whose answers the caller may get, and with which settings a plain client sends them. Where the decoding is moved above the cache two things are
    /// not as the platform does them, on purpose: a coding that the caller refuses is neither asked for nor undone, and a request with Range asks for none that would be undone, since
    /// positions count the bytes that the caller gets; no 206 is decoded (RFC 9110 §12.5.3, §14.1.2).
    /// </summary>
    private IEnumerable<(DecompressionMethods Methods, WireStep Step)> Alike(WireStep step, WireAnswer seen)
    {
        var methods = WireSite.Decodes(Pipeline) ? DecompressionMethods.All : DecompressionMethods.None;
        if (Pipeline is WireSite.Handler or WireSite.Habit)
        {
            yield return (methods, step);

            // The platform's decoders fail at a framing that breaks off after their data when they copy, and not when they are read, as they are below the cache.
            if (Pipeline == WireSite.Habit)
            {
                yield return (methods, step with { Reading = WireReading.Piecewise });
            }

            // A body that may have been decoded below the cache is given whole: Range may be ignored (RFC 9110 §14.2).
            if (Pipeline == WireSite.Habit && seen.Status == 200 && step.Field("Range") is not null)
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
