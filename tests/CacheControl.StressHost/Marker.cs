namespace HttpCaching.StressHost;

/// <summary>Tells tests where this program lies.</summary>
public static class Marker;
