namespace HttpCaching.Storage;

/// <summary>
/// Thrown by a store of several parts, each on a server of its own, when the part that a call needs can't be reached or used now. Only that call is left
/// undone: what lies on the other parts is used as before, while other faults in a row have the store left alone as a whole for a while.
/// </summary>
/// <remarks>A store that throws this answers at once, and finds out by itself when the part is back. When no part can be reached it throws something else.</remarks>
public class StorePartUnavailableException : IOException
{
    /// <summary>A part can't be reached.</summary>
    public StorePartUnavailableException()
        : this("A part of the store can't be reached.")
    {
    }

    /// <summary>A part can't be reached.</summary>
    /// <param name="message">What is the matter; holds no keys.</param>
    public StorePartUnavailableException(string? message)
        : base(message)
    {
    }

    /// <summary>A part can't be reached.</summary>
    /// <param name="message">What is the matter; holds no keys.</param>
    /// <param name="innerException">The failure that showed it.</param>
    public StorePartUnavailableException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
