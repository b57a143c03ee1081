using Hufu.Ocsp.Answering;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Status;

/// <summary>Fills the index at start: from the checkpoint file and what has changed since, or, when there is none that belongs to this database, from all that is stored.</summary>
internal static class StatusRebuild
{
    /// <summary>Fills index, issuers and words.</summary>
    /// <param name="database">The room's.</param>
    /// <param name="checkpoint">Its file.</param>
    /// <param name="index">Empty.</param>
    /// <param name="issuers">Empty.</param>
    /// <param name="words">Empty.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Whether the checkpoint was used.</returns>
    public static async Task<bool> RunAsync(Database database, StatusCheckpoint checkpoint, StatusIndex index, Issuers issuers, AuthorityWords words, CancellationToken ct)
    {
        foreach (var row in await database.ReadAsync(StatusStore.Issuers, ct))
        {
            issuers.Add(row.Ca, Certificate.Decode(row.Certificate));
        }

        foreach (var row in await database.ReadAsync(StatusStore.Words, ct))
        {
            words.Heard(row.Ca, DateTimeOffset.FromUnixTimeMilliseconds(row.HeardAt));
        }

        if (await database.ReadAsync(StatusStore.Checkpoint, ct) is { } known && checkpoint.TryRead(known.Digest, index))
        {
            await FollowAsync(database, known.Change, index, ct);
            return true;
        }

        await FromTablesAsync(database, index, ct);
        return false;
    }

    private static async Task FollowAsync(Database database, long change, StatusIndex index, CancellationToken ct)
    {
        while (true)
        {
            var after = change;
            var rows = await database.ReadAsync(session => StatusStore.Changes(session, after), ct);
            foreach (var row in rows)
            {
                index.Issued(row.Ca, row.Serial);
                if (row.RevokedAt is { } at)
                {
                    index.Revoked(row.Ca, row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(at), (Contracts.RevocationReason)(row.Reason ?? 0));
                }
                else
                {
                    index.Resumed(row.Ca, row.Serial);
                }
            }

            if (rows.Count < StatusStore.Page)
            {
                return;
            }

            change = rows[^1].Number;
        }
    }

    private static async Task FromTablesAsync(Database database, StatusIndex index, CancellationToken ct)
    {
        foreach (var ca in await database.ReadAsync(StatusStore.Authorities, ct))
        {
            var authority = index.Of(ca);
            var builders = new SerialSetBuilder?[AuthorityIndex.LongestSerial + 1];
            foreach (var row in await database.ReadAsync(session => StatusStore.Lengths(session, ca), ct))
            {
                builders[row.Length] = new SerialSetBuilder((int)row.Length, row.Serials);
            }

            byte[] after = [];
            while (true)
            {
                var start = after;
                var rows = await database.ReadAsync(session => StatusStore.Serials(session, ca, start), ct);
                foreach (var serial in rows)
                {
                    builders[serial.Length]!.Add(serial, mark: false);
                }

                if (rows.Count < StatusStore.Page)
                {
                    break;
                }

                after = rows[^1];
            }

            foreach (var builder in builders)
            {
                if (builder is not null)
                {
                    authority.Put(builder.Finish());
                }
            }

            await RevokedFromTablesAsync(database, ca, authority, ct);
        }
    }

    private static async Task RevokedFromTablesAsync(Database database, string ca, AuthorityIndex authority, CancellationToken ct)
    {
        byte[] after = [];
        while (true)
        {
            var start = after;
            var rows = await database.ReadAsync(session => StatusStore.RevokedSerials(session, ca, start), ct);
            foreach (var row in rows)
            {
                authority.Revoked(row.Serial, DateTimeOffset.FromUnixTimeMilliseconds(row.RevokedAt), (Contracts.RevocationReason)row.Reason);
            }

            if (rows.Count < StatusStore.Page)
            {
                return;
            }

            after = rows[^1].Serial;
        }
    }
}
