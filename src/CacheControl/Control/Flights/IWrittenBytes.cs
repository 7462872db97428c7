namespace HttpCaching.Control.Flights;

/// <summary>The bytes of a body that the store has taken so far, for late readers.</summary>
internal interface IWrittenBytes
{
    /// <summary>Opens the written bytes while writing goes on; null if the store can't.</summary>
    StoredBody? OpenWritten();
}
