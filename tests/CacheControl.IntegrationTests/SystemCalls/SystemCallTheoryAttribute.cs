namespace HttpCaching.IntegrationTests.SystemCalls;

/// <summary>A theory that needs a C compiler: left out with the reason where there is none, unless everything is required.</summary>
public sealed class SystemCallTheoryAttribute : TheoryAttribute
{
    public SystemCallTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") != "all")
        {
            Skip = Shim.Missing;
        }
    }
}
