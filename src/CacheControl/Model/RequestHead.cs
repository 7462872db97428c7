namespace HttpCaching.Model;

/// <summary>The presented request as the rules see it: method, target URI and fields, captured before anything below the cache can change them.</summary>
internal sealed class RequestHead
{
    /// <summary>The method token, case-sensitive (RFC 9110 §9.1).</summary>
    public required string Method { get; set; }

    /// <summary>The target URI as an absolute URI, without userinfo and fragment.</summary>
    public required string TargetUri { get; set; }

    /// <summary>The URI to whose authority the request is sent, which a Host field may differ from.</summary>
    public Uri? RequestUri { get; set; }

    /// <summary>The request fields, message and content fields together.</summary>
    public required HttpFields Fields { get; set; }

    /// <summary>Whether the request carries content.</summary>
    public bool HasContent { get; set; }

    /// <summary>Whether it is a POST that only asks, as a QUERY does: its caller or a rule says so, and nothing in it says otherwise.</summary>
    public bool OnlyAsks { get; set; }

    /// <summary>
    /// Of a request with Range: the codings that the pipeline above the cache asks for on whole responses and removes from them, and that the caller does not
    /// name. Null if there are none.
    /// </summary>
    public IReadOnlyList<string>? UndoneAbove { get; set; }

    /// <summary>The array behind <see cref="Fields"/>, kept so that a head that is used again costs no allocation.</summary>
    internal FieldLine[]? Buffer { get; set; }

    /// <summary>Forgets the request, which may have held credentials; the array stays for the next one.</summary>
    internal void Forget()
    {
        if (Buffer is { Length: > 0 } lines)
        {
            Array.Clear(lines, 0, Fields.Count);
        }

        Fields = HttpFields.Empty;
        UndoneAbove = null;
        OnlyAsks = false;
        RequestUri = null;
        TargetUri = string.Empty;
    }
}
