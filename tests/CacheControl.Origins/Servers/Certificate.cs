using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HttpCaching.Origins.Servers;

/// <summary>A self-signed certificate for the loopback, in the files that servers read.</summary>
internal static class Certificate
{
    public static async Task<(string CertificateFile, string KeyFile)> WriteAsync(ServerFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return (
            await folder.WriteAsync("certificate.pem", certificate.ExportCertificatePem()),
            await folder.WriteAsync("key.pem", key.ExportPkcs8PrivateKeyPem()));
    }
}
