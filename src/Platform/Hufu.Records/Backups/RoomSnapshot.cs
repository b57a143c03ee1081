using System.Data.Common;
using System.Text;

namespace Hufu.Records;

/// <summary>A room's database as it was at the moment of the cut.</summary>
internal abstract class RoomSnapshot(string room) : IDisposable
{
    /// <summary>The room's name.</summary>
    internal string Room => room;

    /// <summary>A connection that sees the moment, and nothing later.</summary>
    protected abstract DbConnection Connection { get; }

    protected abstract DbCommand Command(string sql);

    /// <summary>What the backup says of the room.</summary>
    internal virtual BackupRoom Describe() => new(
        room, Scalar<long>("SELECT count(*) FROM ledger_record"), Scalar<long>("SELECT count(*) FROM ledger_head"),
        Scalar<byte[]?>("SELECT line FROM ledger_head ORDER BY number DESC LIMIT 1") is { } line ? Encoding.UTF8.GetString(line) : null);

    /// <summary>Copies the database into files below a scratch folder.</summary>
    /// <returns>Each file, and its path in the backup, below the data directory.</returns>
    internal abstract IEnumerable<(string File, string Path)> Copy(string scratch);

    private T Scalar<T>(string sql)
    {
        using DbCommand command = Command(sql);
        return RowReader<T>.FromColumn(command.ExecuteScalar());
    }

    public virtual void Dispose() => Connection.Dispose();
}
