using System.Text;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Records;

/// <summary>Where a backup is made from and to.</summary>
public sealed record BackupOptions
{
    /// <summary>The data directory, a folder per room; its rooms may be at work.</summary>
    public required string Data { get; init; }

    /// <summary>The folder of the backups.</summary>
    public required string Folder { get; init; }

    /// <summary>A second folder, off site, that gets the same file; null for none.</summary>
    public string? Offsite { get; init; }

    /// <summary>The backup key: who holds its private half, which is not on this machine, can open the backup.</summary>
    public required SubjectPublicKeyInfo Key { get; init; }

    /// <summary>Whether only what changed since the last backup is written.</summary>
    public bool Incremental { get; init; }

    /// <summary>How many full backups are kept, 3 or more; older ones go with the incremental ones that stand on them.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>With <see cref="Incremental"/>: a full backup is made all the same when the folder holds none, or the newest is so old; null asks for an incremental one in any case.</summary>
    public TimeSpan? FullAfter { get; init; }

    /// <summary>Gives a room's PostgreSQL connection string, for rooms that have no SQLite file; null when there are none.</summary>
    public Func<string, string>? Postgres { get; init; }

    /// <summary>The folder of PostgreSQL's programs (pg_dump); null to look in PATH.</summary>
    public string? PostgresPrograms { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }
}

/// <summary>Makes backups: all rooms at one moment, encrypted to the backup key, full or only the blocks that are new.</summary>
/// <remarks>
/// The PIN of a room's device is left out on purpose: who opens a backup does not hold the keys. The exported audit files are left out too; they are made again from the database.
/// </remarks>
public static class BackupMaker
{
    private const int BlockSize = 256 * 1024;
    private const string StateName = "last.blocks";
    private const int PrivateMode = 0x180; // 0600

    /// <summary>The ending of a backup's name.</summary>
    public const string Extension = ".hufubackup";

    /// <summary>Makes a backup.</summary>
    /// <param name="options">From where, to where.</param>
    /// <returns>What it holds, and its file.</returns>
    /// <exception cref="BackupException">NotUsable, BaseMissing.</exception>
    /// <exception cref="DatabaseException">A database cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be read or written; the unfinished backup is removed.</exception>
    [Clause("6.6.1.7-a")]
    public static (BackupManifest Manifest, string File) Make(BackupOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Keep, 3, nameof(options));
        (string Room, string File)[] databases = [.. Directory.EnumerateFiles(options.Data, "*.db", SearchOption.AllDirectories).Where(IsRoomDatabase).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(Path.GetDirectoryName(file))!, file))];
        (string Room, string Connection)[] schemas = Schemas(options, databases);
        if (databases.Length + schemas.Length == 0)
        {
            throw new BackupException(BackupError.NotUsable, $"Backup: {options.Data} holds no room's database. Give the data directory of hufu up, and --postgres when the rooms lie there.");
        }

        PrivateFiles.MakeDirectory(options.Folder);
        bool incremental = options.Incremental && !(options.FullAfter is { } age && IsFullDue(options.Folder, options.Clock.GetUtcNow() - age));
        (string? last, HashSet<string> known) = incremental ? ReadState(options.Folder) : (null, []);
        string id = SecureRandom.NewId();
        DateTimeOffset now = options.Clock.GetUtcNow();
        string name = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{(last is null ? "full" : "incremental")}-{id}{Extension}";
        string unfinished = Path.Combine(options.Folder, name + ".new");
        string scratch = Path.Combine(options.Folder, "." + id);
        PrivateFiles.MakeDirectory(scratch);
        try
        {
            BackupManifest manifest;
            using (FileStream stream = PrivateFiles.Open(unfinished, FileMode.Create, FileAccess.Write))
            using (var buffered = new BufferedStream(stream, 1 << 20))
            using (var writer = new BackupCipher.Writer(buffered, id, last, now, options.Key.RequireSm2()))
            {
                manifest = Write(options, writer, (databases, schemas), known, scratch, (id, last, now));
                buffered.Flush();
                stream.Flush(flushToDisk: true);
            }

            string file = Path.Combine(options.Folder, name);
            File.Move(unfinished, file);
            PrivateFiles.FlushDirectory(options.Folder);
            WriteState(options.Folder, manifest);
            if (options.Offsite is { } offsite)
            {
                CopyOffsite(options, file, offsite);
            }

            Retire(options.Folder, options.Keep);
            return (manifest, file);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
            File.Delete(unfinished);
        }
    }

    private static BackupManifest Write(
        BackupOptions options, BackupCipher.Writer writer, ((string Room, string File)[] Files, (string Room, string Connection)[] Schemas) databases, HashSet<string> known, string scratch, (string Id, string? Last, DateTimeOffset Now) head)
    {
        var files = new List<BackupFileEntry>();
        var rooms = new List<BackupRoom>();
        var written = new HashSet<string>(known, StringComparer.Ordinal);
        using (DataCut cut = DataCut.Take(databases.Files, databases.Schemas, options.PostgresPrograms))
        {
            foreach (RoomSnapshot snapshot in cut.Snapshots)
            {
                rooms.Add(snapshot.Describe());
                foreach ((string file, string path) in snapshot.Copy(scratch))
                {
                    files.Add(Add(writer, file, path, PrivateMode, written));
                    File.Delete(file);
                }
            }
        }

        // Evidence and the device are written before the row that names them, so after the cut nothing that a row names is missing.
        foreach (string file in Directory.EnumerateFiles(options.Data, "*", SearchOption.AllDirectories).Where(f => IsKept(options.Data, f)).Order(StringComparer.Ordinal))
        {
            int mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(file);
            files.Add(Add(writer, file, Path.GetRelativePath(options.Data, file).Replace('\\', '/'), mode, written));
        }

        var manifest = new BackupManifest(head.Id, head.Last, head.Now, rooms, files);
        writer.Frame([(byte)'M', .. System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(manifest, BackupManifest.Format)], last: true);
        return manifest;
    }

    private static BackupFileEntry Add(BackupCipher.Writer writer, string source, string path, int mode, HashSet<string> written)
    {
        var blocks = new List<string>();
        var frame = new byte[1 + BlockSize];
        frame[0] = (byte)'B';
        long size = 0;
        using var stream = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (int read; (read = stream.ReadAtLeast(frame.AsSpan(1), BlockSize, throwOnEndOfStream: false)) > 0; size += read)
        {
            string digest = Convert.ToHexStringLower(Sm3.HashData(frame.AsSpan(1, read)));
            blocks.Add(digest);
            if (written.Add(digest))
            {
                writer.Frame(frame.AsSpan(0, 1 + read), last: false);
            }
        }

        return new BackupFileEntry(path, mode, size, blocks);
    }

    // Rooms with a folder of their own and tables in PostgreSQL.
    private static (string Room, string Connection)[] Schemas(BackupOptions options, (string Room, string File)[] databases)
    {
        if (options.Postgres is not { } postgres)
        {
            return [];
        }

        try
        {
            return
            [
                .. Directory.EnumerateDirectories(options.Data).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)
                    .Where(room => room.Length <= 48 && room.All(char.IsAsciiLetterLower) && !databases.Any(one => one.Room == room))
                    .Select(room => (Room: room, Connection: postgres(room))).Where(one => PostgresSnapshot.Exists(one.Connection, one.Room)),
            ];
        }
        catch (Npgsql.NpgsqlException e)
        {
            throw PostgresDialect.Explain(e, null);
        }
    }

    private static bool IsFullDue(string folder, DateTimeOffset before) =>
        !Directory.EnumerateFiles(folder, $"*-full-*{Extension}").Any(file => string.CompareOrdinal(Path.GetFileName(file), $"{before.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}") > 0);

    private static bool IsRoomDatabase(string file) => Path.GetFileNameWithoutExtension(file) == Path.GetFileName(Path.GetDirectoryName(file));

    private static bool IsKept(string data, string file)
    {
        string[] parts = Path.GetRelativePath(data, file).Split(Path.DirectorySeparatorChar);
        string name = parts[^1];
        return name is not ("device.pin" or "setup-code" or RestoreMark.FileName)
            && !name.Contains(".db", StringComparison.Ordinal)
            && !name.EndsWith(".lock", StringComparison.Ordinal) && !name.EndsWith(".new", StringComparison.Ordinal) && !name.EndsWith(".sock", StringComparison.Ordinal)
            && !(parts.Length == 3 && parts[1] == "audit" && (name.EndsWith(".jsonl", StringComparison.Ordinal) || name.StartsWith("copied-", StringComparison.Ordinal)));
    }

    // Digests of the blocks that the last backup and those below it hold: what an incremental one need not write again.
    private static (string? Last, HashSet<string> Blocks) ReadState(string folder)
    {
        string path = Path.Combine(folder, StateName);
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (lines.Length == 0 || !Directory.EnumerateFiles(folder, $"*-{lines[0]}{Extension}").Any())
        {
            throw new BackupException(BackupError.BaseMissing, $"Backup: {folder} holds no backup that an incremental one could stand on. Make a full one first.");
        }

        return (lines[0], [.. lines[1..]]);
    }

    private static void WriteState(string folder, BackupManifest manifest) =>
        PrivateFiles.Replace(Path.Combine(folder, StateName), Encoding.ASCII.GetBytes(manifest.Id + "\n" + string.Concat(manifest.Files.SelectMany(f => f.Blocks).Distinct().Select(b => b + "\n"))));

    // What the place off site missed while it was away goes along: an incremental backup is nothing without those that it stands on.
    private static void CopyOffsite(BackupOptions options, string made, string offsite)
    {
        try
        {
            PrivateFiles.MakeDirectory(offsite);
            foreach (string file in Directory.EnumerateFiles(options.Folder, "*" + Extension).Order(StringComparer.Ordinal))
            {
                string target = Path.Combine(offsite, Path.GetFileName(file));
                if (new FileInfo(target) is { Exists: true } there && there.Length == new FileInfo(file).Length)
                {
                    continue;
                }

                string beside = target + ".new";
                File.Copy(file, beside, overwrite: true);
                using (FileStream copy = PrivateFiles.Open(beside, FileMode.Open, FileAccess.ReadWrite))
                {
                    copy.Flush(flushToDisk: true);
                }

                File.Move(beside, target, overwrite: true);
            }

            PrivateFiles.FlushDirectory(offsite);
            Retire(offsite, options.Keep);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(BackupError.NotUsable, $"Backup: {made} is made and stands; it could not be copied off site: {e.Message} The next backup takes along what is missing there.", e);
        }
    }

    // The names sort by time: a full backup older than the newest `keep` goes with all that is older than the one after it.
    private static void Retire(string folder, int keep)
    {
        string[] all = [.. Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal)];
        string[] full = [.. all.Where(f => Path.GetFileName(f).Contains("-full-", StringComparison.Ordinal))];
        if (full.Length > keep)
        {
            string oldest = full[^keep];
            foreach (string file in all.Where(f => string.CompareOrdinal(f, oldest) < 0))
            {
                File.Delete(file);
            }
        }
    }
}
