namespace HttpCaching.Tests.Fields;

internal static class Lines
{
    /// <summary>One field line for each row of <paramref name="text"/>, or no fields for null.</summary>
    public static HttpFields Of(string name, string? text) =>
        text is null ? HttpFields.Empty : new HttpFields(text.Split('\n').Select(value => new FieldLine(name, value)).ToArray());

    public static HttpFields And(this HttpFields fields, string name, string? text) =>
        new([.. fields.ToArray(), .. Of(name, text).ToArray()]);
}
