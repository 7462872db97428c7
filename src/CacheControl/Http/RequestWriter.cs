namespace HttpCaching.Http;

/// <summary>Makes the requests that the cache sends in place of the caller's, so that the caller's message stays as it is.</summary>
internal static class RequestWriter
{
    /// <summary>
    /// A copy of <paramref name="request"/> with raw headers, version, version policy and options; safe to dispose: the content, if there is
    /// one, stays the caller's and is the same object, so a request whose content can't be sent twice must not be cloned and sent as well.
    /// </summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="replaceOrAdd">Fields to set: lines of the same names in the request are left out.</param>
    /// <param name="remove">Names of fields to leave out.</param>
    public static HttpRequestMessage Clone(HttpRequestMessage request, HttpFields replaceOrAdd, IReadOnlyList<string>? remove = null)
    {
        var clone = new BorrowingRequestMessage(request);
        foreach (var header in request.Headers.NonValidated)
        {
            if (!replaceOrAdd.Contains(header.Key) && !IsNamed(remove, header.Key))
            {
                RawHeaders.Add(clone.Headers, header.Key, header.Value);
            }
        }

        foreach (var line in replaceOrAdd.Lines)
        {
            clone.Headers.TryAddWithoutValidation(line.Name, line.Value);
        }

        CopyOptions(request.Options, clone);
        return clone;
    }

    private static void CopyOptions(HttpRequestOptions options, HttpRequestMessage clone)
    {
        // Most requests have none, and asked for theirs the copy would make room for them.
        if (((IReadOnlyDictionary<string, object?>)options).Count == 0)
        {
            return;
        }

        IDictionary<string, object?> copied = clone.Options;
        foreach (var option in options)
        {
            copied[option.Key] = option.Value;
        }
    }

    private static bool IsNamed(IReadOnlyList<string>? names, string name)
    {
        for (var i = 0; i < names?.Count; i++)
        {
            if (HttpFields.SameName(names[i], name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A request that does not own its content.</summary>
    private sealed class BorrowingRequestMessage : HttpRequestMessage
    {
        public BorrowingRequestMessage(HttpRequestMessage original)
            : base(original.Method, original.RequestUri)
        {
            Version = original.Version;
            VersionPolicy = original.VersionPolicy;
            Content = original.Content;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Content = null;
            }

            base.Dispose(disposing);
        }
    }
}
