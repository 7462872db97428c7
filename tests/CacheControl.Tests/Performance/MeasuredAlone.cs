namespace HttpCaching.Tests.Performance;

/// <summary>Tests that count what the whole process holds, which other tests beside them would disturb.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "Measured alone";
}
