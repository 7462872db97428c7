namespace HttpCaching.PackageTests;

/// <summary>A theory that packs and compiles, and so needs the SDK that the runtime of this process belongs to.</summary>
internal sealed class SdkTheoryAttribute : TheoryAttribute
{
    public SdkTheoryAttribute() => Skip = new SdkFactAttribute().Skip;
}
