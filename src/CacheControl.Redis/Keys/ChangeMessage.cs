using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;

namespace HttpCaching.Redis.Keys;

/// <summary>What a store tells the others of one change, on the channel <see cref="ChannelOf"/>.</summary>
/// <param name="Origin">The store that made the change: a number that each store draws anew when it is built.</param>
/// <param name="Sequence">Which of the origin's messages this is, counted from 1. One that is missing was lost, or is still on its way from another server.</param>
/// <param name="Kind">What was changed.</param>
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
    // A message is published after the change, by the server that made it and in the same step, or not at all if the connection broke.
    // It reaches its origin too. Messages of one origin may arrive in another order than they were numbered in, because they
    // come from several servers of a Cluster. A message that can't be read (a later version's) has to be taken for "everything".
    private const char Version = '1';
    private const int OriginPosition = 2;
    private const int SequencePosition = 34;
    private const int UriPosition = 50;

    /// <summary>The channel on which all stores with one key prefix talk.</summary>
    /// <param name="prefix">The prefix of the keys.</param>
    public static RedisChannel ChannelOf(string prefix) => RedisChannel.Literal(prefix + "changes");

    /// <summary>Reads a message. Never throws.</summary>
    /// <param name="value">What was received.</param>
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

    /// <summary>The message as it is published.</summary>
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
