using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;

namespace HttpCaching.Redis.Keys;

/// <summary>The message of a store about one change, on the channel <see cref="ChannelOf"/>.</summary>
/// <param name="Origin">The store that made the change: a random number, drawn when the store is built.</param>
/// <param name="Sequence">The number of the message among those of its sender, from 1. A missing one was lost, or is still on its way from another server.</param>
/// <param name="Kind">The kind of the change.</param>
/// <param name="Uri">
/// The URI as in <see cref="CacheKey.Uri"/> if <see cref="Kind"/> is <see cref="ChangeKind.Uri"/>. For <see cref="ChangeKind.Alive"/> the name of the server
/// whose script has sent the message, or nothing if no script has. Empty otherwise.
/// </param>
internal readonly record struct ChangeMessage(Guid Origin, long Sequence, ChangeKind Kind, string Uri)
{
    // UTF-8, of fixed width up to the URI:
    //
    //   0   1  version, "1"
    //   1   1  kind: "u" a URI, "a" everything, "n" nothing, "h" alive: the sequence is the last that was given
    //   2  32  origin, hexadecimal
    //  34  16  sequence, hexadecimal
    //  50      URI, if the kind is "u"; name of a server, if it is "h"
    //
    // A message is published after the change, by the server of the change and in the same step. If the connection broke, it may be missing.
    // It also reaches its sender. Messages of one sender may arrive out of order, because they
    // come from several servers of a Cluster. An unreadable message (a later version's) must be taken for "everything".
    private const char Version = '1';
    private const int OriginPosition = 2;
    private const int SequencePosition = 34;
    private const int UriPosition = 50;

    /// <summary>The channel of all stores with one key prefix.</summary>
    /// <param name="prefix">The prefix of the keys.</param>
    public static RedisChannel ChannelOf(string prefix) => RedisChannel.Literal(prefix + "changes");

    /// <summary>Reads a message. Never throws.</summary>
    /// <param name="value">The received bytes.</param>
    /// <param name="message">The message, if the answer is true.</param>
    public static bool TryParse(RedisValue value, [NotNullWhen(true)] out ChangeMessage? message)
    {
        message = null;
        var text = (string?)value;
        if (text is null || text.Length < UriPosition || text[0] != Version || KindOf(text[1]) is not { } kind
            || !Guid.TryParseExact(text.AsSpan(OriginPosition, SequencePosition - OriginPosition), "N", out var origin)
            || !long.TryParse(text.AsSpan(SequencePosition, UriPosition - SequencePosition), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        message = new ChangeMessage(origin, sequence, kind, text[UriPosition..]);
        return true;
    }

    /// <summary>The published form of the message.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Version}{LetterOf(Kind)}{Origin:N}{Sequence:x16}{(Kind is ChangeKind.Uri or ChangeKind.Alive ? Uri : string.Empty)}");

    private static ChangeKind? KindOf(char letter) => letter switch
    {
        'u' => ChangeKind.Uri,
        'a' => ChangeKind.All,
        'n' => ChangeKind.Nothing,
        'h' => ChangeKind.Alive,
        _ => null,
    };

    private static char LetterOf(ChangeKind kind) => kind switch
    {
        ChangeKind.Uri => 'u',
        ChangeKind.All => 'a',
        ChangeKind.Alive => 'h',
        _ => 'n',
    };
}
