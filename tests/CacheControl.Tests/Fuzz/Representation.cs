using System.Globalization;
using System.Text;

namespace HttpCaching.Tests.Fuzz;

/// <summary>What the fuzz origin has at a URI for one user, one selection and one version. Its bytes say which one they belong to, and where.</summary>
internal sealed record Representation(int Id, string Uri, string? Content, string? User)
{
    public byte[] Body { get; } = BodyOf(Id);

    public string LastModified => FuzzClock.Start.AddSeconds(-5000 + Id).ToString("r", CultureInfo.InvariantCulture);

    private static byte[] BodyOf(int id)
    {
        var length = id % 9 == 0 ? 0 : 20 + (id * 7 % 50);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append('<').Append(id).Append('@').Append(text.Length).Append('>');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
