using HttpCaching.Fields.Structured;
using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>Collects directives one by one, over several lines, until <see cref="ResponseDirectives"/> can be made of them.</summary>
internal struct ResponseDirectivesBuilder
{
    /// <summary>How many fields a qualified directive can name; one that names more restricts the whole response.</summary>
    public const int MaximumNames = 128;

    private bool _isMalformed;
    private bool _noStore;
    private bool _noCache;
    private bool _private;
    private bool _public;
    private bool _mustRevalidate;
    private bool _mustRevalidatePermits;
    private bool _proxyRevalidate;
    private bool _mustUnderstand;
    private bool _noTransform;
    private bool _immutable;
    private HashSet<string>? _noCacheFields;
    private HashSet<string>? _privateFields;
    private TimeSpan? _maxAge;
    private TimeSpan? _sMaxAge;
    private bool _hasBadMaxAge;
    private bool _hasBadSMaxAge;
    private TimeSpan? _staleWhileRevalidate;
    private TimeSpan? _staleIfError;

    /// <summary>Adds what one Cache-Control line says.</summary>
    /// <param name="line">The value of the field line.</param>
    public void ReadLine(ReadOnlySpan<char> line)
    {
        var reader = new DirectiveReader(line);
        while (reader.Read())
        {
            if (reader.Form == DirectiveArgument.Invalid)
            {
                TakeRestrictions(ref reader);
            }
            else
            {
                _ = TakeFlag(reader.Name, isBare: reader.Form == DirectiveArgument.None) || TakeQualified(ref reader) || TakeDuration(ref reader);
            }
        }

        _isMalformed |= reader.IsUnterminated;
    }

    /// <summary>Adds one member of a targeted field; false if it is a directive known here with the wrong type (RFC 9213 §2.1).</summary>
    /// <param name="name">The key.</param>
    /// <param name="member">Its value.</param>
    public bool TryTake(string name, StructuredMember member)
    {
        var value = member is StructuredItem item ? item.Value : default;
        switch (name)
        {
            case "no-store" or "no-cache" or "private" or "public" or "must-revalidate" or "proxy-revalidate" or "must-understand"
                or "no-transform" or "immutable":
                if (!value.TryGetBoolean(out var isSet))
                {
                    return false;
                }

                _noCache |= isSet && name == "no-cache";
                _private |= isSet && name == "private";
                _ = isSet && TakeFlag(name, isBare: true);
                return true;
            case "max-age":
                return TryTakeSeconds(value, ref _maxAge);
            case "s-maxage":
                return TryTakeSeconds(value, ref _sMaxAge);
            case "stale-while-revalidate":
                return TryTakeSeconds(value, ref _staleWhileRevalidate);
            case "stale-if-error":
                return TryTakeSeconds(value, ref _staleIfError);
            default:
                return true;
        }
    }

    /// <summary>The directives collected so far.</summary>
    public readonly ResponseDirectives Build() => new()
    {
        IsPresent = true,
        IsMalformed = _isMalformed,
        NoStore = _noStore,
        NoCache = _noCache,
        NoCacheFields = _noCacheFields is null ? [] : [.. _noCacheFields],
        Private = _private,
        PrivateFields = _privateFields is null ? [] : [.. _privateFields],
        Public = _public,
        MustRevalidate = _mustRevalidate,
        MustRevalidatePermits = _mustRevalidatePermits,
        ProxyRevalidate = _proxyRevalidate,
        MustUnderstand = _mustUnderstand,
        NoTransform = _noTransform,
        Immutable = _immutable,
        MaxAge = _maxAge,
        MaxAgePermits = _maxAge is not null && !_hasBadMaxAge,
        SMaxAge = _sMaxAge,
        SMaxAgePermits = _sMaxAge is not null && !_hasBadSMaxAge,
        StaleWhileRevalidate = _staleWhileRevalidate,
        StaleIfError = _staleIfError,
    };

    // A restriction that a malformed member names, wherever in it, acts.
    private void TakeRestrictions(ref DirectiveReader reader)
    {
        _noStore |= reader.Mentions("no-store");
        _noCache |= reader.Mentions("no-cache");
        _private |= reader.Mentions("private");
        _mustRevalidate |= reader.Mentions("must-revalidate");
        _proxyRevalidate |= reader.Mentions("proxy-revalidate");
        _noTransform |= reader.Mentions("no-transform");
        if (reader.Mentions("max-age"))
        {
            (_maxAge, _hasBadMaxAge) = (TimeSpan.Zero, true);
        }

        if (reader.Mentions("s-maxage"))
        {
            (_sMaxAge, _hasBadSMaxAge) = (TimeSpan.Zero, true);
        }
    }

    // What restricts acts with any argument; what permits more (also must-understand, which can lift no-store) has none.
    private bool TakeFlag(ReadOnlySpan<char> name, bool isBare)
    {
        if (Is(name, "no-store"))
        {
            return _noStore = true;
        }

        if (Is(name, "must-revalidate"))
        {
            _mustRevalidatePermits |= isBare;
            return _mustRevalidate = true;
        }

        if (Is(name, "proxy-revalidate"))
        {
            return _proxyRevalidate = true;
        }

        if (Is(name, "no-transform"))
        {
            return _noTransform = true;
        }

        if (Is(name, "public"))
        {
            _public |= isBare;
            return true;
        }

        if (Is(name, "must-understand"))
        {
            _mustUnderstand |= isBare;
            return true;
        }

        if (Is(name, "immutable"))
        {
            _immutable |= isBare;
            return true;
        }

        return false;
    }

    private bool TakeQualified(ref DirectiveReader reader)
    {
        if (reader.Is("no-cache"))
        {
            _noCache |= !TryTakeNames(ref reader, ref _noCacheFields);
            return true;
        }

        if (reader.Is("private"))
        {
            _private |= !TryTakeNames(ref reader, ref _privateFields);
            return true;
        }

        return false;
    }

    private bool TakeDuration(ref DirectiveReader reader)
    {
        if (reader.Is("max-age"))
        {
            _hasBadMaxAge |= !reader.TryDelta(out _);
            _maxAge = DirectiveValue.LimitOf(_maxAge, ref reader);
        }
        else if (reader.Is("s-maxage"))
        {
            _hasBadSMaxAge |= !reader.TryDelta(out _);
            _sMaxAge = DirectiveValue.LimitOf(_sMaxAge, ref reader);
        }
        else if (reader.Is("stale-while-revalidate"))
        {
            _staleWhileRevalidate = DirectiveValue.PermissionOf(_staleWhileRevalidate, ref reader);
        }
        else if (reader.Is("stale-if-error"))
        {
            _staleIfError = DirectiveValue.PermissionOf(_staleIfError, ref reader);
        }

        return true;
    }

    // False means the unqualified form. An argument that names no field, too many, something that is no name, or a field without which the stored response would be
    // another one, restricts the whole response.
    private static bool TryTakeNames(ref DirectiveReader reader, ref HashSet<string>? names)
    {
        if (reader.Form is not (DirectiveArgument.Token or DirectiveArgument.Quoted))
        {
            return false;
        }

        var (hasNames, isWhole) = (false, false);
        ReadOnlySpan<char> rest = reader.Argument();
        while (FieldText.TryTakeMember(ref rest, ',', out var member))
        {
            if (member.IsEmpty)
            {
                continue;
            }

            if (IsIndispensable(member))
            {
                isWhole = true;
                continue;
            }

            names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            if (!FieldText.IsToken(member) || (names.Add(member.ToString()) && names.Count > MaximumNames))
            {
                return false;
            }

            hasNames = true;
        }

        return hasNames && !isWhole;
    }

    // What says how to read the bytes, for whom they are and for how long.
    private static bool IsIndispensable(ReadOnlySpan<char> name) =>
        Is(name, FieldNames.ContentEncoding) || Is(name, FieldNames.ContentRange) || Is(name, FieldNames.Vary) || Is(name, FieldNames.CacheControl);

    private static bool TryTakeSeconds(StructuredValue value, ref TimeSpan? seconds)
    {
        if (!value.TryGetInteger(out var number) || number < 0)
        {
            return false;
        }

        seconds = number > (long)DeltaSeconds.Max.TotalSeconds ? DeltaSeconds.Max : TimeSpan.FromSeconds(number);
        return true;
    }

    private static bool Is(ReadOnlySpan<char> name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
