namespace QuickStart;

/// <summary>What the cache did, in words.</summary>
public static class Verdict
{
    /// <summary>One line for a result.</summary>
    /// <param name="result">The result.</param>
    public static string Of(StepResult result) => result.Cache?.ToString() ?? "no response: " + result.Failure;
}
