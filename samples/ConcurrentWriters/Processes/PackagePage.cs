using System.Globalization;
using System.Text;

namespace ConcurrentWriters.Processes;

/// <summary>
/// One version of one page in one coding. Head and body both say which, and every byte of the body follows from it, so that any mix-up shows.
/// (Nothing is really compressed: the coding is a name, as it is to the cache.)
/// </summary>
/// <param name="Package">The package.</param>
/// <param name="Coding">The content coding.</param>
/// <param name="Version">The version.</param>
public sealed record PackagePage(int Package, string Coding, int Version)
{
    /// <summary>What the paths of all pages begin with.</summary>
    public const string Path = "/simple/";

    /// <summary>The response field that says which page a head belongs to.</summary>
    public const string HeadField = "X-Page";

    /// <summary>How many packages there are.</summary>
    public const int Packages = 24;

    /// <summary>The page as one line of words.</summary>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"{Package} {Coding} {Version}");

    /// <summary>The entity tag: of a coding and a version, as compressing servers make it.</summary>
    public string EntityTag => string.Create(CultureInfo.InvariantCulture, $"\"{Coding}-{Version}\"");

    /// <summary>The coding for a request's Accept-Encoding: the first one that it names.</summary>
    /// <param name="accepted">The field's value.</param>
    public static string CodingFor(string accepted) => accepted.Length == 0 ? "identity" : accepted.Split(',')[0].Trim();

    /// <summary>Reads a page's description; null if it is none.</summary>
    /// <param name="text">One line.</param>
    public static PackagePage? Parse(string text) =>
        text.Split(' ') is [var package, var coding, var version]
            && int.TryParse(package, CultureInfo.InvariantCulture, out var number) && int.TryParse(version, CultureInfo.InvariantCulture, out var count)
                ? new PackagePage(number, coding, count)
                : null;

    /// <summary>The body: from a few bytes to some hundred thousand, so that all ways of storing are used.</summary>
    public byte[] Body()
    {
        var length = 100 + (int)((((long)Package * Package * 977) + (Version * 131L)) % (Package % 6 == 5 ? 300_000 : 30_000));
        var body = new byte[length];
        Array.Fill(body, (byte)('a' + (Version % 26)));
        Encoding.ASCII.GetBytes(Description + "\n").CopyTo(body, 0);
        return body;
    }
}
