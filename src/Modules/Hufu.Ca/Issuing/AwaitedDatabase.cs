using Hufu.Ca.KeyCentre;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>The room's database as issuing awaits it: the probe is told before each await and after it, so that tests kill the room at every one.</summary>
internal sealed class AwaitedDatabase(Database database, IIssuingProbe probe)
{
    private readonly bool watched = probe is not NoProbe;

    /// <summary>As <see cref="Database.ReadAsync{T}"/>.</summary>
    public Task<T> ReadAsync<T>(Func<Session, T> work, CancellationToken ct) => watched ? WatchedAsync(() => database.ReadAsync(work, ct)) : database.ReadAsync(work, ct);

    /// <summary>As <see cref="Database.WriteAsync{T}"/>.</summary>
    public Task<T> WriteAsync<T>(Func<Session, T> work, CancellationToken ct) => watched ? WatchedAsync(() => database.WriteAsync(work, ct)) : database.WriteAsync(work, ct);

    /// <summary>As <see cref="Database.WriteAsync(Action{Session}, CancellationToken)"/>.</summary>
    public Task WriteAsync(Action<Session> work, CancellationToken ct) => watched
        ? WatchedAsync(async () =>
        {
            await database.WriteAsync(work, ct).ConfigureAwait(false);
            return true;
        })
        : database.WriteAsync(work, ct);

    private async Task<T> WatchedAsync<T>(Func<Task<T>> work)
    {
        probe.Awaits();
        var result = await work().ConfigureAwait(false);
        probe.Awaits();
        return result;
    }
}

/// <summary>The line to the key centre as issuing awaits it.</summary>
internal sealed class AwaitedLine(IKeyCentreLine line, IIssuingProbe probe) : IKeyCentreLine
{
    /// <summary>The line, watched where there is a probe.</summary>
    public static IKeyCentreLine Of(IKeyCentreLine line, IIssuingProbe probe) => probe is NoProbe ? line : new AwaitedLine(line, probe);

    public (Certificate Certificate, ISigner Signer)? Self => line.Self;

    public async Task<Certificate?> FindKeyCentreAsync(CancellationToken ct)
    {
        probe.Awaits();
        var found = await line.FindKeyCentreAsync(ct).ConfigureAwait(false);
        probe.Awaits();
        return found;
    }

    public async Task<byte[]> ExchangeAsync(byte[] request, CancellationToken ct)
    {
        probe.Awaits();
        var answer = await line.ExchangeAsync(request, ct).ConfigureAwait(false);
        probe.Awaits();
        return answer;
    }
}
