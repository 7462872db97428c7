using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpCaching;

/// <summary>
/// The response as the endpoint sees it. It begins as without a cache: at the first byte or flush, after the callbacks that were registered below the cache. But then the cache is told the head,
/// and decides whether the client gets this response. If it does, each write goes through to the client in the endpoint's own call. If not, the bytes vanish.
/// </summary>
/// <param name="real">The server's response.</param>
/// <param name="body">The server's body.</param>
/// <param name="control">Says whether the endpoint may block.</param>
/// <param name="began">Told that the head is complete; returns when the cache has decided.</param>
internal sealed class EndpointResponse(IHttpResponseFeature real, IHttpResponseBodyFeature body, IHttpBodyControlFeature? control, Func<Task> began)
    : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private const string HasBegun = "The response has already started.";

    private readonly Stack<(Func<object, Task> Callback, object State)> _callbacks = new();
    private readonly ClientStream _client = new(body);
    private EndpointBodyWriter? _writer;
    private EndpointBodyStream? _stream;
    private Task? _beginning;
    private Stream? _sink;
    private bool _isOver;

    /// <inheritdoc/>
    public int StatusCode
    {
        get => real.StatusCode;
        set
        {
            ThrowIfBegun();
            real.StatusCode = value;
        }
    }

    /// <inheritdoc/>
    public string? ReasonPhrase
    {
        get => real.ReasonPhrase;
        set
        {
            ThrowIfBegun();
            real.ReasonPhrase = value;
        }
    }

    /// <inheritdoc/>
    public IHeaderDictionary Headers
    {
        get => real.Headers;
        set
        {
            ThrowIfBegun();
            real.Headers = value;
        }
    }

    /// <inheritdoc/>
    [Obsolete("The interface has it.")]
    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => real.Body = value;
    }

    /// <inheritdoc/>
    public bool HasStarted => real.HasStarted || IsHeld;

    /// <inheritdoc/>
    public Stream Stream => _stream ??= new EndpointBodyStream(this, control);

    /// <inheritdoc/>
    public PipeWriter Writer => _writer ??= new EndpointBodyWriter(this);

    /// <summary>Whether the head is complete.</summary>
    public bool HasBegunHere { get; private set; }

    /// <summary>Whether callbacks wait for the response to start.</summary>
    public bool HasCallbacks => _callbacks.Count > 0;

    /// <summary>Whether bytes are missing in what the endpoint has sent.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The way to the client.</summary>
    public Stream Client => _client;

    /// <summary>Says where the bytes go; null for nowhere.</summary>
    public void SendTo(Stream? sink) => _sink = sink;

    /// <summary>The endpoint has ended. Later writes go to the server.</summary>
    public void Leave()
    {
        _isOver = true;
        _sink = _client;
    }

    /// <inheritdoc/>
    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (_isOver || real.HasStarted)
        {
            real.OnStarting(callback, state);
            return;
        }

        ThrowIfBegun();
        if (_callbacks.Count == 0)
        {
            // If the response has not begun when the endpoint ends, the callbacks keep their place among those of the server.
            real.OnStarting(static self => ((EndpointResponse)self).RunCallbacksAsync(), this);
        }

        _callbacks.Push((callback, state));
    }

    /// <inheritdoc/>
    public void OnCompleted(Func<object, Task> callback, object state) => real.OnCompleted(callback, state);

    /// <inheritdoc/>
    public void DisableBuffering() => body.DisableBuffering();

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await BeginAsync().ConfigureAwait(false);
        if (_sink is not null)
        {
            await body.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task CompleteAsync()
    {
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        if (_sink is not null)
        {
            await body.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        await SendUnsentAsync(cancellationToken).ConfigureAwait(false);
        await BeginAsync().ConfigureAwait(false);
        if (ReferenceEquals(_sink, _client))
        {
            await body.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
            return;
        }

        await SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends bytes.</summary>
    public async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> bytes, WayOut way, CancellationToken cancellationToken)
    {
        await BeginAsync().ConfigureAwait(false);
        return await SendAsync(bytes, way, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what is written, down to the client.</summary>
    public async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (await SendUnsentAsync(cancellationToken).ConfigureAwait(false) is { } flushed)
        {
            return flushed;
        }

        await BeginAsync().ConfigureAwait(false);
        return _sink is null ? default : await body.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what the stream has written, down to the client.</summary>
    public async Task FlushStreamAsync(CancellationToken cancellationToken)
    {
        await SendUnsentAsync(cancellationToken).ConfigureAwait(false);
        await BeginAsync().ConfigureAwait(false);
        if (_sink is not null)
        {
            await body.Stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what was written to the pipe and not flushed; null if there is nothing.</summary>
    public async ValueTask<FlushResult?> SendUnsentAsync(CancellationToken cancellationToken)
    {
        if (_writer is not { UnflushedBytes: > 0 } writer)
        {
            return null;
        }

        var flushed = await WriteAsync(writer.Unflushed, WayOut.Pipe, cancellationToken).ConfigureAwait(false);
        writer.Sent();
        return flushed;
    }

    /// <summary>The endpoint has ended, and the cache has decided: the rest in the pipe goes to the server, which flushes it in its own time. Until then the response has not started.</summary>
    public async ValueTask HandOverUnsentAsync()
    {
        if (_writer is { UnflushedBytes: > 0 } writer)
        {
            await SendAsync(writer.Unflushed, WayOut.UnflushedPipe, CancellationToken.None).ConfigureAwait(false);
            writer.Sent();
        }
    }

    /// <summary>Ends the pipe.</summary>
    public async Task CompleteWriterAsync(Exception? exception)
    {
        if (exception is not null)
        {
            IsBroken = true;
        }
        else
        {
            await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }

        if (_sink is not null)
        {
            await body.Writer.CompleteAsync(exception).ConfigureAwait(false);
        }
    }

    public void CancelPendingFlush() => body.Writer.CancelPendingFlush();

    /// <summary>Lets the server say itself that blocking writes are not allowed.</summary>
    public void ThrowIfBlockingIsForbidden(IHttpBodyControlFeature? control)
    {
        if (control is { AllowSynchronousIO: false })
        {
            body.Stream.Write([], 0, 0);
        }
    }

    /// <summary>Runs the callbacks of the endpoint, the last one first. Once they have run there are none.</summary>
    public async Task RunCallbacksAsync()
    {
        while (_callbacks.TryPop(out var next))
        {
            await next.Callback(next.State).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets the callbacks: the response that they belong to is not sent.</summary>
    public void DropCallbacks() => _callbacks.Clear();

    /// <summary>The head is complete.</summary>
    public void Begin() => HasBegunHere = true;

    /// <summary>Whether the head is complete, and has no way to the client. On its way, callbacks of middleware before the cache may still change it.</summary>
    private bool IsHeld => HasBegunHere && _sink is null && !_isOver;

    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes, WayOut way, CancellationToken cancellationToken)
    {
        if (_sink is not { } sink)
        {
            return default;
        }

        _client.Way = way;
        try
        {
            await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            IsBroken = true;
            throw;
        }

        return _client.Flushed;
    }

    private Task BeginAsync() => _isOver ? Task.CompletedTask : _beginning ??= BeginOnceAsync();

    private async Task BeginOnceAsync()
    {
        try
        {
            await RunCallbacksAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The server fails as it does when a callback of its own fails.
            _callbacks.Clear();
            IsBroken = true;
            _sink = _client;
            var thrown = ExceptionDispatchInfo.Capture(exception);
            real.OnStarting(_ => Task.FromException(thrown.SourceException), this);
            return;
        }

        Begin();
        await began().ConfigureAwait(false);
    }

    private void ThrowIfBegun()
    {
        if (IsHeld && !real.HasStarted)
        {
            throw new InvalidOperationException(HasBegun);
        }
    }
}
