using System.Text.Json;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>What a restore did, room by room; kept as the record of a drill (6.6.1.7-b).</summary>
/// <param name="Backup">The backup that was put back.</param>
/// <param name="MadeAt">The moment that it holds.</param>
/// <param name="RestoredAt">When it was put back.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">How many bytes.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Rooms">Each room: its ledger's verification and its database's own check.</param>
public sealed record RestoreReport(string Backup, DateTimeOffset MadeAt, DateTimeOffset RestoredAt, int Files, long Bytes, double Seconds, IReadOnlyList<RestoredRoom> Rooms)
{
    /// <summary>Whether every room is whole.</summary>
    public bool IsWhole => Rooms.Count > 0 && Rooms.All(r => r.Ledger == LedgerVerdict.Whole && r.Database == "ok");
}

/// <summary>A room after a restore.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Records">Ledger records.</param>
/// <param name="Ledger">What <see cref="LedgerVerifier"/> says of them, with the backup's own newest head.</param>
/// <param name="Database"><c>ok</c>, or what SQLite's integrity check or the count of PostgreSQL's rows found.</param>
public sealed record RestoredRoom(string Name, long Records, LedgerVerdict Ledger, string Database);

/// <summary>Where rooms in PostgreSQL are put back.</summary>
/// <param name="Connection">A room's connection string; its database has no schema of the room's name yet.</param>
/// <param name="Programs">The folder of PostgreSQL's programs (pg_restore); null to look in PATH.</param>
public sealed record PostgresRestore(Func<string, string> Connection, string? Programs = null);

/// <summary>Puts a backup back into an empty folder. Every room is marked (<see cref="RestoreMark"/>) until it is reconciled (R17).</summary>
public static class BackupRestorer
{
    /// <summary>Restores a backup.</summary>
    /// <param name="folder">The folder of the backups.</param>
    /// <param name="id">Which; null for the newest.</param>
    /// <param name="key">The backup key.</param>
    /// <param name="target">A data directory that does not exist yet, or is empty.</param>
    /// <param name="clock">Dates the report.</param>
    /// <returns>What was done, and how the rooms stand.</returns>
    /// <exception cref="BackupException">NotUsable, Damaged, BaseMissing; the target is left empty.</exception>
    public static RestoreReport Restore(string folder, string? id, IDecryptor key, string target, TimeProvider clock) => Restore(folder, id, key, target, clock, postgres: null);

    /// <summary>Restores a backup whose rooms may lie in PostgreSQL.</summary>
    /// <param name="folder">The folder of the backups.</param>
    /// <param name="id">Which; null for the newest.</param>
    /// <param name="key">The backup key.</param>
    /// <param name="target">A data directory that does not exist yet, or is empty.</param>
    /// <param name="clock">Dates the report.</param>
    /// <param name="postgres">Where rooms in PostgreSQL go; null when there are none.</param>
    /// <returns>What was done, and how the rooms stand.</returns>
    /// <exception cref="BackupException">NotUsable, Damaged, BaseMissing; the target is left empty, and no schema is left.</exception>
    public static RestoreReport Restore(string folder, string? id, IDecryptor key, string target, TimeProvider clock, PostgresRestore? postgres)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(clock);
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new BackupException(BackupError.NotUsable, $"Restore: {target} is not empty. A backup is put back beside what is there, never over it.");
        }

        long began = clock.GetTimestamp();
        List<string> chain = Chain(folder, id);
        PrivateFiles.MakeDirectory(target);
        string blocks = Path.Combine(target, ".blocks");
        var loaded = new List<string>();
        try
        {
            PrivateFiles.MakeDirectory(blocks);
            BackupManifest? manifest = null;
            foreach (string file in chain)
            {
                manifest = Unpack(file, key, blocks);
            }

            if (postgres is null && manifest!.Rooms.FirstOrDefault(room => room.Engine is not null) is { } away)
            {
                throw new BackupException(BackupError.NotUsable, $"Restore: the room {away.Name} lay in PostgreSQL. Say into which database it goes: --postgres CONN.");
            }

            foreach (BackupFileEntry entry in manifest!.Files)
            {
                Join(entry, blocks, target);
            }

            Directory.Delete(blocks, recursive: true);
            DateTimeOffset now = clock.GetUtcNow();
            var rooms = manifest.Rooms.Select(room => Check(room, manifest, target, now, postgres, loaded)).ToList();
            return new RestoreReport(
                manifest.Id, manifest.MadeAt, now, manifest.Files.Count, manifest.Files.Sum(f => f.Size), clock.GetElapsedTime(began).TotalSeconds, rooms);
        }
        catch
        {
            foreach (string room in loaded)
            {
                RestoredDatabase.Drop(postgres!.Connection(room), room);
            }

            foreach (string inner in Directory.EnumerateDirectories(target))
            {
                Directory.Delete(inner, recursive: true);
            }

            foreach (string inner in Directory.EnumerateFiles(target))
            {
                File.Delete(inner);
            }

            throw;
        }
    }

    // The backup and those that it stands on, the full one first.
    private static List<string> Chain(string folder, string? id)
    {
        string? file = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, $"*-{id ?? "*"}{BackupMaker.Extension}").Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        var chain = new List<string>();
        while (true)
        {
            if (file is null || chain.Count > 1_000)
            {
                throw chain.Count == 0
                    ? new BackupException(BackupError.NotUsable, $"Restore: {folder} holds no such backup.")
                    : new BackupException(BackupError.BaseMissing, $"Restore: a backup that {Path.GetFileName(chain[0])} stands on is not in {folder}.");
            }

            chain.Insert(0, file);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
            (BackupCipher.Head head, _) = BackupCipher.ReadHead(stream);
            if (head.Base is null)
            {
                return chain;
            }

            file = head.Base.Length == 32 && head.Base.All(char.IsAsciiHexDigitLower)
                ? Directory.EnumerateFiles(folder, $"*-{head.Base}{BackupMaker.Extension}").FirstOrDefault()
                : null;
        }
    }

    private static BackupManifest Unpack(string file, IDecryptor key, string blocks)
    {
        using var stream = new BufferedStream(new FileStream(file, FileMode.Open, FileAccess.Read), 1 << 20);
        (BackupCipher.Head head, byte[] line) = BackupCipher.ReadHead(stream);
        foreach ((byte[] plaintext, bool last) in BackupCipher.ReadFrames(stream, head, line, key))
        {
            if (last)
            {
                return plaintext is [(byte)'M', ..] && JsonSerializer.Deserialize<BackupManifest>(plaintext.AsSpan(1), BackupManifest.Format) is { } manifest && manifest.Id == head.Id
                    ? manifest
                    : throw new BackupException(BackupError.Damaged, $"Backup {head.Id}: its manifest cannot be read.");
            }

            if (plaintext is not [(byte)'B', ..])
            {
                throw new BackupException(BackupError.Damaged, $"Backup {head.Id}: a frame is of no kind that is known.");
            }

            File.WriteAllBytes(Path.Combine(blocks, Convert.ToHexStringLower(Sm3.HashData(plaintext.AsSpan(1)))), plaintext.AsSpan(1));
        }

        throw new BackupException(BackupError.Damaged, $"Backup {head.Id}: its end is missing.");
    }

    private static void Join(BackupFileEntry entry, string blocks, string target)
    {
        string path = Path.GetFullPath(Path.Combine(target, entry.Path));
        if (!path.StartsWith(Path.GetFullPath(target) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new BackupException(BackupError.Damaged, $"Restore: '{entry.Path}' would lie outside the data directory.");
        }

        PrivateFiles.MakeDirectory(Path.GetDirectoryName(path)!);
        using (FileStream stream = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write))
        {
            foreach (string block in entry.Blocks)
            {
                string there = Path.Combine(blocks, block);
                if (block.Length != 64 || !block.All(char.IsAsciiHexDigitLower) || !File.Exists(there))
                {
                    throw new BackupException(BackupError.BaseMissing, $"Restore: a block of {entry.Path} is in none of the backups.");
                }

                stream.Write(File.ReadAllBytes(there));
            }

            if (stream.Length != entry.Size)
            {
                throw new BackupException(BackupError.Damaged, $"Restore: {entry.Path} has {stream.Length} bytes instead of {entry.Size}.");
            }

            stream.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows() && entry.Mode != 0)
        {
            File.SetUnixFileMode(path, (UnixFileMode)(entry.Mode & 0x1ff));
        }
    }

    // The ledger's files are written from the database and verified against the newest head that the backup names; the room is marked before anything can start it.
    private static RestoredRoom Check(BackupRoom room, BackupManifest manifest, string target, DateTimeOffset now, PostgresRestore? postgres, List<string> loaded)
    {
        string directory = Path.Combine(target, room.Name);
        string audit = Path.Combine(directory, "audit");
        new RestoreMark(manifest.Id, manifest.MadeAt, now, room.LedgerSize, room.Heads).Set(directory);
        string database = room.Engine is null
            ? RestoredDatabase.CheckSqlite(Path.Combine(directory, room.Name + ".db"), audit)
            : Load(room, directory, audit, postgres!, loaded);
        SignedHead? head = room.Head is not null && SignedHead.TryParse(room.Head, out SignedHead? signed) ? signed : null;
        return new RestoredRoom(room.Name, room.LedgerSize, LedgerVerifier.Verify(audit, head).Verdict, database);
    }

    private static string Load(BackupRoom room, string directory, string audit, PostgresRestore postgres, List<string> loaded)
    {
        if (room.Engine != PostgresSnapshot.Folder || room.Name.Length is 0 or > 48 || !room.Name.All(char.IsAsciiLetterLower))
        {
            throw new BackupException(BackupError.Damaged, $"Restore: a room '{room.Name}' in '{room.Engine}' is of no kind that is known.");
        }

        string dump = Path.Combine(directory, PostgresSnapshot.Folder);
        string connection = postgres.Connection(room.Name);
        try
        {
            string database = RestoredDatabase.LoadPostgres(connection, room.Name, dump, audit, postgres.Programs, room.LedgerSize);
            loaded.Add(room.Name);
            Directory.Delete(dump, recursive: true);
            return database;
        }
        catch (Npgsql.NpgsqlException e)
        {
            throw PostgresDialect.Explain(e, null);
        }
    }
}
