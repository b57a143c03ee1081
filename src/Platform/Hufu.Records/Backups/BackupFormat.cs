using System.Text.Json;

namespace Hufu.Records;

/// <summary>A file of a backup: where it belongs, and the blocks that it is made of.</summary>
/// <param name="Path">Below the data directory, with slashes.</param>
/// <param name="Mode">Its Unix mode bits; 0 where there are none.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Blocks">SM3 of each block of 256 KiB, hex; the last block may be shorter.</param>
public sealed record BackupFileEntry(string Path, int Mode, long Size, IReadOnlyList<string> Blocks);

/// <summary>A room in a backup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LedgerSize">How many ledger records it holds.</param>
/// <param name="Heads">How many signed heads: the serial of the newest is this less one (R17).</param>
/// <param name="Head">The newest head, a line of heads.jsonl; null when none was signed.</param>
/// <param name="Engine">Null: the room lies in the file <c>{name}/{name}.db</c>. <c>postgres</c>: in a schema of its name, dumped by pg_dump into <c>{name}/postgres/</c>.</param>
public sealed record BackupRoom(string Name, long LedgerSize, long Heads, string? Head, string? Engine = null);

/// <summary>What a backup holds; the last thing in it.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="Base">The backup that an incremental one stands on; null for a full one.</param>
/// <param name="MadeAt">The moment of the cut: every room as it was then.</param>
/// <param name="Rooms">The rooms.</param>
/// <param name="Files">The files, a database among them like any other.</param>
public sealed record BackupManifest(string Id, string? Base, DateTimeOffset MadeAt, IReadOnlyList<BackupRoom> Rooms, IReadOnlyList<BackupFileEntry> Files)
{
    internal static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);
}

/// <summary>Why a backup cannot be made or put back.</summary>
public enum BackupError
{
    /// <summary>The folder or file is not what it has to be; the message says the next step.</summary>
    NotUsable = 0,
    /// <summary>The backup's own bytes were changed, cut off, or are under another key.</summary>
    Damaged,
    /// <summary>A backup that an incremental one stands on is not there.</summary>
    BaseMissing,
    /// <summary>The ledger in the backup, or the copy of it, does not verify.</summary>
    LedgerBroken,
}

/// <summary>A backup or a restore that was refused or failed; nothing half-made is left.</summary>
public sealed class BackupException(BackupError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public BackupError Error { get; } = error;
}
