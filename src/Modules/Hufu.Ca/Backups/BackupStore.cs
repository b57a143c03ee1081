using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Records;

namespace Hufu.Ca.Backups;

/// <summary>A row of ca_backups without the file.</summary>
internal sealed record BackupRow(long Number, string Digest, long MadeAt);

/// <summary>Tables: ca_backups, ca_backup_keys.</summary>
internal static class BackupStore
{
    /// <summary>Keeps a backup and which keys it holds.</summary>
    /// <param name="session">A writing transaction.</param>
    /// <param name="file">The encrypted backup.</param>
    /// <param name="device">The device that it was made of, as it is.</param>
    /// <param name="now">Unix milliseconds UTC.</param>
    /// <param name="act">Digest of the act that split it; null at initialisation.</param>
    /// <param name="reply">What was answered.</param>
    public static void Insert(Session session, byte[] file, SoftwareDevice device, long now, string? act = null, byte[]? reply = null)
    {
        session.Execute("INSERT INTO ca_backups (file, digest, made_at, act, reply) VALUES (@file, @digest, @now, @act, @reply)", new { file, digest = ActStatement.Digest(file), now, act, reply });
        var number = Newest(session)!.Number;
        foreach (var label in device.Labels.Where(label => (device.UseOf(label) & KeyUse.Both) != 0))
        {
            Hold(session, number, ActStatement.Digest(device.PublicKeyOf(label).RawData.Span), label);
        }
    }

    public static void Hold(Session session, long backup, string key, string label) =>
        session.Execute("INSERT INTO ca_backup_keys (backup, key, label) VALUES (@backup, @key, @label) ON CONFLICT (backup, key) DO NOTHING", new { backup, key, label });

    public static BackupRow? Newest(Session session) => session.QueryFirst<BackupRow>("SELECT number, digest, made_at FROM ca_backups ORDER BY number DESC LIMIT 1");

    /// <summary>What the act was answered that made the newest backup; null for another act.</summary>
    public static byte[]? Reply(Session session, string act) => session.QueryFirst<byte[]>("SELECT reply FROM ca_backups WHERE act = @act AND number = (SELECT max(number) FROM ca_backups)", new { act });

    /// <summary>Keys that a backup holds; at most 100,000.</summary>
    public static IReadOnlySet<string> Keys(Session session, long backup) =>
        session.Query<string>("SELECT key FROM ca_backup_keys WHERE backup = @backup LIMIT 100000", new { backup }).ToHashSet(StringComparer.Ordinal);
}
