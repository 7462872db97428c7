namespace HttpCaching.Storage;

/// <summary>One field line as it was received: a name and its value, neither changed nor combined with other lines (RFC 9110 §5.2).</summary>
/// <param name="Name">The field name in the received letter case. Comparisons ignore case.</param>
/// <param name="Value">The field value.</param>
public readonly record struct FieldLine(string Name, string Value);
