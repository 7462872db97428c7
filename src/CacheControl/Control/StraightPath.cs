using System.Collections.Immutable;
using System.Net.Http.Headers;
using HttpCaching.Control.Keys;
using HttpCaching.Fields;
using HttpCaching.Http;
using HttpCaching.Model;
using HttpCaching.Policy;

namespace HttpCaching.Control;

/// <summary>
/// The short way to a hit, for a plain GET whose response is in memory: one look-up, and one comparison of times with <see cref="PlainUse"/>, which the rules have worked out before.
/// It takes no decision of its own. Where anything is in question, it gives no answer, and the walk decides.
/// </summary>
internal sealed class StraightPath
{
    // Turns it off for a process, so that all requests take the walk.
    private const string Switch = "HttpCaching.StraightPath";

    // With more variants a look at each takes as long as the walk.
    private const int MostVariants = 8;

    private readonly CacheServices _services;
    private readonly Departure _departure;
    private readonly string? _scope;

    // A function of the application gives lifetimes, and may look at the options of a request.
    private readonly bool _isAskedWithOptions;

    private StraightPath(CacheServices services, Departure departure, string? scope)
    {
        _services = services;
        _departure = departure;
        _scope = scope;
        _isAskedWithOptions = services.Policy.Heuristic is not null;
    }

    /// <summary>Whether the process has not turned it off.</summary>
    public static bool IsSwitchedOn => !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;

    /// <summary>The short way of a cache; null if there is none, because each key needs more than the URI, or because the store is not in memory.</summary>
    public static StraightPath? Of(CacheServices services, Departure departure) =>
        services.Settings.TakesStraightPath && services.Store.ReadsAtOnce && services.Keys.HasOneScope(out var scope)
            ? new StraightPath(services, departure, scope)
            : null;

    /// <summary>Answers a request; null if the walk has to.</summary>
    public CachedResponseMessage? TryAnswer(HttpRequestMessage request)
    {
        if (!ReferenceEquals(request.Method, HttpMethod.Get) || request.Content is not null
            || request.RequestUri is not { IsAbsoluteUri: true, OriginalString: var uri }
            || (_isAskedWithOptions ? RequestSettings.Default.HasOthers(request) : RequestSettings.AreGiven(request))
            || _services.Store.FindAtOnce(new CacheKey(uri, _scope), out var began) is not { } view)
        {
            return null;
        }

        var candidates = view.Responses;
        var headers = request.Headers.NonValidated;
        var index = headers.Count == 0 && candidates.Length == 1 && ReferenceEquals(candidates[0].SelectingFields, SelectingFields.None) ? 0 : Select(candidates, headers);
        if (index < 0)
        {
            return null;
        }

        var stored = candidates[index];
        var now = _services.Clock.Now;
        var message = StoredMessage.Of(stored);
        if (ResponseConclusions.Known(stored, _services.Policy) is not { } facts || !facts.PlainUse.Covers(now) || !stored.IsComplete || !message.IsForText(uri)

            // Only now is the text known to be a target URI, which the table takes apart.
            || _services.Rules?.For(MethodRules.Get, uri) is not null
            || view.OpenAtOnce(index) is not { } body || body.Length != stored.BodyLength)
        {
            return null;
        }

        _services.Store.FoundAtOnce(began);
        var age = facts.CurrentAge(now);
        var hit = ResponseWriter.FromStored(stored, request, new MemoryContent(body), age);
        hit.Status = message.StatusOf(CacheReason.Fresh, age, facts.FreshnessLifetime, facts.Source);
        return _departure.Leave(MethodRules.Get, uri, hit);
    }

    /// <summary>The place of the one stored response that the request selects; -1 if a field steers the cache, or if more than values that are known to match would have to be compared.</summary>
    private int Select(ImmutableArray<StoredResponse> candidates, HttpHeadersNonValidated headers)
    {
        if (candidates.Length == 1)
        {
            return Matches(candidates[0], headers, looksForSteering: true) ? 0 : -1;
        }

        foreach (var header in headers)
        {
            if (FieldNames.SteersCache(header.Key))
            {
                return -1;
            }
        }

        return candidates.Length <= MostVariants ? SelectVariant(candidates, headers) : -1;
    }

    private int SelectVariant(ImmutableArray<StoredResponse> candidates, HttpHeadersNonValidated headers)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            if (Matches(candidates[i], headers))
            {
                return IsOnlyOne(candidates, i) ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>Whether no other stored response can match too: all are selected by the same fields, and no two of one method by the same values.</summary>
    private static bool IsOnlyOne(ImmutableArray<StoredResponse> candidates, int found)
    {
        var fields = candidates[found].SelectingFields.Fields;
        foreach (var other in candidates)
        {
            if (other.Method != MethodRules.Get || !other.IsComplete || other.FurtherSelections.Count > 0 || other.SelectingFields.Fields.Count != fields.Count)
            {
                return false;
            }

            for (var i = 0; i < fields.Count; i++)
            {
                if (!HttpFields.SameName(fields[i].Name, other.SelectingFields.Fields[i].Name))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether a request has just the values of the selecting fields that are known to match. Both looks are one pass: to go through the fields is most of the cost.</summary>
    private bool Matches(StoredResponse stored, HttpHeadersNonValidated headers, bool looksForSteering = false)
    {
        if (ResponseConclusions.Known(stored, _services.Policy) is not { } facts)
        {
            return false;
        }

        var selecting = facts.SelectingOf(stored);
        var missing = selecting.Length;
        foreach (var header in headers)
        {
            var name = header.Key;
            if (looksForSteering && FieldNames.SteersCache(name))
            {
                return false;
            }

            foreach (var match in selecting)
            {
                if (match.Is(name))
                {
                    if (header.Value.Count != 1 || !match.IsKnown(header.Value.ToString()))
                    {
                        return false;
                    }

                    missing--;
                }
            }
        }

        return missing == 0 || missing == AbsentIn(selecting);
    }

    private static int AbsentIn(SelectingMatch[] selecting)
    {
        var absent = 0;
        foreach (var match in selecting)
        {
            absent += match.IsAbsent ? 1 : 0;
        }

        return absent;
    }
}
