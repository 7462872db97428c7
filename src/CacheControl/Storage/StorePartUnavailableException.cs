namespace HttpCaching.Storage;

/// <summary>
/// Thrown by a store of several parts, each on a server of its own, if the part that a call needs can't be reached or used now. Only that call fails.
/// The cache continues to use the other parts. Other exceptions in a row open the circuit of the whole store.
/// </summary>
/// <remarks>A store that throws this does so without a wait, and notices without a call when the part is back. If no part can be reached, it throws another exception.</remarks>
public class StorePartUnavailableException : IOException
{
    /// <summary>Creates the exception.</summary>
    public StorePartUnavailableException()
        : this("A part of the store can't be reached.")
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    /// <param name="message">The fault; must contain no keys.</param>
    public StorePartUnavailableException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">The fault; must contain no keys.</param>
    /// <param name="innerException">The failure that showed it.</param>
    public StorePartUnavailableException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
