using HttpCaching.Control.Keys;
using HttpCaching.Http;

namespace HttpCaching.Control;

/// <summary>One call of the handler: the request as the caller gave it, and the way it is to be answered.</summary>
/// <param name="Request">The caller's request.</param>
/// <param name="Own">Its settings.</param>
/// <param name="Transport">The pipeline below.</param>
/// <param name="IsAsync">False to block rather than to wait.</param>
/// <param name="CancellationToken">The caller's token: covers the lookup and the wait for the response head.</param>
internal readonly record struct Call(
    HttpRequestMessage Request, RequestSettings Own, IOriginTransport Transport, bool IsAsync, CancellationToken CancellationToken);
