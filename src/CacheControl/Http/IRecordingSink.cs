namespace HttpCaching.Http;

/// <summary>Why a recording ended without being complete.</summary>
internal enum RecordingEnd
{
    /// <summary>The caller gave up before the end: disposed the body, or cancelled copying it.</summary>
    Disposed,

    /// <summary>Reading the body, or writing it where the caller wanted it, failed.</summary>
    ReadFailed,

    /// <summary>The body was not as long as its framing had declared.</summary>
    Mismatch,

    /// <summary>The body does not have the digest that its fields state.</summary>
    WrongDigest,

    /// <summary>The sink would take no more.</summary>
    SinkFull,

    /// <summary>The sink threw.</summary>
    SinkFailed,
}

/// <summary>
/// Receives a recorded body. Its members are never called at the same time. After <see cref="CompleteAsync"/> has succeeded or
/// <see cref="Abort"/> was called, none is called any more. Its exceptions never reach the caller.
/// </summary>
internal interface IRecordingSink
{
    /// <summary>Takes the next bytes.</summary>
    /// <param name="data">The bytes; valid only during the call.</param>
    /// <param name="cancellationToken">Not the caller's: received bytes belong in the recording, even if the caller gives up.</param>
    /// <returns>False to end the recording; the caller still gets the body.</returns>
    ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>The body has been received completely. Called once at most; the read that met the end waits for it.</summary>
    /// <param name="length">The number of bytes.</param>
    ValueTask CompleteAsync(long length);

    /// <summary>The recording ends incomplete. Called once at most.</summary>
    /// <param name="received">The number of bytes received until then.</param>
    /// <param name="reason">The reason.</param>
    void Abort(long received, RecordingEnd reason);
}
