using HttpCaching.Tests.Control;

namespace HttpCaching.Tests.Issues;

/// <summary>Others overwrite the caller's validators, leave theirs on its message for a retry to repeat, or return hits without RequestMessage.</summary>
public sealed class CallersMessageChanged
{
    [Fact]
    public async Task Get_CallersValidator_IsSentBesideOurs()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=1"), ("ETag", "\"ours\"")).Then(304, null, ("ETag", "\"theirs\""));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        using var request = CacheFixture.Request("GET", "http://h/", ("If-None-Match", "\"theirs\""));

        (await fixture.SendAsync(request)).Status.Should().Be(304);

        fixture.Origin.Requests[1]["If-None-Match"].Should().Be("\"ours\", \"theirs\"");
        request.Headers.NonValidated["If-None-Match"].ToString().Should().Be("\"theirs\"");
    }

    [Fact]
    public async Task Get_SameMessageSentAgain_HasNoConditionOfOurs()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(200, "old", ("Cache-Control", "max-age=1"), ("ETag", "\"a\"")).ThenFails().Then(200, "new", ("Cache-Control", "max-age=1"));
        await fixture.GetAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        using var invoker = new HttpMessageInvoker(new CachingHandler(fixture.Cache) { InnerHandler = fixture.Origin }, disposeHandler: false);
        using var request = CacheFixture.Request("GET", "http://h/");

        await invoker.Invoking(i => i.SendAsync(request, CancellationToken.None)).Should().ThrowAsync<HttpRequestException>();
        request.Headers.NonValidated.Should().BeEmpty();
        using var response = await invoker.SendAsync(request, CancellationToken.None);

        (await response.Content.ReadAsStringAsync()).Should().Be("new");
        response.RequestMessage.Should().BeSameAs(request);
    }

    [Fact]
    public async Task Get_404_IsAResponseAndNoException()
    {
        using var fixture = new CacheFixture();
        fixture.Origin.Then(404, "none", ("Cache-Control", "max-age=60"));

        (await fixture.GetAsync()).Status.Should().Be(404);
        (await fixture.GetAsync()).Status.Should().Be(404);
        fixture.Origin.Requests.Should().HaveCount(1);
    }
}
