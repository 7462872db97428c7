using System.Collections.Immutable;
using HttpCaching.Control.Keys;
using HttpCaching.Control.Rules;
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
    private readonly string _servedScope;

    // A function of the application gives lifetimes, and may look at the options of a request.
    private readonly bool _isAskedWithOptions;

    // The store's clock for the last use, and whether this cache reads the same one anyway.
    private readonly UseClock _useClock;
    private readonly bool _readsSystemsClock;

    private StraightPath(CacheServices services, Departure departure, string? scope, UseClock useClock)
    {
        _services = services;
        _departure = departure;
        _scope = scope;
        _servedScope = KeyMaker.ServedScope(scope);
        _useClock = useClock;
        _readsSystemsClock = services.Clock.IsSystems;
        _isAskedWithOptions = services.Policy.Heuristic is not null;
    }

    /// <summary>Whether the process has not turned it off.</summary>
    public static bool IsSwitchedOn => !AppContext.TryGetSwitch(Switch, out var isOn) || isOn;

    /// <summary>The short way of a cache; null if there is none, because each key needs more than the URI, or because the store is not in memory.</summary>
    public static StraightPath? Of(CacheServices services, Departure departure) =>
        services.Settings.TakesStraightPath && services.Store.UseClock is { } useClock && services.Keys.HasOneScope(out var scope)
            ? new StraightPath(services, departure, scope, useClock)
            : null;

    /// <summary>Answers a request; null if the walk has to.</summary>
    public CachedResponseMessage? TryAnswer(HttpRequestMessage request)
    {
        if (!ReferenceEquals(request.Method, HttpMethod.Get) || request.Content is not null
            || request.RequestUri is not { IsAbsoluteUri: true, OriginalString: var uri }
            || (_isAskedWithOptions ? RequestSettings.Default.HasOthers(request) : RequestSettings.AreGiven(request)))
        {
            return null;
        }

        var headers = request.Headers.NonValidated;
        if (!(headers.Count == 0 ? TryFind(uri, _scope, isNormal: false, default(NoFields), out var found) : TryFind(uri, _scope, isNormal: false, new MessageFields(headers), out found)))
        {
            return null;
        }

        var hit = ResponseWriter.FromStored(found.Stored, request, new MemoryContent(found.Body), found.Age);
        hit.Status = found.Status;
        return _departure.Leave(MethodRules.Get, uri, hit);
    }

    /// <summary>Answers a plain GET of a server, which is not made into a message; false if the walk has to.</summary>
    /// <param name="uri">Its target URI, which is known to be normal.</param>
    /// <param name="isServed">Whether it asks for a response that the server makes itself.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="hit">The answer, if there is one.</param>
    public bool TryAnswer<TFields>(string uri, bool isServed, TFields fields, out HttpCacheFrontHit hit)
        where TFields : struct, IHttpCacheRequestFields
    {
        hit = default;
        if (!TryFind(uri, isServed ? _servedScope : _scope, isNormal: true, fields, out var found))
        {
            return false;
        }

        var status = _departure.Leave(MethodRules.Get, uri, found.Status, found.Body.Length);
        hit = new HttpCacheFrontHit(found.Message.FrontHeadOf(found.Stored)!, found.Body, found.Message.TextOf(found.Age), found.Status, status);
        return true;
    }

    private bool TryFind<TFields>(string uri, string? scope, bool isNormal, TFields fields, out StraightHit hit)
        where TFields : struct, IHttpCacheRequestFields
    {
        hit = default;
        if (_services.Store.FindAtOnce(new CacheKey(uri, scope), out var began) is not { } view)
        {
            return false;
        }

        var candidates = view.Responses;
        var policy = _services.Rules is { } rules ? PolicyUnder(rules, candidates, uri, isNormal) : _services.Policy;
        if (policy is null)
        {
            return false;
        }

        var index = typeof(TFields) == typeof(NoFields) && candidates.Length == 1 && ReferenceEquals(candidates[0].SelectingFields, SelectingFields.None) ? 0 : Select(candidates, fields, policy);
        if (index < 0)
        {
            return false;
        }

        var stored = candidates[index];
        var now = _services.Clock.Now;
        if (ResponseConclusions.KnownOrFirst(stored, policy) is not { } facts || !facts.PlainUse.Covers(now) || !stored.IsComplete)
        {
            return false;
        }

        var message = StoredMessage.Of(stored);
        if (!(isNormal ? uri == stored.TargetUri && message.FrontHeadOf(stored) is not null : message.IsForText(uri))
            || view.OpenAtOnce(index, _readsSystemsClock ? _useClock.At(now) : _useClock.Now, mayLease: isNormal) is not { } body)
        {
            return false;
        }

        if (body.Length != stored.BodyLength)
        {
            body.Dispose();
            return false;
        }

        _services.Store.FoundAtOnce(began);
        var age = facts.CurrentAge(now);
        hit = new StraightHit(stored, message, body, age, message.StatusOf(CacheReason.Fresh, age, facts.FreshnessLifetime, facts.Source));
        return true;
    }

    /// <summary>The settings of a GET of the URI; null if the text is not known to be the target URI of the stored response: the table takes only target URIs apart. Looked up once for each stored response.</summary>
    private PolicySettings? PolicyUnder(RuleTable rules, ImmutableArray<StoredResponse> candidates, string uri, bool isNormal)
    {
        if (candidates.IsEmpty)
        {
            return null;
        }

        var stored = candidates[0];
        var message = StoredMessage.Of(stored);
        if (!(isNormal ? uri == stored.TargetUri : message.IsForText(uri)))
        {
            return null;
        }

        if (message.RuleMemo is not KnownRule known || !ReferenceEquals(known.Rules, rules))
        {
            message.RuleMemo = known = new KnownRule(rules, rules.For(MethodRules.Get, uri) ?? _services.Policy);
        }

        return known.Settings;
    }

    /// <summary>The place of the one stored response that the request selects; -1 if a field steers the cache, or if more than values that are known to match would have to be compared.</summary>
    private static int Select<TFields>(ImmutableArray<StoredResponse> candidates, TFields fields, PolicySettings policy)
        where TFields : struct, IHttpCacheRequestFields
    {
        if (candidates.Length == 1)
        {
            return Matches(candidates[0], fields, policy, looksForSteering: true) ? 0 : -1;
        }

        for (var all = fields; all.MoveNext();)
        {
            if (FieldNames.SteersCache(all.Name) || all.IsInQuestion)
            {
                return -1;
            }
        }

        return candidates.Length <= MostVariants ? SelectVariant(candidates, fields, policy) : -1;
    }

    private static int SelectVariant<TFields>(ImmutableArray<StoredResponse> candidates, TFields fields, PolicySettings policy)
        where TFields : struct, IHttpCacheRequestFields
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            if (Matches(candidates[i], fields, policy))
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
    private static bool Matches<TFields>(StoredResponse stored, TFields fields, PolicySettings policy, bool looksForSteering = false)
        where TFields : struct, IHttpCacheRequestFields
    {
        if (ResponseConclusions.KnownOrFirst(stored, policy) is not { } facts)
        {
            return false;
        }

        var selecting = facts.SelectingOf(stored);
        var missing = selecting.Length;
        while (fields.MoveNext())
        {
            var name = fields.Name;
            if (looksForSteering && (FieldNames.SteersCache(name) || fields.IsInQuestion))
            {
                return false;
            }

            foreach (var match in selecting)
            {
                if (match.Is(name))
                {
                    if (fields.Value is not { } value || !match.IsKnown(value))
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

    /// <summary>The settings that the rules give to a GET of a stored response's URI.</summary>
    private sealed record KnownRule(RuleTable Rules, PolicySettings Settings);

    /// <summary>A stored response that answers, before its form is made.</summary>
    private readonly record struct StraightHit(StoredResponse Stored, StoredMessage Message, StoredBody Body, TimeSpan Age, CacheStatus Status);
}
