namespace HttpCaching.IntegrationTests;

/// <summary>Tests that measure what the whole process holds, memory and handles: others beside them would count as theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "Measured alone";
}
