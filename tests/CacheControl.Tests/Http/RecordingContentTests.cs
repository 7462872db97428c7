using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

public sealed class RecordingContentTests
{
    private static readonly byte[] Data = Make.Bytes(10);

    public static TheoryData<string> Readings => ["array", "buffer", "copy", "copy-sync", "stream", "stream-sync", "stream-copy", "stream-copy-sync"];

    [Theory]
    [Trait("Spec", "INC-1")]
    [Trait("Spec", "HTC-1")]
    [MemberData(nameof(Readings))]
    public async Task Read_ToTheEnd_CompletesOnceWithTheSameBytes(string how)
    {
        var sink = new FakeSink();
        var upstream = new ScriptedContent(Data[..3], Data[3..]);
        var content = new RecordingContent(upstream, sink, null);

        var bytes = await StoredContentTests.ReadAsync(content, how);

        bytes.Should().Equal(Data);
        sink.Bytes.Should().Equal(Data);
        sink.CompletedLength.Should().Be(10);
        content.Dispose();
        content.Dispose();
        sink.Completions.Should().Be(1);
        sink.Aborts.Should().BeEmpty();
        upstream.IsDisposed.Should().BeTrue();
    }

    [Theory]
    [Trait("Spec", "INC-4")]
    [MemberData(nameof(Readings))]
    public async Task Read_FewerBytesThanDeclared_IsAMismatch(string how)
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data[..9]), sink, 10);

        (await StoredContentTests.ReadAsync(content, how)).Should().HaveCount(9);

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.Mismatch);
    }

    [Theory]
    [Trait("Spec", "INC-4")]
    [MemberData(nameof(Readings))]
    public async Task Read_MoreBytesThanDeclared_IsAMismatch(string how)
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data), sink, 9);

        (await StoredContentTests.ReadAsync(content, how)).Should().HaveCount(10);

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.Mismatch);
    }

    [Fact]
    [Trait("Spec", "INC-3")]
    public async Task Read_ExactlyTheDeclaredBytes_CompletesWithoutTheEnd()
    {
        var sink = new FakeSink();
        var content = new RecordingContent(new ScriptedContent(Data[..5], Data[5..]), sink, 10);
        var stream = await content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[10]);

        sink.CompletedLength.Should().Be(10);
        content.Dispose();
        sink.Completions.Should().Be(1);
        sink.Aborts.Should().BeEmpty();
    }

    [Theory]
    [Trait("Spec", "INC-2")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_BeforeTheEnd_Aborts(bool disposeStream)
    {
        var sink = new FakeSink();
        var content = new RecordingContent(new ScriptedContent(Data[..5], Data[5..]), sink, null);
        var stream = await content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[5]);

        if (disposeStream)
        {
            await stream.DisposeAsync();
        }

        content.Dispose();

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.Disposed);
    }

    [Fact]
    [Trait("Spec", "INC-2")]
    public void Dispose_Unread_Aborts()
    {
        var sink = new FakeSink();

        new RecordingContent(new ScriptedContent(Data), sink, null).Dispose();

        sink.Aborts.Should().Equal(RecordingEnd.Disposed);
    }

    [Fact]
    [Trait("Spec", "INC-3")]
    public void Dispose_UnreadButDeclaredEmpty_Completes()
    {
        var sink = new FakeSink();

        new RecordingContent(new ScriptedContent(), sink, 0).Dispose();

        sink.CompletedLength.Should().Be(0);
        sink.Aborts.Should().BeEmpty();
    }

    [Theory]
    [Trait("Spec", "INC-2")]
    [MemberData(nameof(Readings))]
    public async Task Read_Failing_ThrowsTheSameAndAborts(string how)
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data[..5], new IOException("gone")), sink, null);

        (await content.Awaiting(c => StoredContentTests.ReadAsync(c, how)).Should().ThrowAsync<Exception>())
            .Which.GetBaseException().Message.Should().Be("gone");

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.ReadFailed);
    }

    [Fact]
    [Trait("Spec", "HTC-19")]
    public async Task Read_CancelledOnce_GoesOnAndCompletes()
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data[..5], Data[5..]), sink, null);
        var stream = await content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[5]);
        await stream.Awaiting(s => s.ReadAsync(new byte[5], new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        await stream.ReadExactlyAsync(new byte[5]);
        (await stream.ReadAsync(new byte[5])).Should().Be(0);

        sink.Bytes.Should().Equal(Data);
        sink.Completions.Should().Be(1);
    }

    [Fact]
    [Trait("Spec", "INC-1")]
    public async Task Read_EndRightAfterACancelledRead_IsNotTrusted()
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data), sink, null);
        var stream = await content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[10]);
        await stream.Awaiting(s => s.ReadAsync(new byte[5], new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();

        (await stream.ReadAsync(new byte[5])).Should().Be(0);

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.ReadFailed);
    }

    [Fact]
    [Trait("Spec", "INC-2")]
    public async Task CopyTo_Cancelled_Aborts()
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data[..5], new OperationCanceledException()), sink, null);

        await content.Awaiting(c => c.CopyToAsync(Stream.Null)).Should().ThrowAsync<OperationCanceledException>();

        sink.Aborts.Should().Equal(RecordingEnd.Disposed);
    }

    [Fact]
    public async Task Read_WithEmptyBuffer_IsNotTheEnd()
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ScriptedContent(Data), sink, null);
        var stream = await content.ReadAsStreamAsync();

        (await stream.ReadAsync(Memory<byte>.Empty)).Should().Be(0);
        stream.Read([], 0, 0).Should().Be(0);

        sink.Completions.Should().Be(0);
        sink.Aborts.Should().BeEmpty();
    }

    [Theory]
    [Trait("Spec", "SRE-1")]
    [MemberData(nameof(Readings))]
    public async Task Read_SinkThrowing_IsNotFeltByTheCaller(string how)
    {
        var onWrite = new FakeSink { ThrowOnWrite = true };
        var onComplete = new FakeSink { ThrowOnComplete = true };
        using var first = new RecordingContent(new ScriptedContent(Data[..3], Data[3..]), onWrite, null);
        using var second = new RecordingContent(new ScriptedContent(Data[..3], Data[3..]), onComplete, null);

        (await StoredContentTests.ReadAsync(first, how)).Should().Equal(Data);
        (await StoredContentTests.ReadAsync(second, how)).Should().Equal(Data);

        onWrite.Aborts.Should().Equal(RecordingEnd.SinkFailed);
        onComplete.Aborts.Should().Equal(RecordingEnd.SinkFailed);
    }

    [Theory]
    [Trait("Spec", "SRE-6")]
    [MemberData(nameof(Readings))]
    public async Task Read_SinkFull_PassesTheRestThrough(string how)
    {
        var sink = new FakeSink { Capacity = 4 };
        using var content = new RecordingContent(new ScriptedContent(Data[..3], Data[3..6], Data[6..]), sink, 10);

        (await StoredContentTests.ReadAsync(content, how)).Should().Equal(Data);

        sink.Bytes.Should().HaveCount(6);
        sink.Completions.Should().Be(0);
        sink.Aborts.Should().Equal(RecordingEnd.SinkFull);
    }

    [Fact]
    public async Task Dispose_WhileTheSinkIsAtWork_AbortsWhenItHasFinished()
    {
        var sink = new FakeSink { Gate = new TaskCompletionSource() };
        var content = new RecordingContent(new ScriptedContent(Data[..5], Data[5..]), sink, null);
        var stream = await content.ReadAsStreamAsync();
        var read = stream.ReadAsync(new byte[5]);

        content.Dispose();

        sink.Aborts.Should().BeEmpty();
        sink.Gate.SetResult();
        (await read).Should().Be(5);
        sink.Aborts.Should().Equal(RecordingEnd.Disposed);
    }

    [Fact]
    [Trait("Spec", "HTC-15")]
    [Trait("Spec", "HTC-3")]
    public void Headers_AreTheUpstreamsByteForByte()
    {
        var upstream = new ByteArrayContent(Data);
        upstream.Headers.TryAddWithoutValidation("Content-Type", "text/plain;charset=x;  y");
        upstream.Headers.TryAddWithoutValidation("Expires", "0");
        using var content = new RecordingContent(upstream, new FakeSink(), null);

        content.Headers.Raw("Content-Type").Should().Be("text/plain;charset=x;  y");
        content.Headers.Raw("Expires").Should().Be("0");
        content.Headers.NonValidated.Contains("Content-Length").Should().BeFalse();
        content.Headers.ContentLength.Should().Be(10, "the upstream content would have said so too");
    }

    [Fact]
    public void Length_UnknownUpstream_StaysUnknown()
    {
        using var content = new RecordingContent(new ScriptedContent(Data), new FakeSink(), null);

        content.Headers.ContentLength.Should().BeNull();
    }

    [Fact]
    public async Task Read_SecondTime_IsNotRecordedAgain()
    {
        var sink = new FakeSink();
        using var content = new RecordingContent(new ByteArrayContent(Data), sink, null);

        await content.CopyToAsync(Stream.Null);
        using var again = new MemoryStream();
        await content.CopyToAsync(again);

        again.ToArray().Should().Equal(Data);
        sink.Bytes.Should().Equal(Data);
        sink.Completions.Should().Be(1);
    }
}
