namespace HttpCaching.Control.Flights;

/// <summary>
/// The HTTP version that a request asks for, and how strictly: where the server refuses it, that is no answer to requests that ask for another. Two bytes, since every
/// flight has one.
/// </summary>
internal readonly record struct WireVersion
{
    // So that the default value is what most requests ask for: 1.1 or lower.
    private const int Usual = (1 << 8) | (1 << 4);

    private WireVersion(int bits) => Bits = (ushort)(bits ^ Usual);

    /// <summary>What is asked for, as a number; 0 for the usual.</summary>
    public ushort Bits { get; }

    /// <summary>What a request asks for.</summary>
    public static WireVersion Of(HttpRequestMessage request) =>
        new((Math.Min(request.Version.Major, 15) << 8) | (Math.Min(request.Version.Minor, 15) << 4) | (int)request.VersionPolicy);
}
