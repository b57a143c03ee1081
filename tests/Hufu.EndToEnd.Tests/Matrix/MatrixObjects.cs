using Hufu.Contracts;
using Hufu.Pki;
using Microsoft.Data.Sqlite;

namespace Hufu.EndToEnd.Tests.Matrix;

/// <summary>An application and a case to act on, whose states the test sets in the rooms' databases, as no sequence of acts could bring one object into all of them.</summary>
internal sealed class MatrixObjects : IDisposable
{
    private readonly SqliteConnection _ra;
    private readonly SqliteConnection _kmc;
    private readonly SqliteConnection _ca;
    private readonly Sm2KeyPair _key = Sm2KeyPair.Generate();

    public MatrixObjects(string data, byte[] certificate)
    {
        _ra = Open(Path.Combine(data, "ra", "ra.db"));
        _kmc = Open(Path.Combine(data, "kmc", "kmc.db"));
        _ca = Open(Path.Combine(data, "ca", "ca.db"));
        Certificate = certificate;
        Request = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "某某某")), _key).Encode();
        // A person's: only their form has the field that the disclosure asks for. Identifiers are random, so their order says nothing.
        Application = Text(_ra, "SELECT id FROM ra_applications WHERE signing_serial IS NOT NULL AND profile = 'person-trial' ORDER BY created_at DESC LIMIT 1");
    }

    /// <summary>A proposal to destroy papers.</summary>
    public const string Papers = "Dmatrix";

    /// <summary>A renewal of the key centre's certificates.</summary>
    public const string Service = "900";

    public byte[] Certificate { get; }

    public byte[] Request { get; }

    public string Application { get; }

    /// <summary>A recovery that was entered over HTTP.</summary>
    public string Case { get; set; } = "";

    /// <summary>A case of the registration authority that was entered over HTTP.</summary>
    public string RaCase { get; set; } = "";

    /// <summary>A demand for private data that was entered over HTTP.</summary>
    public string Disclosure { get; set; } = "";

    /// <summary>A proposal about the CA that was made over HTTP.</summary>
    public string Proposal { get; set; } = "";

    /// <summary>A package of each room's archive that was made over HTTP.</summary>
    public Dictionary<string, string> Packages { get; } = [];

    /// <summary>The version of the subscriber agreement in force.</summary>
    public string Agreement { get; set; } = "";

    /// <summary>The generation of the key centre's storage key, as it is now.</summary>
    public string StorageKey { get; set; } = "";

    /// <summary>The number of the next renewal of the key centre's certificates.</summary>
    public string NextService => Text(_kmc, "SELECT CAST(COALESCE(MAX(number), 0) + 1 AS TEXT) FROM kmc_service_renewal");

    /// <summary>Serial of the application's signing certificate.</summary>
    public string SigningSerial => Text(_ra, "SELECT signing_serial FROM ra_applications WHERE id = '" + Application + "'");

    /// <summary>Of no certificate.</summary>
    public string Serial => "6b6b6b6b6b6b6b6b6b6b";

    public DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A recovery of the first pair in use, with a fresh key each time.</summary>
    public RecoveryRequest Recovery()
    {
        using Sm2KeyPair key = Sm2KeyPair.Generate();
        byte[] request = CertificationRequest.Create(DistinguishedName.Create((Oids.Country, "CN"), (Oids.CommonName, "某某某")), key).Encode();
        return new RecoveryRequest(Rooms.Ca, [Text(_kmc, "SELECT user_cert_no FROM kmc_in_use LIMIT 1")], "某某某", RecoveryGround.Lost, "矩阵测试", request);
    }

    /// <summary>Puts the object of a kind into a state; what a statement has to name as its state.</summary>
    public string Set(string room, string kind, string state, string act)
    {
        if (kind == "package")
        {
            // As if its period had ended, nobody held it, and nobody had had a hand in it.
            SqliteConnection database = room == "ca" ? _ca : room == "kmc" ? _kmc : _ra;
            Run(database, "UPDATE hosting_archive_packages SET state = @state, kept_until = 0, held = NULL WHERE id = @id", state, Packages[room]);
            return state;
        }

        if (kind == "service")
        {
            // A renewal of nothing, in which nobody has had a hand.
            Run(_kmc, "INSERT INTO kmc_service_renewal (number, state, act_digest, renewed_by, renewed_at) VALUES (@id, @state, '0', '矩阵测试', 0) ON CONFLICT (number) DO UPDATE SET state = excluded.state", state, Service);
            return $"{state} {ActStatement.Digest([])}";
        }

        if (kind == "disclosure")
        {
            Run(_ra, "UPDATE ra_disclosures SET state = @state WHERE id = @id", state, Disclosure);
            return state;
        }

        if (kind == "papers")
        {
            // A proposal of nothing, in which nobody has had a hand.
            Run(_ra, "INSERT INTO ra_destructions (id, state, digest, reason, proposed_at) VALUES (@id, @state, '0', '矩阵测试', 0) ON CONFLICT (id) DO UPDATE SET state = excluded.state", state, Papers);
            Clear(_ra, "DELETE FROM ra_destruction_hands");
            return $"{state}/0";
        }

        if (kind == "fee")
        {
            Run(_ra, "UPDATE ra_fees SET state = @state WHERE application = @id", string.Concat(state.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])), Application);
            return state;
        }

        if (kind == "application")
        {
            Run(_ra, "UPDATE ra_applications SET state = @state WHERE id = @id", char.ToUpperInvariant(state[0]) + state[1..], Application);
            string digest = Text(_ra, "SELECT data_digest FROM ra_applications WHERE id = '" + Application + "'");
            Run(_ra, "UPDATE ra_deliveries SET confirmed_at = NULL, codes_made = 1 WHERE application = @id AND @state <> ''", state, Application);
            digest = act is ActNames.RaCodeRenew or ActNames.RaPairHandOver ? SigningSerial : digest;
            return ApplicationData.StateText(Enum.Parse<ApplicationState>(state, ignoreCase: true), digest);
        }

        if (kind == "case")
        {
            Run(_ra, $"UPDATE ra_cases SET kind = '{(act == ActNames.RaCaseClose ? "Recovery" : "Suspension")}', state = @state WHERE id = @id", char.ToUpperInvariant(state[0]) + state[1..], RaCase);
            return state;
        }

        Run(_kmc, "UPDATE kmc_case SET kind = '" + kind + "', state = @state WHERE id = @id", state, Case);
        return $"{state} {Text(_kmc, "SELECT digest FROM kmc_case WHERE id = '" + Case + "'")}";
    }

    public void Dispose()
    {
        _ra.Dispose();
        _kmc.Dispose();
        _ca.Dispose();
        _key.Dispose();
    }

    private static SqliteConnection Open(string path)
    {
        SqliteConnection connection = new($"Data Source={path};Pooling=False;Default Timeout=20");
        connection.Open();
        return connection;
    }

    private static string Text(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (string?)command.ExecuteScalar() ?? throw new InvalidOperationException($"The demo left nothing for: {sql}");
    }

    private static void Clear(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static void Run(SqliteConnection connection, string sql, string state, string id)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@state", state);
        command.Parameters.AddWithValue("@id", id);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
