namespace CacheControl.Redis.Tests.Contract;

/// <summary>Options with a prefix that nobody else has: an empty store on a shared engine.</summary>
internal static class Prefixes
{
    public static RedisHttpCacheStoreOptions Fresh() => new() { Prefix = "t:" + Guid.NewGuid().ToString("N") + ":" };
}
