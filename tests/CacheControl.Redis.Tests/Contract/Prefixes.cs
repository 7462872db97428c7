namespace HttpCaching.Redis.Tests.Contract;

/// <summary>Options with a prefix that nobody else has: an empty store on a shared engine.</summary>
internal static class Prefixes
{
    /// <summary>What a server may take on a machine that is busy with other things.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static RedisHttpCacheStoreOptions Fresh() => new() { Prefix = "t:" + Guid.NewGuid().ToString("N") + ":", ServerTimeout = Patience };
}
