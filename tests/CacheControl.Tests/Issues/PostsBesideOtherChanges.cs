using HttpCaching.Tests.Control;
using HttpCaching.Tests.Storage;

namespace HttpCaching.Tests.Issues;

/// <summary>On a busy cache the response to a POST was hardly ever stored for later GETs: a change of any other URI while the POST was under way prevented it.</summary>
public sealed class PostsBesideOtherChanges
{
    private const string Uri = "http://h/a";

    private static readonly (string, string)[] ForGet = [("Cache-Control", "max-age=600"), ("Content-Location", Uri)];

    public static TheoryData<string, string> StoresAndChanges()
    {
        var data = new TheoryData<string, string>();
        foreach (var kind in SomeStore.Kinds)
        {
            data.Add(kind, "of another URI");
            data.Add(kind, "of this URI");
            data.Add(kind, "by its tag");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(StoresAndChanges))]
    [Trait("Spec", "PST-1")]
    public async Task Post_SomethingChangesWhileItIsUnderWay_IsStoredUnlessItWasConcerned(string kind, string change)
    {
        using var store = new SomeStore(kind);
        using var fixture = new CacheFixture(options => options.Store.Post = true, store.Store);
        fixture.Origin.ThenAsync(async (_, _) =>
        {
            if (change == "by its tag")
            {
                await fixture.Cache.RemoveByTagAsync("own");
            }
            else
            {
                await fixture.Cache.InvalidateAsync(new Uri(change == "of this URI" ? Uri : "http://h/b"));
            }

            return ScriptedOrigin.Response(200, "posted", ForGet);
        });
        fixture.Origin.Otherwise = _ => ScriptedOrigin.Response(200, "fetched");
        await fixture.SendAsync(CacheFixture.Request("POST", Uri).WithCacheTags("own"));

        (await fixture.GetAsync(Uri)).Body.Should().Be(change == "of another URI" ? "posted" : "fetched");
    }
}
