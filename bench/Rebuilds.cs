using System.Diagnostics;
using System.Globalization;
using Hufu.Ocsp;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Status;
using Hufu.Records;

/// <summary>How long a start of the status service takes to have its index again: from the checkpoint file, and from the tables when there is none.</summary>
internal static class Rebuilds
{
    private const long RowsATime = 500_000;

    /// <summary>Prints both.</summary>
    /// <param name="index">An index of the size that is asked about.</param>
    /// <param name="serials">How many serials the tables get.</param>
    public static void Print(StatusIndex index, long serials)
    {
        var folder = Directory.CreateTempSubdirectory("hufu-bench-rebuild").FullName;
        try
        {
            var checkpoint = new StatusCheckpoint(folder);
            var watch = Stopwatch.StartNew();
            var digest = checkpoint.Write(index);
            checkpoint.Commit();
            var written = watch.Elapsed;
            watch.Restart();
            var read = new StatusIndex();
            if (!checkpoint.TryRead(digest, read) || read.Count != index.Count || read.RevokedCount != index.RevokedCount)
            {
                throw new InvalidOperationException("The checkpoint does not come back as it was.");
            }

            Tell($"  checkpoint of {read.Count:N0} serials: written in {written.TotalSeconds:0.0} s, read in {watch.Elapsed.TotalSeconds:0.0} s");
            TablesAsync(folder, serials).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task TablesAsync(string folder, long serials)
    {
        await using var database = await Database.OpenAsync(
            new DatabaseOptions { Path = Path.Combine(folder, "ocsp.db"), Clock = TimeProvider.System }, Migration.FromAssembly(typeof(OcspModule).Assembly), CancellationToken.None);
        var watch = Stopwatch.StartNew();
        for (long from = 0; from < serials; from += RowsATime)
        {
            var until = Math.Min(serials, from + RowsATime);
            await database.WriteAsync(
                session => session.Execute(
                    """
                    WITH RECURSIVE n(i) AS (SELECT @from UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @until)
                    INSERT INTO ocsp_status (ca, serial, revoked_at, reason)
                    SELECT 'operational', unhex(printf('40%014x%016x', i, random())), CASE WHEN i % 33 = 0 THEN 1728000000000 END, CASE WHEN i % 33 = 0 THEN 1 END FROM n
                    """,
                    new { from, until }),
                CancellationToken.None);
        }

        var filled = watch.Elapsed;
        watch.Restart();
        var index = new StatusIndex();
        await StatusRebuild.RunAsync(database, new StatusCheckpoint(folder), index, new Issuers(index), new AuthorityWords(TimeSpan.FromHours(1)), CancellationToken.None);
        if (index.Count != serials)
        {
            throw new InvalidOperationException("The tables do not come back as they were.");
        }

        Tell($"  from the tables: {index.Count:N0} serials, {index.RevokedCount:N0} revoked, in {watch.Elapsed.TotalSeconds:0.0} s (filled in {filled.TotalSeconds:0.0} s)");
    }

    private static void Tell(FormattableString line) => Console.Error.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
