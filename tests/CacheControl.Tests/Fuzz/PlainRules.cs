namespace HttpCaching.Tests.Fuzz;

/// <summary>
/// A second reading of RFC 9111, slow and plain: what it answers is the list of the conditions that a use of a stored response would break.
/// An empty list means that the standard lets the cache do it.
/// </summary>
/// <param name="isShared">Whether the cache serves more than one user.</param>
/// <param name="targetedField">The targeted field that it obeys, or null.</param>
/// <param name="hasOptIns">Whether it stores POST, caches QUERY and obeys No-Vary-Search.</param>
internal sealed class PlainRules(bool isShared, string? targetedField = null, bool hasOptIns = false)
{
    public PlainResponse Read(PlainExchange exchange) => new(exchange, isShared, targetedField);

    /// <summary>What forbids answering the request with the stored response without asking the origin.</summary>
    public List<string> AgainstReuse(PlainExchange stored, PlainRequest presented, double now)
    {
        var response = Read(stored);
        var broken = AgainstSelection(stored, presented);
        var control = PlainText.Directives(PlainText.Lines(presented.Fields, "Cache-Control"), out _);
        var (age, lifetime) = (response.CurrentAge(now), Math.Round(response.Lifetime(), 6));
        var isLenient = presented.Mode is HttpCacheMode.ForceCache or HttpCacheMode.OnlyIfCached;
        AddIf(broken, response.NoCache, "the response says no-cache");
        AddIf(broken, response.NoStore && !response.MustUnderstand, "the response says no-store, and only a rule that is not there has let it be stored");
        AddIf(broken, AsksNoCache(presented, control), "the request says no-cache");

        // With only-if-cached there is no response that could be stored, so that no-store forbids nothing.
        var isBypassed = presented.Mode == HttpCacheMode.NoStore && !control.Exists(d => d.Name == "only-if-cached");
        AddIf(broken, isBypassed || presented.Mode is HttpCacheMode.NoCache or HttpCacheMode.Reload, $"the mode is {presented.Mode}");
        if (Math.Round(age, 6) >= lifetime)
        {
            broken.AddRange(AgainstStale(response, control, isLenient, age, lifetime));
        }
        else if (!isLenient)
        {
            broken.AddRange(AgainstFresh(stored, response, control, age, lifetime));
        }

        return broken;
    }

    /// <summary>What forbids answering with the stored response in place of an origin that failed.</summary>
    public List<string> AgainstStandIn(PlainExchange stored, PlainRequest presented, double now, double configured, bool wasReached)
    {
        var response = Read(stored);
        var broken = AgainstSelection(stored, presented);
        var control = PlainText.Directives(PlainText.Lines(presented.Fields, "Cache-Control"), out _);
        var staleBy = response.CurrentAge(now) - response.Lifetime();
        var asked = control.Where(d => d.Name == "stale-if-error").Min(d => PlainText.Seconds(d.Argument)) ?? 0;
        var window = Math.Max(asked, Math.Max(response.StaleIfError ?? 0, configured));
        AddIf(broken, response.ForbidsStale, "the response forbids stale use");
        AddIf(broken, staleBy > window + 0.001 && (wasReached || !double.IsPositiveInfinity(configured)), $"stale by {staleBy}, allowed are {window}");
        return broken;
    }

    /// <summary>What forbids keeping the response.</summary>
    public List<string> AgainstStoring(PlainExchange exchange)
    {
        var response = Read(exchange);
        var request = PlainText.Directives(PlainText.Lines(exchange.RequestFields, "Cache-Control"), out _);
        var broken = new List<string>();
        broken.AddRange(AgainstMethod(exchange, response));
        AddIf(broken, exchange.Status is < 200 or > 599 or 304, $"the status is {exchange.Status}");
        AddIf(broken, response.NoStore && !response.MustUnderstand, "the response says no-store");
        AddIf(broken, request.Exists(d => d.Name == "no-store"), "the request says no-store");
        AddIf(broken, isShared && response.Private, "private in a shared cache");
        broken.AddRange(AgainstSharing(response, exchange));
        return broken;
    }

    private static IEnumerable<string> AgainstStale(PlainResponse response, List<PlainDirective> control, bool isLenient, double age, double lifetime)
    {
        var maximum = MaxAgeOf(control);
        var staleBy = age - lifetime;
        var unlimited = control.Exists(d => d.Name == "max-stale" && d.Argument is null && !d.IsBroken);
        var tolerated = control.Where(d => d.Name == "max-stale").Min(d => PlainText.Seconds(d.Argument)) ?? (unlimited ? double.PositiveInfinity : -1);
        var window = maximum is null && !control.Exists(d => d.Name == "only-if-cached") ? response.StaleWhileRevalidate ?? -1 : -1;
        if (response.ForbidsStale)
        {
            yield return "stale, and the response forbids stale use";
        }

        if (!isLenient && staleBy > tolerated + 0.001 && (window <= 0 || staleBy > window + 0.001))
        {
            yield return $"stale by {staleBy} without permission";
        }

        if (age > maximum + 0.001)
        {
            yield return "stale, and older than the request's max-age";
        }

        if (control.Exists(d => d.Name == "min-fresh" && PlainText.Seconds(d.Argument) is not null))
        {
            yield return "stale, and the request wants min-fresh";
        }
    }

    private static IEnumerable<string> AgainstFresh(PlainExchange stored, PlainResponse response, List<PlainDirective> control, double age, double lifetime)
    {
        var maximum = MaxAgeOf(control);
        var spared = maximum == 0 && response.Immutable && stored.Uri.StartsWith("https:", StringComparison.Ordinal)
            && PlainText.Lines(stored.ResponseFields, "Content-Length").Count > 0;
        if (!spared && (maximum == 0 || Math.Round(age, 6) > maximum))
        {
            yield return $"older than the request's max-age of {maximum}";
        }

        if (control.Where(d => d.Name == "min-fresh").Max(d => PlainText.Seconds(d.Argument)) is { } wanted && Math.Round(lifetime - age, 6) < wanted)
        {
            yield return $"not fresh for another {wanted}";
        }
    }

    /// <summary>RFC 9110 §9.3.3 of POST: it says how long it is fresh, and that it is what a GET of the same URI would give.</summary>
    private IEnumerable<string> AgainstMethod(PlainExchange exchange, PlainResponse response)
    {
        if (exchange.Method is "GET" or "HEAD" || (hasOptIns && exchange.Method == "QUERY"))
        {
            yield break;
        }

        if (!hasOptIns || exchange.Method != "POST")
        {
            yield return $"the method is {exchange.Method}";
            yield break;
        }

        if (response.StatedLifetime() is not > 0 || exchange.Status is < 200 or > 299)
        {
            yield return "a POST without explicit freshness or without success";
        }

        if (PlainText.Lines(exchange.ResponseFields, "Content-Location") is not [var named] || new Uri(new Uri(exchange.Uri), named).AbsoluteUri != exchange.Uri)
        {
            yield return "a POST that does not say that it is what is there now";
        }
    }

    private List<string> AgainstSelection(PlainExchange stored, PlainRequest presented)
    {
        var broken = new List<string>();
        var isSame = stored.Uri == presented.Uri
            || (hasOptIns && PlainSearch.AreSame(stored.Uri, presented.Uri, PlainText.Lines(stored.ResponseFields, "No-Vary-Search")));
        AddIf(broken, !isSame, "another URI");

        // What a POST has brought is what GET would have (RFC 9110 §9.3.3).
        var method = stored.Method == "POST" ? "GET" : stored.Method;
        AddIf(broken, method != presented.Method && !(method == "GET" && presented.Method == "HEAD"), $"a stored {stored.Method} for {presented.Method}");
        AddIf(broken, presented.Method is not ("GET" or "HEAD") && !(hasOptIns && presented.Method == "QUERY"), $"the method is {presented.Method}");
        AddIf(broken, isShared && Read(stored).Private, "private in a shared cache");
        broken.AddRange(AgainstVary(stored, presented));
        broken.AddRange(AgainstSharing(Read(stored), stored));
        return broken;
    }

    private static IEnumerable<string> AgainstVary(PlainExchange stored, PlainRequest presented)
    {
        foreach (var name in PlainText.Lines(stored.ResponseFields, "Vary").SelectMany(l => PlainText.Split(l, out _)))
        {
            if (name == "*" || !PlainText.IsToken(name))
            {
                yield return $"Vary has {name}";
            }
            else if (Selecting(stored.RequestFields, name) != Selecting(presented.Fields, name))
            {
                yield return $"Vary has {name}, which differs";
            }
        }
    }

    private IEnumerable<string> AgainstSharing(PlainResponse response, PlainExchange exchange)
    {
        if (isShared
            && PlainText.Lines(exchange.RequestFields, "Authorization").Count > 0
            && !response.MayBeShared)
        {
            yield return "Authorization in a shared cache, and no permission to share";
        }
    }

    /// <summary>The value by which requests are told apart: without white space and case, and null only if there is no such field.</summary>
    private static string? Selecting(List<KeyValuePair<string, string>> fields, string name)
    {
        var lines = PlainText.Lines(fields, name);
        return lines.Count == 0 ? null : string.Join(',', lines).Replace(" ", "").ToLowerInvariant();
    }

    private static bool AsksNoCache(PlainRequest presented, List<PlainDirective> control) =>
        PlainText.Lines(presented.Fields, "Cache-Control").Count > 0
            ? control.Exists(d => d.Name == "no-cache")
            : PlainText.Directives(PlainText.Lines(presented.Fields, "Pragma"), out _).Exists(d => d.Name == "no-cache");

    private static double? MaxAgeOf(List<PlainDirective> control)
    {
        var values = control.Where(d => d.Name == "max-age").Select(d => PlainText.Seconds(d.Argument)).Distinct().ToList();
        return values.Count == 0 ? null : values.Count == 1 ? values[0] ?? 0 : 0;
    }

    private static void AddIf(List<string> list, bool condition, string text)
    {
        if (condition)
        {
            list.Add(text);
        }
    }
}
