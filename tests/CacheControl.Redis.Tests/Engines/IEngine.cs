namespace HttpCaching.Redis.Tests.Engines;

/// <summary>An engine that tests share: each takes a prefix of its own.</summary>
public interface IEngine : IAsyncLifetime
{
    /// <summary>Where it is, as a configuration.</summary>
    string Configuration { get; }
}
