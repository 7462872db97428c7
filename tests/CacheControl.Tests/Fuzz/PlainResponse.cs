using System.Text.RegularExpressions;
using FieldList = System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>;

namespace HttpCaching.Tests.Fuzz;

/// <summary>What the plain model takes from a response's fields: the directives that apply, the lifetime and the initial age, in seconds.</summary>
internal sealed partial class PlainResponse
{
    private static readonly int[] Heuristic = [200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 451, 501];

    private static readonly string[] Flags =
    [
        "no-store", "no-cache", "private", "public", "must-revalidate", "proxy-revalidate", "must-understand", "immutable", "no-transform",
    ];

    private readonly List<PlainDirective> _directives;
    private readonly bool _isOpen;
    private readonly bool _isTargeted;
    private readonly bool _isShared;
    private readonly PlainExchange _exchange;

    public PlainResponse(PlainExchange exchange, bool isShared, string? targetedField)
    {
        _exchange = exchange;
        _isShared = isShared;
        if (targetedField is not null && Targeted(PlainText.Lines(exchange.ResponseFields, targetedField)) is { } targeted)
        {
            (_directives, _isTargeted) = (targeted, true);
        }
        else
        {
            _directives = PlainText.Directives(PlainText.Lines(Fields, "Cache-Control"), out _isOpen);
        }
    }

    public bool NoStore => Has("no-store");

    public bool NoCache => Unqualified("no-cache");

    public bool Private => Unqualified("private");

    public bool Public => HasSound("public");

    public bool MustRevalidate => Has("must-revalidate");

    public bool MustUnderstand => HasSound("must-understand");

    public bool Immutable => HasSound("immutable");

    public bool HasSharedMaxAge => Has("s-maxage");

    /// <summary>Whether something well formed lets a shared cache give the response to others than who asked for it.</summary>
    public bool MayBeShared => Public || HasSound("must-revalidate") || IsOpenedBySharedMaxAge;

    /// <summary>Whether what it says about its lifetime can be read: what can't makes it stale, but opens it to nothing.</summary>
    public bool StatesLifetime => StatedLifetime() is not null && !_isOpen && AreSound("max-age") && (!_isShared || AreSound("s-maxage"));

    /// <summary>Whether a lifetime for shared caches opens it to them.</summary>
    public bool IsOpenedBySharedMaxAge => HasSharedMaxAge && AreSound("s-maxage");

    /// <summary>Whether nothing makes stale reuse lawful.</summary>
    public bool ForbidsStale => NoCache || (NoStore && !MustUnderstand) || MustRevalidate || (_isShared && (Has("proxy-revalidate") || HasSharedMaxAge));

    public double DateValue => PlainText.Date(PlainText.Lines(Fields, "Date").FirstOrDefault(), _exchange.ResponseTime) ?? _exchange.ResponseTime;

    public double? StaleWhileRevalidate => Smallest("stale-while-revalidate");

    public double? StaleIfError => Smallest("stale-if-error");

    private FieldList Fields => _exchange.ResponseFields;

    public double CurrentAge(double now)
    {
        var ages = PlainText.Lines(Fields, "Age").SelectMany(l => l.Split(',')).Select(a => a.Trim(' ', '\t')).Where(a => a.Length > 0).ToList();
        var ageValue = ages.Count == 0 ? 0 : PlainText.Seconds(ages[0]) ?? 0;
        var apparent = Math.Max(0, _exchange.ResponseTime - DateValue);
        var corrected = ageValue + Math.Max(0, _exchange.ResponseTime - _exchange.RequestTime);
        return Math.Min(2147483648d, Math.Max(apparent, corrected) + Math.Max(0, now - _exchange.ResponseTime));
    }

    /// <summary>The lifetime that the response states; null if it states none.</summary>
    public double? StatedLifetime()
    {
        if (_isOpen)
        {
            return 0;
        }

        if (_isShared && HasSharedMaxAge)
        {
            return Agreed("s-maxage");
        }

        if (Has("max-age"))
        {
            return Agreed("max-age");
        }

        var expires = PlainText.Lines(Fields, "Expires");
        if (_isTargeted || expires.Count == 0)
        {
            return null;
        }

        return expires.Distinct().Count() == 1 && PlainText.Date(expires[0], _exchange.ResponseTime) is { } at ? Math.Max(0, at - DateValue) : 0;
    }

    public double Lifetime() => StatedLifetime() ?? HeuristicLifetime();

    private double HeuristicLifetime()
    {
        var hasControl = _isTargeted || PlainText.Lines(Fields, "Cache-Control").Count > 0;
        var pragma = !hasControl && PlainText.Directives(PlainText.Lines(Fields, "Pragma"), out _).Any(d => d.Name == "no-cache");
        var allowed = Heuristic.Contains(_exchange.Status) || Public || (Private && !_isShared);
        if (NoStore || NoCache || pragma || !allowed)
        {
            return 0;
        }

        var modified = PlainText.Date(PlainText.Lines(Fields, "Last-Modified").FirstOrDefault(), _exchange.ResponseTime);
        return modified is { } at && at < DateValue ? Math.Min(86400, (DateValue - at) / 10) : 0;
    }

    private bool Has(string name) => _directives.Exists(d => d.Name == name);

    private bool HasSound(string name) => _directives.Exists(d => d.Name == name && !d.IsBroken && d.Argument is null);

    private bool AreSound(string name) => _directives.Where(d => d.Name == name).All(d => !d.IsBroken && PlainText.Seconds(d.Argument) is not null);

    /// <summary>Whether the directive speaks of the whole response rather than of fields that it lists.</summary>
    private bool Unqualified(string name) => _directives.Exists(d =>
        d.Name == name && (d.Argument is null || PlainText.Split(d.Argument, out _) is var listed && (listed.Count == 0 || !listed.TrueForAll(PlainText.IsToken))));

    /// <summary>The value that all directives of a name agree on; nothing to rely on, and so zero, if they don't.</summary>
    private double Agreed(string name)
    {
        var values = _directives.Where(d => d.Name == name).Select(d => PlainText.Seconds(d.Argument)).Distinct().ToList();
        return values.Count == 1 ? values[0] ?? 0 : 0;
    }

    private double? Smallest(string name) => _directives.Where(d => d.Name == name).Min(d => PlainText.Seconds(d.Argument));

    /// <summary>A dictionary of flags and whole numbers; null if it is anything else, or has a wrong type for a directive that matters.</summary>
    private static List<PlainDirective>? Targeted(List<string> lines)
    {
        var text = string.Join(", ", lines).Trim(' ');
        if (text.Length == 0)
        {
            return null;
        }

        // The last of several members of one key counts, and only its type matters.
        var members = new Dictionary<string, string>();
        foreach (var part in text.Split(','))
        {
            var match = Member().Match(part.Trim(' ', '\t'));
            if (!match.Success)
            {
                return null;
            }

            members[match.Groups["key"].Value] = match.Groups["value"].Value;
        }

        return members.All(m => HasRightType(m.Key, m.Value))
            ? [.. members.Where(m => m.Value != "?0").Select(m => new PlainDirective(m.Key, IsCount(m.Key) ? m.Value : null, false))]
            : null;
    }

    private static bool HasRightType(string key, string value) =>
        IsCount(key) ? value.Length > 0 && value.All(char.IsAsciiDigit)
        : !Flags.Contains(key) || value is "" or "?1" or "?0";

    private static bool IsCount(string key) => key is "max-age" or "s-maxage" or "stale-while-revalidate" or "stale-if-error";

    [GeneratedRegex("^(?<key>[a-z*][a-z0-9_.*-]*)(?:=(?<value>-?[0-9]{1,15}|\\?[01]|\"[ !#-\\[\\]-~]*\"|[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*))?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Member();
}
