using System.Security.Cryptography;
using HttpCaching.Http;

namespace HttpCaching.Control;

/// <summary>Stores a body only if it has the digest that its fields state (RFC 9530).</summary>
/// <param name="inner">Where the body is stored.</param>
/// <param name="expected">The stated digest.</param>
internal sealed class DigestSink(IRecordingSink inner, ExpectedDigest expected) : IRecordingSink
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(expected.Algorithm);

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        _hash.AppendData(data.Span);
        return inner.WriteAsync(data, cancellationToken);
    }

    public ValueTask CompleteAsync(long length)
    {
        using (_hash)
        {
            if (CryptographicOperations.FixedTimeEquals(_hash.GetHashAndReset(), expected.Value))
            {
                return inner.CompleteAsync(length);
            }
        }

        inner.Abort(length, RecordingEnd.WrongDigest);
        return default;
    }

    public void Abort(long received, RecordingEnd reason)
    {
        _hash.Dispose();
        inner.Abort(received, reason);
    }
}
