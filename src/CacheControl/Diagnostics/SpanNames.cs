namespace HttpCaching.Diagnostics;

/// <summary>The names of spans, events and tags. They are a contract.</summary>
internal static class SpanNames
{
    public const string Source = "CacheControl";

    public const string Request = "cachecontrol.request";
    public const string Lookup = "cachecontrol.lookup";
    public const string Validate = "cachecontrol.validate";
    public const string Forward = "cachecontrol.forward";
    public const string Wait = "cachecontrol.wait";
    public const string Store = "cachecontrol.store";
    public const string Background = "cachecontrol.background";

    public const string Hit = "cachecontrol.hit";

    public const string Client = "cachecontrol.client";
    public const string Outcome = "cachecontrol.outcome";
    public const string Reason = "cachecontrol.reason";
    public const string Fwd = "cachecontrol.fwd";
    public const string FwdStatus = "cachecontrol.fwd_status";
    public const string Stored = "cachecontrol.stored";
    public const string NotStored = "cachecontrol.not_stored";
    public const string Collapsed = "cachecontrol.collapsed";
    public const string WaitFor = "cachecontrol.wait.for";

    public const string Method = "http.request.method";
    public const string StatusCode = "http.response.status_code";
    public const string Scheme = "url.scheme";
    public const string Host = "server.address";
    public const string Port = "server.port";
    public const string BodySize = "http.response.body.size";
    public const string ErrorType = "error.type";
}
