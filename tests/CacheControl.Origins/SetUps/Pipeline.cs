namespace HttpCaching.Origins.SetUps;

/// <summary>The ways to put the cache into a client.</summary>
internal enum Pipeline
{
    /// <summary><c>new CachingHandler()</c>, which makes the rest of the pipeline.</summary>
    Handler,

    /// <summary><c>AddHttpCaching()</c> over the platform's default primary handler.</summary>
    Registered,

    /// <summary><c>AddHttpCaching()</c> over a primary handler that decompresses.</summary>
    RegisteredDecoding,

    /// <summary><c>AddHttpMessageHandler&lt;CachingHandler&gt;()</c> over the platform's default primary handler.</summary>
    Habit,

    /// <summary><c>AddHttpMessageHandler&lt;CachingHandler&gt;()</c> over a primary handler that decompresses.</summary>
    HabitDecoding,
}
