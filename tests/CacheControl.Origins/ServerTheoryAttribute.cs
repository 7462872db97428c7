namespace HttpCaching.Origins;

/// <summary>A theory that is left out, with the reason, where a program that it needs is missing.</summary>
public sealed class ServerTheoryAttribute : TheoryAttribute
{
    public ServerTheoryAttribute(params string[] tools) => Skip = Tooling.SkipReason(tools);
}
