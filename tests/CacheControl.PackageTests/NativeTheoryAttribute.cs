namespace HttpCaching.PackageTests;

/// <summary>A theory that compiles a program for this machine: left out with the reason where the linker is missing, unless everything is required.</summary>
internal sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute() => Skip = NativeCode.SkipReason;
}
