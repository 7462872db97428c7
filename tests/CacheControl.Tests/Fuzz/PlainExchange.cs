using FieldList = System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, string>>;

namespace HttpCaching.Tests.Fuzz;

/// <summary>An exchange with the origin as the plain model keeps it; times in seconds since 1970.</summary>
internal sealed record PlainExchange(
    string Method, string Uri, FieldList RequestFields, int Status, FieldList ResponseFields, double RequestTime, double ResponseTime);

/// <summary>A request that asks for what was stored.</summary>
internal sealed record PlainRequest(string Method, string Uri, FieldList Fields, HttpCacheMode Mode = HttpCacheMode.Default);
