using HttpCaching.Redis.Scripts;

namespace HttpCaching.Redis.Flights;

/// <summary>The changes of a lead, each in one step on the server. The lead is a string with the leader's token, and expires.</summary>
internal static class FlightScripts
{
    /// <summary>KEYS: the lead. ARGV: token, milliseconds. Prolongs the lead of this token; 0 if it has another token, or there is none.</summary>
    public static Script Renew { get; } = new(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then
          return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        end
        return 0
        """);

    /// <summary>
    /// KEYS: the lead. ARGV: token, the value to put there for a while (empty for none), its milliseconds. Ends the lead of this token; 0 if it has another
    /// token, or there is none.
    /// </summary>
    public static Script End { get; } = new(
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then
          return 0
        end
        if ARGV[2] == '' then
          redis.call('DEL', KEYS[1])
        else
          redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        end
        return 1
        """);
}
