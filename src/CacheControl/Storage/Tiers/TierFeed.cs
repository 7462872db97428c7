namespace HttpCaching.Storage.Tiers;

/// <summary>Receives changes of the back, and removes the changed responses from the front.</summary>
/// <param name="front">The front.</param>
/// <param name="view">The tier's view of the back.</param>
internal sealed class TierFeed(IHttpCacheStore front, BackView view) : IHttpCacheStoreChangesObserver
{
    public void OnChanged(string uri)
    {
        try
        {
            // This also refuses promotions that were read from the back before: their stamp is too old from here on.
            var drop = front.InvalidateAsync(uri, CancellationToken.None);
            if (drop.IsCompletedSuccessfully)
            {
                return;
            }

            // If the front is slow, reads may ask it during the removal. Nothing in it counts until the back has been asked.
            view.Change();
            _ = FinishAsync(drop);
        }
        catch (Exception)
        {
            view.Change();
        }
    }

    public void OnEverythingChanged() => view.Change();

    public void OnConnected() => view.Change(isFollowing: true);

    public void OnDisconnected() => view.Change(isFollowing: false);

    private async Task FinishAsync(ValueTask drop)
    {
        try
        {
            await drop.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // As good as dropped: see below.
        }

        // A response that was promoted or confirmed during the removal may be one that should have been dropped.
        view.Change();
    }
}
