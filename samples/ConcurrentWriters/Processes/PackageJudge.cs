using System.Text;

namespace ConcurrentWriters.Processes;

/// <summary>Judges answers.</summary>
public static class PackageJudge
{
    /// <summary>Judges the answer to a request for a package.</summary>
    /// <param name="package">The package asked for.</param>
    /// <param name="accepted">The request's Accept-Encoding; empty if it had none.</param>
    /// <param name="response">The response's head.</param>
    /// <param name="body">Its body.</param>
    public static PackageVerdict Judge(int package, string accepted, HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ArgumentNullException.ThrowIfNull(response);
        if ((int)response.StatusCode != 200)
        {
            return (int)response.StatusCode == 304 ? PackageVerdict.BareNotModified : PackageVerdict.WrongStatus;
        }

        var head = response.Headers.TryGetValues(PackagePage.HeadField, out var described) ? PackagePage.Parse(string.Join(',', described)) : null;
        var end = body.IndexOf((byte)'\n');
        var told = end < 0 ? null : PackagePage.Parse(Encoding.ASCII.GetString(body[..end]));
        if (head is null || told is null)
        {
            return PackageVerdict.WrongBody;
        }

        if (head != told || response.Headers.ETag?.ToString() != told.EntityTag
            || string.Join(',', response.Content.Headers.ContentEncoding) != told.Coding)
        {
            return PackageVerdict.MixedHeadAndBody;
        }

        return told.Package == package && told.Coding == PackagePage.CodingFor(accepted) && body.SequenceEqual(told.Body())
            ? PackageVerdict.Right
            : PackageVerdict.WrongBody;
    }
}
