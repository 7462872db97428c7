namespace HttpCaching.Origins.Dialogue;

/// <summary>How often the cache answered in a scene, alone or with the origin's 304.</summary>
internal readonly record struct SceneCount(int Requests, int Hits, int NotModified);
