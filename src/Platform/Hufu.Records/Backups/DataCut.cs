using Microsoft.Data.Sqlite;
using Npgsql;

namespace Hufu.Records;

/// <summary>
/// All rooms' databases at one moment: every writer is held out for the instant in which a snapshot of each is taken, so that no room knows of a message that another
/// has not sent. The rooms may be served by another process; it waits for milliseconds.
/// </summary>
internal sealed class DataCut : IDisposable
{
    private readonly List<RoomSnapshot> snapshots = [];

    private DataCut()
    {
    }

    internal IReadOnlyList<RoomSnapshot> Snapshots => snapshots;

    /// <summary>Takes the cut.</summary>
    /// <param name="files">Rooms in SQLite: name and file.</param>
    /// <param name="schemas">Rooms in PostgreSQL: name and connection string.</param>
    /// <param name="programs">Where pg_dump lies; null to look in PATH.</param>
    /// <exception cref="DatabaseException">A database cannot be opened, or its writer does not end within half a minute.</exception>
    internal static DataCut Take(IReadOnlyList<(string Room, string File)> files, IReadOnlyList<(string Room, string Connection)> schemas, string? programs)
    {
        var cut = new DataCut();
        var held = new List<IDisposable>();
        try
        {
            held.AddRange(files.Select(one => SqliteSnapshot.Hold(one.File)));
            held.AddRange(schemas.Select(one => PostgresSnapshot.Hold(one.Connection, one.Room)));
            cut.snapshots.AddRange(files.Select(one => SqliteSnapshot.Take(one.Room, one.File)));
            cut.snapshots.AddRange(schemas.Select(one => PostgresSnapshot.Take(one.Connection, one.Room, programs)));
            return cut;
        }
        catch (SqliteException e)
        {
            cut.Dispose();
            throw SqliteDialect.Explain(e, null);
        }
        catch (NpgsqlException e)
        {
            cut.Dispose();
            throw PostgresDialect.Explain(e, null);
        }
        finally
        {
            foreach (IDisposable one in held)
            {
                one.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (RoomSnapshot snapshot in snapshots)
        {
            snapshot.Dispose();
        }
    }
}
