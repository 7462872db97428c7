using HttpCaching.Fields.Text;

namespace HttpCaching.Fields;

/// <summary>The Age field (RFC 9111 §5.1).</summary>
internal static class AgeField
{
    /// <summary>
    /// The first member over all lines, between zero and <see cref="DeltaSeconds.Max"/>; null if there is none or it is not a number of
    /// seconds. Later members are never looked at: they may stem from elsewhere.
    /// </summary>
    /// <param name="fields">The response's fields.</param>
    public static TimeSpan? Parse(HttpFields fields)
    {
        for (var line = fields.IndexOf(FieldNames.Age, 0); line >= 0; line = fields.IndexOf(FieldNames.Age, line + 1))
        {
            ReadOnlySpan<char> rest = fields[line].Value;
            while (FieldText.TryTakeMember(ref rest, ',', out var member))
            {
                if (!member.IsEmpty)
                {
                    return DeltaSeconds.TryParse(member, out var age) ? age : null;
                }
            }
        }

        return null;
    }
}
