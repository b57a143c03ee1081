using System.Globalization;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Records;

/// <summary>
/// Says that a room was put back from a backup and is not reconciled yet (R17): a file <c>restored.json</c> in the room's data folder. While it is there nothing is issued and OCSP
/// answers tryLater; <c>hufu audit reconcile</c> takes it away once the room has caught up with the log that was kept elsewhere.
/// </summary>
/// <param name="Backup">Which backup it was, its id.</param>
/// <param name="BackedUpAt">When the backup was made.</param>
/// <param name="RestoredAt">When it was put back.</param>
/// <param name="LedgerSize">How many ledger records the backup holds: what was acknowledged later is missing.</param>
/// <param name="HeadSerial">How many signed heads the backup holds.</param>
public sealed record RestoreMark(string Backup, DateTimeOffset BackedUpAt, DateTimeOffset RestoredAt, long LedgerSize, long HeadSerial)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "restored.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Whether a room waits for reconciliation. One look at the file system; ask at each start, or keep the answer for a second.</summary>
    /// <param name="roomDirectory">The room's data folder, for example <c>data/ocsp</c>.</param>
    public static bool IsSet(string roomDirectory) => File.Exists(Path.Combine(roomDirectory, FileName));

    /// <summary>Reads a room's mark.</summary>
    /// <param name="roomDirectory">The room's data folder.</param>
    /// <returns>The mark, null when there is none. One that cannot be read still counts: it is returned with what is known.</returns>
    public static RestoreMark? Read(string roomDirectory)
    {
        string path = Path.Combine(roomDirectory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<RestoreMark>(File.ReadAllText(path), Format) ?? Unreadable;
        }
        catch (JsonException)
        {
            return Unreadable;
        }
    }

    private static RestoreMark Unreadable => new("", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 0, 0);

    /// <summary>Refuses when the room waits for reconciliation.</summary>
    /// <param name="roomDirectory">The room's data folder.</param>
    /// <exception cref="RefusedException">RoomUnreachable: nothing is issued before the reconciliation.</exception>
    public static void Demand(string roomDirectory)
    {
        if (Read(roomDirectory) is { } mark)
        {
            throw new RefusedException(
                RefusalCode.RoomUnreachable,
                string.Create(CultureInfo.InvariantCulture, $"The room was restored from backup {mark.Backup} and is not reconciled: run hufu audit reconcile with the log server's copy."));
        }
    }

    /// <summary>Sets the mark, durable when it returns.</summary>
    /// <param name="roomDirectory">The room's data folder.</param>
    public void Set(string roomDirectory) => PrivateFiles.Replace(Path.Combine(roomDirectory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, Format));

    /// <summary>Takes the mark away.</summary>
    /// <param name="roomDirectory">The room's data folder.</param>
    /// <returns>False when there was none.</returns>
    public static bool Clear(string roomDirectory)
    {
        string path = Path.Combine(roomDirectory, FileName);
        bool there = File.Exists(path);
        File.Delete(path);
        return there;
    }
}
