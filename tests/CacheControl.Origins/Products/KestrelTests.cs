using HttpCaching.Origins.Servers;

namespace HttpCaching.Origins.Products;

public sealed class KestrelTests : DialogueTests
{
    public static IEnumerable<object[]> Cases => CasesOf(Kestrel.Plans);

    [ServerTheory]
    [MemberData(nameof(Cases))]
    [Trait("Spec", "HTC-23")]
    public Task The_cache_answers_as_the_server_does(string server, string setUp) => PlaysAsync(server, setUp);
}
