namespace HttpCaching.Redis.Tests.Backplane;

public sealed class TieredGarnetContractTests() : TieredContractTests("garnet");
