namespace HttpCaching.Tests.Conformance;

/// <summary>
/// Names the tests of the public suite that can't be passed, because what they set up or ask for is not what the RFCs say, and that this test is a
/// corrected form of. The conformance tests ask for one where no run passes.
/// </summary>
/// <param name="ids">The suite's ids.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TwinOfAttribute(params string[] ids) : Attribute
{
    public IReadOnlyList<string> Ids { get; } = ids;
}
