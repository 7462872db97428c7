using HttpCaching.Redis.Keys;
using StackExchange.Redis;

namespace HttpCaching.Redis.Backplane;

/// <summary>
/// Passes messages to observers, and notices missing messages. Everything happens under one lock, so observers hear one event at a time, and
/// hear nothing after their subscription is disposed.
/// </summary>
internal sealed class ChangeAudience
{
    private const int MostOrigins = 4096;

    private readonly Lock _lock = new();
    private readonly List<IHttpCacheStoreChangesObserver> _observers = [];
    private readonly Dictionary<Guid, SequenceLog> _origins = [];
    private bool _isConnected;
    private readonly Dictionary<string, TaskCompletionSource> _expected = new(StringComparer.Ordinal);
    private HashSet<string> _heard = new(StringComparer.Ordinal);

    /// <summary>The store whose own messages show that messages arrive.</summary>
    public required Guid Self { get; init; }

    /// <summary>Whether changes are told now.</summary>
    public bool IsConnected
    {
        get
        {
            lock (_lock)
            {
                return _isConnected;
            }
        }
    }

    /// <summary>Adds an observer.</summary>
    public void Add(IHttpCacheStoreChangesObserver observer)
    {
        lock (_lock)
        {
            _observers.Add(observer);
            if (_isConnected)
            {
                Tell(observer, static o => o.OnConnected());
            }
        }
    }

    /// <summary>Removes an observer.</summary>
    /// <returns>Whether no observer is left.</returns>
    public bool Remove(IHttpCacheStoreChangesObserver observer)
    {
        lock (_lock)
        {
            _observers.Remove(observer);
            return _observers.Count == 0;
        }
    }

    /// <summary>Becomes complete when a sign of life of this store itself arrives that a server's script has sent.</summary>
    public Task ExpectOwn(string through)
    {
        lock (_lock)
        {
            return (_expected[through] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Messages arrive from now on, or no longer arrive.</summary>
    public void Connect(bool isConnected)
    {
        lock (_lock)
        {
            if (_isConnected == isConnected)
            {
                return;
            }

            // Numbers are followed from here on: earlier gaps do not matter, because every key is read again.
            _origins.Clear();
            _isConnected = isConnected;
            _heard = new HashSet<string>(StringComparer.Ordinal);
            foreach (var observer in _observers)
            {
                Tell(observer, isConnected ? static o => o.OnConnected() : static o => o.OnDisconnected());
            }
        }
    }

    /// <summary>A message has arrived.</summary>
    public void Hear(RedisValue value)
    {
        lock (_lock)
        {
            _heard.Add(string.Empty);
            if (!ChangeMessage.TryParse(value, out var parsed))
            {
                // A later version's message: something has changed, but this version can't read it.
                TellAll(static o => o.OnEverythingChanged());
                return;
            }

            var message = parsed.Value;
            Note(message);
            switch (message.Kind)
            {
                case ChangeKind.Uri:
                    foreach (var observer in _observers)
                    {
                        Tell(observer, message.Uri, static (o, uri) => o.OnChanged(uri));
                    }

                    break;
                case ChangeKind.All:
                    TellAll(static o => o.OnEverythingChanged());
                    break;
                case ChangeKind.Alive:
                    _heard.Add(message.Uri);
                    if (message.Origin == Self && _expected.Remove(message.Uri, out var expected))
                    {
                        expected.TrySetResult();
                    }

                    break;
            }
        }
    }

    /// <summary>Looks for lost messages. If there are any, tells that everything may have changed. Called from time to time.</summary>
    /// <returns>The servers whose signs of life have arrived since the last call, and an empty name if any message did.</returns>
    public IReadOnlySet<string> Check()
    {
        lock (_lock)
        {
            var isLost = false;
            foreach (var log in _origins.Values)
            {
                isLost |= log.Check();
            }

            if (isLost)
            {
                TellAll(static o => o.OnEverythingChanged());
            }

            var heard = _heard;
            _heard = new HashSet<string>(StringComparer.Ordinal);
            return heard;
        }
    }

    private void Note(ChangeMessage message)
    {
        if (!_origins.TryGetValue(message.Origin, out var log))
        {
            if (_origins.Count >= MostOrigins)
            {
                // The dropped numbers may have been about to show a loss.
                _origins.Clear();
                TellAll(static o => o.OnEverythingChanged());
            }

            _origins.Add(message.Origin, new SequenceLog(message.Sequence));
            return;
        }

        if (message.Kind == ChangeKind.Alive)
        {
            log.Announce(message.Sequence);
        }
        else
        {
            log.Note(message.Sequence);
        }
    }

    private void TellAll(Action<IHttpCacheStoreChangesObserver> told)
    {
        foreach (var observer in _observers)
        {
            Tell(observer, told);
        }
    }

    private static void Tell(IHttpCacheStoreChangesObserver observer, Action<IHttpCacheStoreChangesObserver> told) => Tell(observer, told, static (o, t) => t(o));

    private static void Tell<T>(IHttpCacheStoreChangesObserver observer, T state, Action<IHttpCacheStoreChangesObserver, T> told)
    {
        try
        {
            told(observer, state);
        }
        catch (Exception)
        {
            // An observer that fails has broken its promise; the others are told all the same.
        }
    }
}
