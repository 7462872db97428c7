using HttpCaching.StoreContract;

namespace HttpCaching.StressHost.Scale;

/// <summary>The bodies of the load's origin.</summary>
public static class LoadBody
{
    private const int SmallBytes = 1024;
    private const int LargeBytes = 40_000;
    private const int LargeEvery = 32;

    /// <summary>What the bytes of a body follow from.</summary>
    public static long IdOf(int resource, int version) => ((long)resource << 20) + version;

    /// <summary>A body: a line that says what it is of, and bytes that follow from that. One resource of 32 has one that is stored in chunks.</summary>
    public static byte[] Create(int resource, int version)
    {
        var length = resource % LargeEvery == LargeEvery - 1 ? LargeBytes : SmallBytes;
        return [.. System.Text.Encoding.ASCII.GetBytes($"{resource} {version} {length}\n"), .. SelfDescribingBody.Create(IdOf(resource, version), length)];
    }
}
