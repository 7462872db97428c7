namespace HttpCaching.Sqlite.Tests;

/// <summary>Tests that count memory run while no other test of the project does: there is one heap.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
