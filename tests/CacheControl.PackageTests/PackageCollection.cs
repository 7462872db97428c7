namespace HttpCaching.PackageTests;

/// <summary>The tests that use the packed packages, one after another: each builds.</summary>
[CollectionDefinition(Name)]
public sealed class PackageCollection : ICollectionFixture<PackedPackages>
{
    /// <summary>The name of the collection.</summary>
    public const string Name = "packages";
}
