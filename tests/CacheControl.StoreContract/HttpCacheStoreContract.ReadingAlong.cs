using FluentAssertions;
using Xunit;

namespace HttpCaching.StoreContract;

/// <content>Bytes can be read while the response is being written, if the store offers that.</content>
public abstract partial class HttpCacheStoreContract
{
    private const int WrittenBody = 150_000;

    /// <summary>Written bytes are readable while writing goes on, and stay readable after the commit.</summary>
    [Fact]
    [Trait("Spec", "CON-6")]
    public Task OpenWritten_ThenCommitted_GrowsAndStaysReadable() =>
        ReadsAlongAsync(async (writer, head) => (await writer.CommitAsync(Commit(head, await StampOfAsync(Key())), default)).Should().BeTrue());

    /// <summary>Written bytes stay readable after the writer has abandoned the response.</summary>
    [Fact]
    [Trait("Spec", "CON-6")]
    public Task OpenWritten_ThenAbandoned_StaysReadable() =>
        ReadsAlongAsync((_, _) => Task.CompletedTask);

    private async Task ReadsAlongAsync(Func<HttpCacheWriter, StoredResponse, Task> end)
    {
        var head = StoredResponses.Get(length: WrittenBody);
        var bytes = SelfDescribingBody.Create(head.BodyId, head.BodyLength);
        StoredBody? written;
        using (var writer = (await Store.BeginWriteAsync(Key(), null, default))!)
        {
            written = writer.OpenWritten();
            if (written is null)
            {
                return;
            }

            // Read in the middle of a segment, and by more than one view.
            (await WriteAsync(writer, bytes.AsMemory(0, 70_001))).Should().BeTrue();
            await ShouldHoldAsync(written, head, 70_001);
            (await WriteAsync(writer, bytes.AsMemory(70_001))).Should().BeTrue();
            using var second = writer.OpenWritten()!;
            await ShouldHoldAsync(second, head, WrittenBody);
            await end(writer, head);
        }

        using (written)
        {
            await ShouldHoldAsync(written, head, WrittenBody);
        }
    }

    private static async Task ShouldHoldAsync(StoredBody written, StoredResponse head, int length)
    {
        written.Length.Should().Be(length);
        var bytes = await ReadToEndAsync(written);
        bytes.Length.Should().Be(length);
        SelfDescribingBody.Matches(head.BodyId, head.BodyLength, 0, bytes).Should().BeTrue("what is read is what was written");
    }
}
