using Npgsql;

namespace Hufu.Records;

/// <summary>Statements that nobody waits for: they travel with the next one.</summary>
internal sealed partial class PostgresLink
{
    private const int MaxSent = 256;

    private Gathering? gathering;

    // Rows of one INSERT that are sent one after the other travel as one statement, which costs the server a fraction.
    private sealed record Gathering(string Sql, BulkInsert Insert, List<object> Rows, NpgsqlBatchCommand Place);

    internal override void Send(string sql, object? args)
    {
        if (pending.Count >= MaxSent)
        {
            Execute(sql, args);
            return;
        }

        if (gathering is { Rows.Count: < MaxSent } open && open.Sql == sql && args is not null && open.Rows[0].GetType() == args.GetType())
        {
            open.Rows.Add(args);
            return;
        }

        if (args is not null && BulkInsert.TryParse(sql, out BulkInsert? insert) && insert.Gathers && !Arguments.AreForeign(args))
        {
            Leave(new NpgsqlBatchCommand());
            gathering = new Gathering(sql, insert, [args], pending[^1]);
            return;
        }

        Leave(Command(sql, args));
    }

    private void Gather()
    {
        if (gathering is not { } done)
        {
            return;
        }

        gathering = null;
        NpgsqlBatchCommand command = done.Rows.Count == 1 ? Command(done.Sql, done.Rows[0]) : Command(done.Insert, done.Rows);
        pending[pending.IndexOf(done.Place)] = command;
    }

    private void Leave(NpgsqlBatchCommand command)
    {
        Gather();
        pending.Add(command);
    }

    internal override void Settle()
    {
        Gather();
        int last = pending.FindLastIndex(command => !IsFrame(command));
        if (last >= 0)
        {
            // All before it travel with it, in their order.
            NpgsqlBatchCommand command = pending[last];
            pending.RemoveAt(last);
            Run(command);
        }
    }

    internal override void SendMany<TRow>(string sql, IReadOnlyList<TRow> rows)
    {
        if (pending.Count >= MaxSent)
        {
            ExecuteMany(sql, rows);
            return;
        }

        if (BulkInsert.TryParse(sql, out BulkInsert? insert))
        {
            Leave(Command(insert, rows));
            return;
        }

        foreach (TRow row in rows)
        {
            Send(sql, row);
        }
    }

    private static NpgsqlBatchCommand Command<TRow>(BulkInsert insert, IReadOnlyList<TRow> rows)
        where TRow : class
    {
        var command = new NpgsqlBatchCommand(insert.ForPostgres);
        foreach (Argument argument in insert.Order(rows[0].GetType()))
        {
            command.Parameters.Add(PostgresValues.Column(argument, rows));
        }

        return command;
    }
}
