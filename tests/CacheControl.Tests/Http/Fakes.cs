using System.Collections.Immutable;
using System.Net;
using HttpCaching.Http;

namespace HttpCaching.Tests.Http;

/// <summary>A body in memory that counts its disposals and can be asynchronous, not in one piece, or damaged.</summary>
internal sealed class FakeBody(byte[] data, long? claimedLength = null) : StoredBody
{
    public int Disposals { get; private set; }

    public int MaxRead { get; init; } = int.MaxValue;

    public bool InMemory { get; init; }

    public TaskCompletionSource? Gate { get; init; }

    public override long Length => claimedLength ?? data.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(Disposals > 0, this);
        var count = (int)Math.Min(Math.Min(buffer.Length, MaxRead), Math.Max(0, data.Length - offset));
        data.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Gate is not null)
        {
            await Gate.Task;
        }

        return Read(offset, buffer.Span);
    }

    public override bool TryGetMemory(long offset, out ReadOnlyMemory<byte> segment)
    {
        segment = InMemory ? data.AsMemory((int)offset) : default;
        return InMemory && !segment.IsEmpty;
    }

    protected override void Dispose(bool disposing) => Disposals++;
}

/// <summary>A snapshot that counts its disposals and remembers whether the body went first.</summary>
internal sealed class FakeSnapshot(FakeBody body) : HttpCacheSnapshot
{
    public int Disposals { get; private set; }

    public bool BodyWentFirst { get; private set; }

    public override ImmutableArray<StoredResponse> Responses => [];

    public override long Stamp => 0;

    public override ValueTask<StoredBody> OpenBodyAsync(StoredResponse response, CancellationToken cancellationToken) => new(body);

    protected override void Dispose(bool disposing)
    {
        Disposals++;
        BodyWentFirst = body.Disposals == 1;
    }
}

/// <summary>A sink that remembers what it was told and fails on demand.</summary>
internal sealed class FakeSink : IRecordingSink
{
    private readonly MemoryStream _bytes = new();

    public byte[] Bytes => _bytes.ToArray();

    public int Completions { get; private set; }

    public long CompletedLength { get; private set; } = -1;

    public List<RecordingEnd> Aborts { get; } = [];

    public long Capacity { get; init; } = long.MaxValue;

    public bool ThrowOnWrite { get; init; }

    public bool ThrowOnComplete { get; init; }

    public TaskCompletionSource? Gate { get; set; }

    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        if (ThrowOnWrite)
        {
            throw new InvalidOperationException("sink");
        }

        _bytes.Write(data.Span);
        return _bytes.Length <= Capacity;
    }

    public ValueTask CompleteAsync(long length)
    {
        Completions++;
        CompletedLength = length;
        return ThrowOnComplete ? throw new InvalidOperationException("sink") : default;
    }

    public void Abort(long received, RecordingEnd reason) => Aborts.Add(reason);
}

/// <summary>A content over scripted reads: each element is a chunk of bytes or an exception; after the last comes the end.</summary>
internal sealed class ScriptedContent(params object[] script) : HttpContent
{
    public bool IsDisposed { get; private set; }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new ScriptedStream(script));

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => new ScriptedStream(script);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => new ScriptedStream(script).CopyToAsync(stream);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        new ScriptedStream(script).CopyTo(stream);

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

internal sealed class ScriptedStream(object[] script) : Stream
{
    private readonly Queue<object> _script = new(script);
    private Memory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_rest.IsEmpty && count > 0 && _script.TryDequeue(out var next))
        {
            _rest = next is Exception exception ? throw exception : (byte[])next;
        }

        var taken = Math.Min(count, _rest.Length);
        _rest[..taken].CopyTo(buffer.AsMemory(offset, count));
        _rest = _rest[taken..];
        return taken;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        var copy = new byte[buffer.Length];
        var count = Read(copy, 0, copy.Length);
        copy.AsSpan(0, count).CopyTo(buffer.Span);
        return new ValueTask<int>(count);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

internal static class Make
{
    public static HttpFields Fields(params string[] lines) =>
        new([.. lines.Select(line => new FieldLine(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim()))]);

    public static StoredResponse Stored(int statusCode, long bodyLength, params string[] lines) =>
        Stored("GET", statusCode, bodyLength, lines);

    public static StoredResponse Stored(string method, int statusCode, long bodyLength, params string[] lines) => new()
    {
        Method = method,
        TargetUri = "http://h/",
        StatusCode = statusCode,
        ReasonPhrase = "Fine",
        HttpVersion = HttpVersion.Version20,
        Fields = Fields(lines),
        Times = default,
        BodyLength = bodyLength,
        Variant = string.Empty,
        Rank = 0,
        Generation = 1,
        BodyId = 1,
    };

    public static string? Raw(this System.Net.Http.Headers.HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? string.Join(" | ", values) : null;

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 31) ^ (i >> 8));
        }

        return bytes;
    }
}
