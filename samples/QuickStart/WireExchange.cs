namespace QuickStart;

/// <summary>One request that really went out, and what came back.</summary>
/// <param name="Method">The method.</param>
/// <param name="Conditions">The names of the conditional and range fields that went with it.</param>
/// <param name="Status">The status code; zero if no response came.</param>
/// <param name="BodyBytes">How many body bytes came back.</param>
public sealed record WireExchange(string Method, IReadOnlyList<string> Conditions, int Status, long BodyBytes)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Method}{(Conditions.Count == 0 ? "" : " + " + string.Join(", ", Conditions))} -> {(Status == 0 ? "no response" : Status)}, {BodyBytes:N0} B";
}
