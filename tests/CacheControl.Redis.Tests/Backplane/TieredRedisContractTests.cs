using HttpCaching.Redis.Tests.Nodes;

namespace HttpCaching.Redis.Tests.Backplane;

/// <summary>On redis-server where there is one; the contract has no way to leave its tests out.</summary>
public sealed class TieredRedisContractTests() : TieredContractTests(NodeEngine.Preferred);
