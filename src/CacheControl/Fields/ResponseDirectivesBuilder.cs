using CacheControl.Fields.Structured;

namespace CacheControl.Fields;

/// <summary>Collects directives one by one, over several lines, until <see cref="ResponseDirectives"/> can be made of them.</summary>
internal struct ResponseDirectivesBuilder
{
    private bool _isMalformed;
    private bool _noStore;
    private bool _noCache;
    private bool _private;
    private bool _public;
    private bool _mustRevalidate;
    private bool _proxyRevalidate;
    private bool _mustUnderstand;
    private bool _noTransform;
    private bool _immutable;
    private List<string>? _noCacheFields;
    private List<string>? _privateFields;
    private TimeSpan? _maxAge;
    private TimeSpan? _sMaxAge;
    private TimeSpan? _staleWhileRevalidate;
    private TimeSpan? _staleIfError;

    /// <summary>Adds what one Cache-Control line says.</summary>
    /// <param name="line">The value of the field line.</param>
    public void ReadLine(ReadOnlySpan<char> line)
    {
        var reader = new DirectiveReader(line);
        while (reader.Read())
        {
            _ = TakeFlag(reader.Name, isValid: reader.Form != DirectiveArgument.Invalid) || TakeQualified(ref reader) || TakeDuration(ref reader);
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
                _ = isSet && TakeFlag(name, isValid: true);
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
        NoCacheFields = _noCacheFields ?? [],
        Private = _private,
        PrivateFields = _privateFields ?? [],
        Public = _public,
        MustRevalidate = _mustRevalidate,
        ProxyRevalidate = _proxyRevalidate,
        MustUnderstand = _mustUnderstand,
        NoTransform = _noTransform,
        Immutable = _immutable,
        MaxAge = _maxAge,
        SMaxAge = _sMaxAge,
        StaleWhileRevalidate = _staleWhileRevalidate,
        StaleIfError = _staleIfError,
    };

    // What restricts acts however it is written; what permits more (also must-understand, which can lift no-store) must be well formed.
    // A well-formed argument nobody asked for changes nothing in either case.
    private bool TakeFlag(ReadOnlySpan<char> name, bool isValid)
    {
        if (Is(name, "no-store"))
        {
            return _noStore = true;
        }

        if (Is(name, "must-revalidate"))
        {
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

        if (!isValid)
        {
            return false;
        }

        if (Is(name, "public"))
        {
            return _public = true;
        }

        if (Is(name, "must-understand"))
        {
            return _mustUnderstand = true;
        }

        return Is(name, "immutable") && (_immutable = true);
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
            _maxAge = DirectiveValue.LimitOf(_maxAge, ref reader);
        }
        else if (reader.Is("s-maxage"))
        {
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

    // False means the unqualified form. An argument that names no field, or something that is no name, restricts the whole response.
    private static bool TryTakeNames(ref DirectiveReader reader, ref List<string>? names)
    {
        if (reader.Form is not (DirectiveArgument.Token or DirectiveArgument.Quoted))
        {
            return false;
        }

        var listed = FieldText.SplitList(reader.Argument());
        if (listed.Count == 0 || !listed.TrueForAll(FieldText.IsValidName))
        {
            return false;
        }

        names ??= [];
        foreach (var name in listed)
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                names.Add(name);
            }
        }

        return true;
    }

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
