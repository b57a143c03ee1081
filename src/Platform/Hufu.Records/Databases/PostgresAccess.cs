using Hufu.Contracts;
using Hufu.Crypto;
using Npgsql;

namespace Hufu.Records;

/// <summary>Whether a PostgreSQL server asks for the password (6.6.2.5-c): a server that lets in whoever connects is found before anything is kept in it.</summary>
public static class PostgresAccess
{
    /// <summary>Demands that the server opens by the password of the settings, and by no other.</summary>
    /// <param name="connection">As for <see cref="DatabaseOptions.Postgres"/>.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DatabaseException">No password is set, or the server takes a wrong one (pg_hba.conf says trust, peer or ident).</exception>
    [Clause("6.6.2.5-c")]
    public static async Task DemandPasswordAsync(string connection, CancellationToken ct)
    {
        NpgsqlConnectionStringBuilder settings = new(connection);
        if (string.IsNullOrEmpty(settings.Password) && string.IsNullOrEmpty(settings.Passfile))
        {
            throw new DatabaseException(DatabaseError.Failed, "Database: the connection to PostgreSQL has no password (Password or Passfile); the databases open by password only (6.6.2.5-c).");
        }

        settings.Password = SecureRandom.NewId();
        settings.Pooling = false;
        bool opens;
        try
        {
            await using var wrong = new NpgsqlConnection(settings.ToString());
            await wrong.OpenAsync(ct).ConfigureAwait(false);
            opens = true;
        }
        catch (NpgsqlException)
        {
            // Refused, as it should be; or not reached at all, which opening the database will say.
            opens = false;
        }

        if (opens)
        {
            throw new DatabaseException(DatabaseError.Failed, $"Database: PostgreSQL at {settings.Host} lets '{settings.Username}' in with any password. Set scram-sha-256 in pg_hba.conf and reload it (6.6.2.5-c).");
        }
    }
}
