using System.ComponentModel;
using System.Diagnostics;
using Npgsql;

namespace Hufu.Records;

/// <summary>PostgreSQL's own programs (pg_dump, pg_restore). What they connect with travels in their environment, so that no password stands in a command line.</summary>
internal static class PostgresPrograms
{
    private const int MaxWords = 4_000;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="folder">Where the programs lie; null to look in PATH.</param>
    /// <param name="program">Its name.</param>
    /// <param name="connection">The connection string (Npgsql's keywords).</param>
    /// <param name="arguments">Its arguments, no secret among them.</param>
    /// <exception cref="BackupException">NotUsable: it is not there, or ended with a fault; its own words are in the message.</exception>
    internal static void Run(string? folder, string program, string connection, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(folder is null ? program : Path.Combine(folder, program), arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach ((string name, string value) in Environment(connection))
        {
            start.Environment[name] = value;
        }

        try
        {
            using Process process = Process.Start(start) ?? throw new BackupException(BackupError.NotUsable, $"Backup: {program} did not start.");
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = process.StandardError.ReadToEnd();
            _ = output.GetAwaiter().GetResult();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new BackupException(BackupError.NotUsable, $"Backup: {program} ended with {process.ExitCode}: {error[..Math.Min(error.Length, MaxWords)].Trim()}");
            }
        }
        catch (Win32Exception e)
        {
            throw new BackupException(BackupError.NotUsable, $"Backup: {program} is not there. Install PostgreSQL's client programs of the server's version, or say where they are (--pg-bin).", e);
        }
    }

    internal static string Database(string connection) => new NpgsqlConnectionStringBuilder(connection) is { Database: { Length: > 0 } name } ? name : throw NoDatabase();

    private static IEnumerable<(string Name, string Value)> Environment(string connection)
    {
        var text = new NpgsqlConnectionStringBuilder(connection);
        yield return ("PGHOST", text.Host ?? "localhost");
        yield return ("PGPORT", text.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        yield return ("PGDATABASE", text.Database ?? throw NoDatabase());
        yield return ("PGCONNECT_TIMEOUT", "30");
        yield return ("PGSSLMODE", text.SslMode switch
        {
            SslMode.Disable => "disable", SslMode.Allow => "allow", SslMode.Require => "require", SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", _ => "prefer",
        });
        foreach ((string name, string? value) in new[]
        {
            ("PGUSER", text.Username), ("PGPASSWORD", text.Password), ("PGPASSFILE", text.Passfile), ("PGSSLROOTCERT", text.RootCertificate), ("PGSSLCERT", text.SslCertificate), ("PGSSLKEY", text.SslKey),
        })
        {
            if (value is not null)
            {
                yield return (name, value);
            }
        }
    }

    private static BackupException NoDatabase() => new(BackupError.NotUsable, "Backup: the PostgreSQL connection string names no database.");
}
