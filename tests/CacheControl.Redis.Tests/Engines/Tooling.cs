namespace HttpCaching.Redis.Tests.Engines;

/// <summary>What the tests need of the machine, and what the environment asks of them.</summary>
public static class Tooling
{
    /// <summary>The program of the engine, or <see langword="null"/> if it is not on the PATH.</summary>
    public static string? RedisServer { get; } = Find("redis-server");

    /// <summary>The program of the other engine, or <see langword="null"/> if it is not on the PATH.</summary>
    public static string? ValkeyServer { get; } = Find("valkey-server");

    /// <summary>The reason to leave a test out: a missing engine, unless the environment says that nothing may be missing.</summary>
    public static string? SkipReason =>
        RedisServer is not null || Environment.GetEnvironmentVariable("CACHECONTROL_REQUIRE") == "all" ? null : "redis-server was not found on the PATH.";

    /// <summary>The reason to leave a test on Valkey out. Never a failure: not every system has a package of it.</summary>
    public static string? ValkeySkipReason => ValkeyServer is not null ? null : "valkey-server was not found on the PATH.";

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

/// <summary>A fact that is left out, with the reason, where redis-server is missing.</summary>
public sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute() => Skip = Tooling.SkipReason;
}

/// <summary>A theory that is left out, with the reason, where redis-server is missing.</summary>
public sealed class EngineTheoryAttribute : TheoryAttribute
{
    public EngineTheoryAttribute() => Skip = Tooling.SkipReason;
}

/// <summary>A theory that is left out, with the reason, where valkey-server is missing.</summary>
public sealed class ValkeyTheoryAttribute : TheoryAttribute
{
    public ValkeyTheoryAttribute() => Skip = Tooling.ValkeySkipReason;
}
