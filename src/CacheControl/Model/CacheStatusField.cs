using System.Globalization;
using HttpCaching.Fields.Structured;

namespace HttpCaching.Model;

/// <summary>Writes Cache-Status (RFC 9211 §2).</summary>
internal static class CacheStatusField
{
    /// <summary>
    /// One member of the field, which goes behind those of caches nearer to the origin. The field is written before the body has come, so <c>stored</c> tells that
    /// storing has begun.
    /// </summary>
    /// <param name="name">The cache's name: a Token if it can be one, else a String.</param>
    /// <param name="status">What the cache did.</param>
    /// <param name="key">The cache key to show, or null.</param>
    public static string? Format(string name, CacheStatus status, string? key)
    {
        // As below, for most responses.
        if (status is { Hit: true, TimeToLive: { } rest } && key is null && status.NotStored is null && StructuredSyntax.IsToken(name))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{name};hit;ttl={(long)Math.Floor(rest.TotalSeconds)};detail={CacheStatusNames.DetailOf(status.Reason)}");
        }

        var parameters = new List<KeyValuePair<string, StructuredValue>>();
        void Add(string parameter, StructuredValue value) => parameters.Add(new(parameter, value));

        if (status.Hit)
        {
            Add("hit", StructuredValue.Boolean(true));
        }
        else
        {
            Add("fwd", StructuredValue.Token(CacheStatusNames.Of(status.Forward)));
            if (status.ForwardStatus is { } code)
            {
                Add("fwd-status", StructuredValue.Integer(code));
            }
        }

        if (status.TimeToLive is { } left)
        {
            Add("ttl", StructuredValue.Integer((long)Math.Floor(left.TotalSeconds)));
        }

        if (!status.Hit && (status.Stored || status.Storing))
        {
            Add("stored", StructuredValue.Boolean(true));
        }

        if (!status.Hit && status.Collapsed is { } collapsed)
        {
            Add("collapsed", StructuredValue.Boolean(collapsed));
        }

        if (key is not null)
        {
            Add("key", StructuredValue.String(key));
        }

        Add("detail", status.NotStored is { } reason && reason is not (NotStoredReason.Bypassed or NotStoredReason.Method or NotStoredReason.RequestNoStore)
            ? StructuredValue.String($"{CacheStatusNames.DetailOf(status.Reason)}, not stored: {CacheStatusNames.DetailOf(reason)}")
            : StructuredValue.Token(CacheStatusNames.DetailOf(status.Reason)));
        return Serialize(StructuredValue.Token(name), parameters) ?? Serialize(StructuredValue.String(name), parameters);
    }

    private static string? Serialize(StructuredValue name, List<KeyValuePair<string, StructuredValue>> parameters) =>
        StructuredSerializer.Serialize(new StructuredItem(name, new StructuredParameters(parameters)));
}
