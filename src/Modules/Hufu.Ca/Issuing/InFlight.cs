using System.Collections.Concurrent;

namespace Hufu.Ca.Issuing;

/// <summary>Lets one task at a time work on an application: a repeated order and the settle job never meet on the same intent.</summary>
internal sealed class InFlight
{
    private readonly ConcurrentDictionary<string, Place> places = new(StringComparer.Ordinal);

    /// <summary>Waits until nobody else works on it; disposing the result lets the next one in.</summary>
    public async Task<IDisposable> EnterAsync(string application, CancellationToken ct)
    {
        while (true)
        {
            var place = places.GetOrAdd(application, static _ => new Place());
            if (!place.TryJoin())
            {
                continue;
            }

            try
            {
                await place.Turn.WaitAsync(ct).ConfigureAwait(false);
                return new Exit(this, application, place);
            }
            catch
            {
                Leave(application, place);
                throw;
            }
        }
    }

    private void Leave(string application, Place place)
    {
        if (place.Leave())
        {
            places.TryRemove(KeyValuePair.Create(application, place));
            place.Turn.Dispose();
        }
    }

    private sealed class Place
    {
        private int waiting;
        private bool closed;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public bool TryJoin()
        {
            lock (this)
            {
                if (closed)
                {
                    return false;
                }

                waiting++;
                return true;
            }
        }

        public bool Leave()
        {
            lock (this)
            {
                closed = --waiting == 0;
                return closed;
            }
        }
    }

    private sealed class Exit(InFlight owner, string application, Place place) : IDisposable
    {
        public void Dispose()
        {
            place.Turn.Release();
            owner.Leave(application, place);
        }
    }
}
