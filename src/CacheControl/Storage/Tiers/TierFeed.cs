namespace HttpCaching.Storage.Tiers;

/// <summary>Hears what others change in the back, and takes it out of the front.</summary>
/// <param name="front">The front.</param>
/// <param name="view">The tier's view of the back.</param>
internal sealed class TierFeed(IHttpCacheStore front, BackView view) : IHttpCacheStoreChangesObserver
{
    public void OnChanged(string uri)
    {
        try
        {
            // Also has promotions refused that were read from the back before: their stamp is too old from here on.
            var drop = front.InvalidateAsync(uri, CancellationToken.None);
            if (drop.IsCompletedSuccessfully)
            {
                return;
            }

            // A front that takes its time would be asked meanwhile. Nothing in it counts until the back has been asked.
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

        // What was promoted or confirmed while the front was at work may be what it should have dropped.
        view.Change();
    }
}
