namespace HttpCaching.PackageTests;

/// <summary>A test that packs and compiles, and so needs the SDK that the runtime of this process belongs to.</summary>
internal sealed class SdkFactAttribute : FactAttribute
{
    public SdkFactAttribute()
    {
        if (!File.Exists(Sdk.Command) || !Directory.Exists(Path.Combine(Sdk.Root, "sdk")))
        {
            Skip = $"There is no SDK in '{Sdk.Root}' to pack and compile with; install one.";
        }
    }
}
