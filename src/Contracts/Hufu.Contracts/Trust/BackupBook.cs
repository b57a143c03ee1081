namespace Hufu.Contracts;

/// <summary>What backups there are and when a restore was last tried: <c>GET /api/ca/backups</c>, in a session of the CA. <c>hufu backup</c> and <c>hufu restore --drill --record</c> write it beside the rooms' folders.</summary>
/// <param name="Backups">Backups, the newest first, at most 200.</param>
/// <param name="Drills">Restores that were tried, the newest first, at most 100.</param>
public sealed record BackupBook(IReadOnlyList<BackupLine> Backups, IReadOnlyList<DrillLine> Drills)
{
    /// <summary>The file in the data directory that lists backups, a line of JSON each.</summary>
    public const string BackupsFile = "backups.jsonl";

    /// <summary>The file in the data directory that lists drills.</summary>
    public const string DrillsFile = "drills.jsonl";
}

/// <summary>A backup that was made, as the command wrote it down.</summary>
/// <param name="Id">Its number.</param>
/// <param name="At">The moment that it holds.</param>
/// <param name="Base">Of an incremental one the backup it stands on; null for a full one.</param>
/// <param name="File">Where it lies.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Offsite">Whether a second copy was laid off site.</param>
/// <param name="Records">Ledger records of each room in it.</param>
public sealed record BackupLine(string Id, DateTimeOffset At, string? Base, string File, long Bytes, bool Offsite, IReadOnlyDictionary<string, long> Records);

/// <summary>A restore that was tried (6.6.1.7-b).</summary>
/// <param name="Backup">The backup.</param>
/// <param name="MadeAt">The moment that it holds.</param>
/// <param name="At">When it was tried.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Whole">Whether every room's ledger and database came back whole.</param>
/// <param name="Rooms">What came of each room.</param>
public sealed record DrillLine(string Backup, DateTimeOffset MadeAt, DateTimeOffset At, double Seconds, bool Whole, IReadOnlyDictionary<string, string> Rooms);
