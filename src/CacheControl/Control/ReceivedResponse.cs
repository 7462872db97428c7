using HttpCaching.Model;

namespace HttpCaching.Control;

/// <summary>A response from the origin, as a message and as the rules see it.</summary>
/// <param name="Response">The message.</param>
/// <param name="Head">Its head.</param>
/// <param name="Times">When it was asked for and when it came.</param>
internal readonly record struct ReceivedResponse(HttpResponseMessage Response, ResponseHead Head, ExchangeTimes Times);
