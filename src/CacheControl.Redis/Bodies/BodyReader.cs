using HttpCaching.Redis.Connection;
using HttpCaching.Redis.Scripts;
using StackExchange.Redis;

namespace HttpCaching.Redis.Bodies;

/// <summary>Opens bodies.</summary>
internal sealed class BodyReader(RedisEngine engine, KeptKeys kept)
{
    /// <summary>Keeps a body in chunks from expiring.</summary>
    public KeptKeys.KeptKey Keep(ChunkedBodyInfo info) => kept.KeepBody(info.Key);

    /// <summary>Opens a body in chunks: checks that all of them exist, and reads the first.</summary>
    /// <param name="info">The body.</param>
    /// <param name="keptKey">Keeps the body from expiring.</param>
    /// <param name="damaged">Called when a chunk is gone or damaged.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The body is gone or damaged.</exception>
    public async ValueTask<StoredBody> OpenAsync(ChunkedBodyInfo info, KeptKeys.KeptKey keptKey, Action damaged, CancellationToken cancellationToken)
    {
        keptKey.Touch();
        RedisValue[] values =
        [
            info.Chunks, info.ChunkBytes + ChunkFormat.ChecksumBytes, info.LengthOf(info.Chunks - 1) + ChunkFormat.ChecksumBytes,
        ];
        var answer = (RedisResult[])(await engine.EvaluateAsync(StoreScripts.Open, [info.Key], values).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false))!;
        if ((int)answer[0] != 1 || (byte[]?)answer[1] is not { } first || !ChunkFormat.IsWhole(first, info.Seed, 0))
        {
            damaged();
            throw new IOException("The stored body is gone or damaged.");
        }

        return new ChunkedBody(engine, info, first, keptKey, damaged);
    }
}
