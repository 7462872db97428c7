using HttpCaching;

namespace QuickStart;

/// <summary>What became of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Status">The status code; zero if there was no response.</param>
/// <param name="Body">The body.</param>
/// <param name="Cache">What the cache did.</param>
/// <param name="Wire">What went to the origin.</param>
/// <param name="Time">How long it took, to the last byte of the body.</param>
/// <param name="BytesSaved">Body bytes that the caller got and the origin did not send.</param>
/// <param name="Failure">What was thrown, if anything was.</param>
public sealed record StepResult(
    Step Step, int Status, string Body, CacheStatus? Cache, IReadOnlyList<WireExchange> Wire, TimeSpan Time, long BytesSaved, string? Failure)
{
    /// <summary>What did not go as it should; empty if all did.</summary>
    public IReadOnlyList<string> Complaints { get; } = [.. Compare(Step, Status, Body, Cache, Wire, Failure)];

    private static IEnumerable<string> Compare(Step step, int status, string body, CacheStatus? cache, IReadOnlyList<WireExchange> wire, string? failure)
    {
        if (failure is not null)
        {
            yield return failure;
            yield break;
        }

        if (cache is null)
        {
            yield return "the response did not come through the cache";
        }

        if (step.Status is { } wanted && status != wanted)
        {
            yield return $"status {status} instead of {wanted}";
        }

        if (step.Reason is { } reason && cache?.Reason != reason)
        {
            yield return $"{cache?.Reason} instead of {reason}";
        }

        if (step.OriginRequests is { } requests && wire.Count != requests)
        {
            yield return $"{wire.Count} requests to the origin instead of {requests}";
        }

        if (step.Body is { } text && body != text)
        {
            yield return $"another body than \"{text}\"";
        }
    }
}
