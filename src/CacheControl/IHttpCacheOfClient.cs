namespace HttpCaching;

/// <summary>
/// The cache of a typed client, as a service that the client and others can inject: <c>AddHttpClient&lt;GitHubClient&gt;().AddHttpCaching&lt;GitHubClient&gt;()</c> registers
/// <c>IHttpCache&lt;GitHubClient&gt;</c>.
/// </summary>
/// <typeparam name="TClient">The typed client.</typeparam>
public interface IHttpCache<TClient> : IHttpCache;
