using System.Net;
using System.Net.Sockets;

namespace HttpCaching.Origins.Servers;

/// <summary>The temporary folder of one server: its configuration, its logs and the site that it serves.</summary>
internal sealed class ServerFolder : IDisposable
{
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public ServerFolder()
    {
        Root = Directory.CreateTempSubdirectory("origins-").FullName;

        if (!OperatingSystem.IsWindows())
        {
            // Workers of a server that is started as root run as another user.
            File.SetUnixFileMode(Root, ReadableByAll);
        }

        Site = Folder("site");
    }

    public string Root { get; }

    /// <summary>The root of the documents.</summary>
    public string Site { get; }

    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    public async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(Root, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    /// <summary>A port of the loopback that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
