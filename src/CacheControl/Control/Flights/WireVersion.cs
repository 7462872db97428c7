namespace HttpCaching.Control.Flights;

/// <summary>
/// The HTTP version that a request asks for, and how strictly. If the server refuses one version, that is no answer to requests for another. Two bytes, because every
/// flight has one.
/// </summary>
internal readonly record struct WireVersion
{
    // The default value is the version of most requests: 1.1 or lower.
    private const int Usual = (1 << 8) | (1 << 4);

    private WireVersion(int bits) => Bits = (ushort)(bits ^ Usual);

    /// <summary>The requested version as a number; 0 for the usual.</summary>
    public ushort Bits { get; }

    /// <summary>The version of a request.</summary>
    public static WireVersion Of(HttpRequestMessage request) =>
        new((Math.Min(request.Version.Major, 15) << 8) | (Math.Min(request.Version.Minor, 15) << 4) | (int)request.VersionPolicy);
}
