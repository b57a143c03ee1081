using Hufu.Ca.Alarms;
using Hufu.Ca.Authorities;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Messaging;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Backups;

/// <summary>
/// Watches that every CA key in the device is in a backup (6.6.2.2-c): the newest split, or a ceremony's that was taken in. One that none holds stands as an alarm from the moment it is seen; past <c>key-backup-within</c> of the
/// policy the CA issues nothing under it (<see cref="AuthoritySet.DemandActive"/>); CRLs and revocations go on.
/// </summary>
internal sealed class BackupWatch(RoomContext context, CaDesks desks)
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private static readonly string[] s_holding = ["back-up", "clone"];
    private DateTimeOffset looked = DateTimeOffset.MinValue;

    /// <summary>Once at start: backups of before there was a list of their keys hold what was certified until then.</summary>
    public Task LoadAsync(CancellationToken ct) => desks.Authorities.Current is not { } all ? Task.CompletedTask : context.Database.WriteAsync(
        session =>
        {
            if (BackupStore.Newest(session) is not { } newest || BackupStore.Keys(session, newest.Number).Count > 0)
            {
                return;
            }

            foreach (var authority in InDevice(all).Where(authority => authority.Certificate.NotBefore.ToUnixTimeMilliseconds() <= newest.MadeAt))
            {
                BackupStore.Hold(session, newest.Number, KeyOf(authority), authority.Name);
            }
        },
        ct);

    /// <summary>Looks, if it is time.</summary>
    public Task LookAsync(CancellationToken ct) => context.Clock.GetUtcNow() - looked < s_every ? Task.CompletedTask : LookNowAsync(ct);

    /// <summary>Looks: raises and ends alarms, and says whose issuing stops.</summary>
    [Clause("6.6.2.2-c")]
    public async Task LookNowAsync(CancellationToken ct)
    {
        if (desks.Authorities.Current is not { } all)
        {
            return;
        }

        var now = context.Clock.GetUtcNow();
        looked = now;
        var keys = await context.Database.WriteAsync(
            session =>
            {
                var keys = Read(session, all).Keys;
                foreach (var key in keys)
                {
                    if (key.HeldBy is null)
                    {
                        desks.Alarms.Raise(session, AlarmKinds.KeyUnbacked, $"ca/{key.Ca}", Words(key));
                    }
                    else
                    {
                        desks.Alarms.Clear(session, AlarmKinds.KeyUnbacked, $"ca/{key.Ca}");
                    }
                }

                foreach (var gone in all.All.Where(authority => keys.All(key => key.Ca != authority.Name)))
                {
                    desks.Alarms.Clear(session, AlarmKinds.KeyUnbacked, $"ca/{gone.Name}");
                }

                return keys;
            },
            ct).ConfigureAwait(false);
        desks.Authorities.SetUnbacked(keys.Where(key => key.Due <= now).ToDictionary(key => key.Ca, Words, StringComparer.Ordinal));
    }

    /// <summary>Which keys are in a backup.</summary>
    public Task<CaBackups> ReadAsync(CancellationToken ct) => context.Database.ReadAsync(Read, ct);

    /// <summary><c>GET /api/ca/key-backups</c>.</summary>
    public CaBackups Read(Session session) => desks.Authorities.Current is { } all ? Read(session, all) : new CaBackups(null, null, []);

    private CaBackups Read(Session session, AuthoritySet all)
    {
        var newest = BackupStore.Newest(session);
        var held = newest is null ? new HashSet<string>() : BackupStore.Keys(session, newest.Number);
        List<Authority> keys = [.. InDevice(all)];
        var ceremonies = keys.All(authority => held.Contains(KeyOf(authority))) ? [] : CeremonyArchive.Of(context.Settings.DataDirectory).All().Select(kept => kept.Verdict.Transcript).ToList();
        return new CaBackups(
            newest?.Digest, newest is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(newest.MadeAt),
            [
                .. keys.Select(authority =>
                {
                    var key = KeyOf(authority);
                    var by = held.Contains(key) ? newest!.Digest : HeldBy(ceremonies, key);
                    return new KeyBackup(
                        authority.Name, key, authority.State == AuthorityState.Active ? "active" : "closing", authority.Certificate.NotBefore, by,
                        by is null ? authority.Certificate.NotBefore + context.Policy.Values.KeyBackupWithin : null);
                }),
            ]);
    }

    // A ceremony that backed the device up, or cloned it, and left the key active.
    internal static string? HeldBy(IReadOnlyList<CeremonyTranscript> ceremonies, string key) => ceremonies
        .LastOrDefault(transcript => transcript.Acts.Any(act => s_holding.Contains(act.Act)) && transcript.Keys.Any(one => one.KeyDigest == key && one.State == "active"))?.Id;

    private static string Words(KeyBackup key) =>
        $"The key of '{key.Ca}', made {key.Since:u}, is in no backup; past {key.Due:u} nothing is issued under it. Share holders present their shares, then an operator splits the backup anew (POST /api/ca/ceremony/split).";

    private static IEnumerable<Authority> InDevice(AuthoritySet all) =>
        all.All.Where(authority => authority.State is AuthorityState.Active or AuthorityState.Closing && authority.Algorithm == KeyAlgorithm.Sm2 && authority.Signer is not OfflineSigner);

    private static string KeyOf(Authority authority) => ActStatement.Digest(authority.Certificate.PublicKey.RawData.Span);
}
