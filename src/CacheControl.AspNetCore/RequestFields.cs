using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpCaching;

/// <summary>The fields of a server's request, without those that do not reach the cache.</summary>
/// <param name="headers">The fields.</param>
/// <param name="names">What their names mean.</param>
internal struct RequestFields(IHeaderDictionary headers, FieldNameTable names) : IHttpCacheRequestFields
{
    // Made at the first step: a copy of this structure goes through the fields for itself.
    private IEnumerator<KeyValuePair<string, StringValues>>? _enumerator;
    private KeyValuePair<string, StringValues> _current;

    /// <inheritdoc/>
    public readonly string Name => _current.Key;

    /// <inheritdoc/>
    public readonly string? Value => _current.Value is [{ } value] ? value : null;

    /// <inheritdoc/>
    public bool IsInQuestion { readonly get; private set; }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        _enumerator ??= headers.GetEnumerator();
        while (_enumerator.MoveNext())
        {
            _current = _enumerator.Current;
            switch (names.Of(_current.Key))
            {
                case FieldMeaning.None:
                case FieldMeaning.Connection when IsOfThisConnection(Value):
                    continue;
                case FieldMeaning.Plain:
                    return true;
                default:
                    IsInQuestion = true;
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether the value says only whether the connection goes on: then it names no field.</summary>
    private static bool IsOfThisConnection(string? value) =>
        value is not null && (value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) || value.Equals("close", StringComparison.OrdinalIgnoreCase));
}
