using HttpCaching.Fields;
using HttpCaching.Model;

namespace HttpCaching.Policy;

/// <summary>The facts of a response, received or stored, from which conclusions are drawn.</summary>
/// <param name="Method">The method of its request.</param>
/// <param name="TargetUri">The target URI of its request.</param>
/// <param name="Status">Its status.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Times">When it was asked for and when it came.</param>
/// <param name="AgeValue">The Age that it came with; null for none.</param>
internal readonly record struct RawResponse(string Method, string TargetUri, int Status, HttpFields Fields, ExchangeTimes Times, TimeSpan? AgeValue)
{
    /// <summary>The facts of a stored response.</summary>
    public static RawResponse Of(StoredResponse stored) =>
        new(stored.Method, stored.TargetUri, stored.StatusCode, stored.Fields, stored.Times, stored.AgeValue);

    /// <summary>The facts of a response that was received.</summary>
    public static RawResponse Of(RequestHead presented, ResponseHead response, ExchangeTimes times) =>
        new(presented.Method, presented.TargetUri, response.StatusCode, response.Fields, times, AgeField.Parse(response.Fields));
}
