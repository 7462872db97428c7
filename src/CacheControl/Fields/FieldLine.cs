namespace HttpCaching.Storage;

/// <summary>One field line as it was received: a name and its value, neither trimmed of meaning nor combined with others (RFC 9110 §5.2).</summary>
/// <param name="Name">The field name, in the letter case it arrived in; compared without regard to case.</param>
/// <param name="Value">The field value.</param>
public readonly record struct FieldLine(string Name, string Value);
