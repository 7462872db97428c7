using System.Diagnostics;

namespace HttpCaching.Tests.Releases;

/// <summary>A folder to run a script of the repository in, where small scripts play the programs that it calls.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("script").FullName;

    public ScriptFolder() => Directory.CreateDirectory(PathOf("tmp"));

    public static bool HasShell => !OperatingSystem.IsWindows();

    public string PathOf(string path) => Path.Combine(_root, path);

    public bool Exists(string path) => Path.Exists(PathOf(path));

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text)
    {
        var file = new FileInfo(PathOf(path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    /// <summary>Puts a program on the PATH, in front of one of the same name.</summary>
    public void WriteProgram(string name, string text)
    {
        Write("bin/" + name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf("bin/" + name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Copies a file of the repository into the folder that scripts run in.</summary>
    public void CopyFromRepository(string path) => Write("clone/" + path, File.ReadAllText(Docs.Repository.PathOf(path)));

    public string Git(params string[] arguments) => Run("git", arguments).Output;

    /// <summary>Runs a program in the folder <c>clone</c>.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="path">The PATH. Without it, that of the test with the programs of the folder in front.</param>
    /// <returns>The exit code, and the text of both outputs.</returns>
    public (int Code, string Output) Run(string program, string[] arguments, string? path = null)
    {
        var clone = Directory.CreateDirectory(PathOf("clone")).FullName;
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = clone, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = path ?? PathOf("bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["TMPDIR"] = PathOf("tmp");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
