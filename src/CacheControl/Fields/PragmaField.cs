namespace HttpCaching.Fields;

/// <summary>The Pragma field (RFC 9111 §5.4), of which only one directive means anything.</summary>
internal static class PragmaField
{
    /// <summary>Whether any Pragma line has the no-cache directive.</summary>
    /// <param name="fields">The message's fields.</param>
    public static bool IsNoCache(HttpFields fields)
    {
        for (var line = fields.IndexOf(FieldNames.Pragma, 0); line >= 0; line = fields.IndexOf(FieldNames.Pragma, line + 1))
        {
            var reader = new DirectiveReader(fields[line].Value);
            while (reader.Read())
            {
                if (reader.Is("no-cache") || reader.Mentions("no-cache"))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
