using HttpCaching.Fields;

namespace HttpCaching.Policy;

/// <summary>The Expires of a response: absent, an instant, or present without one that can be relied on, which counts as past (RFC 9111 §5.3).</summary>
/// <param name="IsPresent">Whether there is any line.</param>
/// <param name="Value">The instant, if all lines agree on a valid one.</param>
internal readonly record struct ExpiresLines(bool IsPresent, DateTimeOffset? Value)
{
    public static ExpiresLines Read(HttpFields fields, DateTimeOffset receipt)
    {
        var first = fields.First(FieldNames.Expires);
        if (first is null)
        {
            return default;
        }

        // Lines that differ leave it open which one counts, so none does.
        foreach (var line in fields.Lines)
        {
            if (HttpFields.SameName(line.Name, FieldNames.Expires) && line.Value != first)
            {
                return new ExpiresLines(true, null);
            }
        }

        return new ExpiresLines(true, HttpDate.TryParse(first, receipt, out var value) ? value : null);
    }
}
