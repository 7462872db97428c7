namespace HttpCaching.Tests.Watching;

/// <summary>Tests that listen to the cache's spans. A listener is the whole process's, so other tests' caches would see it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TracedAlone
{
    public const string Name = "Traced alone";
}
