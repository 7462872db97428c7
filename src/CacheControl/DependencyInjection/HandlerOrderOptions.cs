namespace HttpCaching.DependencyInjection;

/// <summary>Has no settings: its validation at the start of the host checks the order of handlers.</summary>
internal sealed class HandlerOrderOptions;
