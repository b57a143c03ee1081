using Hufu.Agent.Pins;
using Hufu.Agent.Web;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Agent.Tokens;

/// <summary>Uses a token after its PIN: asks the person, opens the token, works, closes it; or keeps it open for as long as the agent was told.</summary>
internal sealed class TokenHand : IDisposable
{
    private const int MostWaiting = 4;
    private readonly TokenShelf _shelf;
    private readonly IPinPrompt _prompt;
    private readonly TimeSpan _keptOpen;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, (IHolderToken Token, DateTimeOffset Until)> _open = new(StringComparer.Ordinal);
    private int _waiting;

    public TokenHand(TokenShelf shelf, IPinPrompt prompt, TimeSpan keptOpen, TimeProvider clock)
    {
        _shelf = shelf;
        _prompt = prompt;
        _keptOpen = keptOpen;
        _clock = clock;
    }

    public string Asks => _prompt.Kind;

    public IReadOnlyList<TokenInfo> List()
    {
        var list = new List<TokenInfo>();
        foreach (var place in Look())
        {
            try
            {
                // A maker's token is asked over the connection that is open: a second one would end its PIN with some makers.
                if (place.Kind != "soft" && Kept(place.Place) is { } kept)
                {
                    list.Add(TokenShelf.Describe(place.Id, place.Kind, kept, open: true));
                    continue;
                }

                using var token = place.Open();
                list.Add(TokenShelf.Describe(place.Id, place.Kind, token, IsOpen(place.Place)));
            }
            catch (DeviceException)
            {
                // Something that lies there and is not readable as a token is none; one that was pulled out in this moment is gone.
            }
        }

        return list;
    }

    /// <summary>One at a time: the person is asked one thing, answers it, and sees what comes of it.</summary>
    /// <param name="id">The token.</param>
    /// <param name="words">What will be done, from the token as it lies there without a PIN.</param>
    /// <param name="work">The work on the open token.</param>
    /// <param name="ct">The page went away.</param>
    public Task<T> UseAsync<T>(string id, Func<IHolderToken, IReadOnlyList<string>> words, Func<IHolderToken, T> work, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            var place = Look().FirstOrDefault(there => there.Id == id) ?? throw new AgentRefusedException(AgentRefusal.TokenUnknown);
            var path = place.Place;
            if (Kept(path) is { } kept)
            {
                try
                {
                    _prompt.Tell(Guarded(() => words(kept)));
                    return Guarded(() => work(kept));
                }
                catch (AgentRefusedException refused) when (refused.Refusal is AgentRefusal.TokenRemoved or AgentRefusal.TokenFault or AgentRefusal.PinAgain)
                {
                    // Whoever plugs it in again, or another, is asked for the PIN again.
                    Forget(path);
                    throw;
                }
            }

            var token = Guarded(place.Open);
            var keep = false;
            try
            {
                var shown = Guarded(() => words(token));
                var left = Guarded(() => token.TriesLeft);
                if (left == 0)
                {
                    throw new AgentRefusedException(AgentRefusal.PinLocked);
                }

                var pin = await _prompt.AskAsync(new PinQuestion(id, token.Label, left, shown), ct).ConfigureAwait(false) ?? throw new AgentRefusedException(AgentRefusal.Declined);
                try
                {
                    // The words came from the token before the PIN; the work sees the same one.
                    Guarded(() =>
                    {
                        token.VerifyPin(pin);
                        return true;
                    });
                }
                finally
                {
                    Array.Clear(pin);
                }

                var result = Guarded(() => work(token));
                if (_keptOpen > TimeSpan.Zero)
                {
                    keep = true;
                    lock (_open)
                    {
                        _open[path] = (token, _clock.GetUtcNow() + _keptOpen);
                    }
                }

                return result;
            }
            finally
            {
                if (!keep)
                {
                    token.Dispose();
                }
            }
        },
        ct);

    /// <summary>Makes an empty token; the PIN is asked for.</summary>
    public Task<TokenInfo> CreateAsync(string id, string label, CancellationToken ct) => InTurnAsync(
        async () =>
        {
            var pin = await _prompt.AskAsync(new PinQuestion(id, label, 0, [$"新建软介质：{label}", "A new soft token: choose its PIN."], NewPin: true), ct).ConfigureAwait(false)
                ?? throw new AgentRefusedException(AgentRefusal.Declined);
            try
            {
                return Guarded(() =>
                {
                    using var token = SoftToken.Create(Path.Combine(_shelf.Home, id), label, pin);
                    return TokenShelf.Describe(id, "soft", token, open: false);
                });
            }
            finally
            {
                Array.Clear(pin);
            }
        },
        ct);

    public void Dispose()
    {
        foreach (var (token, _) in _open.Values)
        {
            token.Dispose();
        }

        _open.Clear();
        _turn.Dispose();
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new AgentRefusedException(AgentRefusal.TooMany, "Others wait for a PIN already.");
        }

        try
        {
            await _turn.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                return await work().ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private bool IsOpen(string path)
    {
        lock (_open)
        {
            return _open.TryGetValue(path, out var kept) && kept.Until > _clock.GetUtcNow();
        }
    }

    /// <summary>The tokens that are here now; one that has gone is not kept open any more, whoever plugs it in again.</summary>
    private IReadOnlyCollection<TokenPlace> Look()
    {
        var places = _shelf.Find();
        string[] gone;
        lock (_open)
        {
            gone = [.. _open.Keys.Where(path => places.All(place => place.Place != path))];
        }

        foreach (var path in gone)
        {
            Forget(path);
        }

        return places;
    }

    private void Forget(string path)
    {
        lock (_open)
        {
            if (_open.Remove(path, out var kept))
            {
                kept.Token.Dispose();
            }
        }
    }

    private IHolderToken? Kept(string path)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(path, out var kept))
            {
                return null;
            }

            if (kept.Until > _clock.GetUtcNow())
            {
                return kept.Token;
            }

            _open.Remove(path);
            kept.Token.Dispose();
            return null;
        }
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DeviceException fault)
        {
            throw fault.Error switch
            {
                DeviceError.PinIncorrect => new AgentRefusedException(AgentRefusal.PinWrong, $"可试 {fault.TriesLeft} 次。"),
                DeviceError.PinLocked => new AgentRefusedException(AgentRefusal.PinLocked),
                DeviceError.PinUnfit => new AgentRefusedException(AgentRefusal.PinUnfit),
                DeviceError.Removed => new AgentRefusedException(AgentRefusal.TokenRemoved),
                DeviceError.PinNotVerified => new AgentRefusedException(AgentRefusal.PinAgain),
                DeviceError.Driver => new AgentRefusedException(AgentRefusal.TokenFault, fault.Message),
                DeviceError.DeviceMissing or DeviceError.Damaged => new AgentRefusedException(AgentRefusal.TokenUnknown, fault.Message),
                DeviceError.KeyMissing => new AgentRefusedException(AgentRefusal.ContainerUnknown),
                DeviceError.KeyExists or DeviceError.DeviceExists => new AgentRefusedException(AgentRefusal.KeyExists, fault.Message),
                DeviceError.CertificateMissing => new AgentRefusedException(AgentRefusal.CertificateMissing),
                DeviceError.Mismatch or DeviceError.WrongUse => new AgentRefusedException(AgentRefusal.PairOther, fault.Message),
                DeviceError.LabelUnfit or DeviceError.OutOfRange => new AgentRefusedException(AgentRefusal.Malformed, fault.Message),
                _ => new AgentRefusedException(AgentRefusal.Fault, fault.Message),
            };
        }
        catch (PkiException fault)
        {
            throw new AgentRefusedException(AgentRefusal.Malformed, fault.Message);
        }
    }
}
