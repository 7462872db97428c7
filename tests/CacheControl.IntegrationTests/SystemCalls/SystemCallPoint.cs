using System.Globalization;

namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>The n-th call of a kind, and what happens there: "fail", "stop" or "kill".</summary>
internal sealed record SystemCallPoint(string Call, int Number, string Action)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Call}:{Number}:{Action}");
}
