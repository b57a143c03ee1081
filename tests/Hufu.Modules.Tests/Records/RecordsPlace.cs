using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>The engine that a test of Records runs on.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}

/// <summary>A scratch folder with a clock, an audit key and a person who signs acts; with PostgreSQL also a schema of its own.</summary>
internal sealed class RecordsPlace : IDisposable
{
    internal const string Room = "ca";

    private readonly string? postgres;
    private readonly string? schema;

    internal RecordsPlace(Engine engine = Engine.Sqlite)
    {
        if (engine == Engine.Postgres)
        {
            postgres = PostgresServer.SharedAsync().GetAwaiter().GetResult().ConnectionString;
            schema = PostgresServer.NewSchema(Room);
        }

        Folder = Path.Combine(Path.GetTempPath(), "hufu-records-" + SecureRandom.NewId());
        Directory.CreateDirectory(Folder);
        PersonCertificate = Certify(Person);
    }

    internal bool OnPostgres => postgres is not null;

    internal string Folder { get; }

    internal string Audit => Path.Combine(Folder, "audit");

    internal string DatabaseFile => Path.Combine(Folder, "ca.db");

    internal ManualClock Clock { get; } = new();

    internal Sm2KeyPair AuditKey { get; init; } = Sm2KeyPair.Generate();

    internal Sm2KeyPair Person { get; } = Sm2KeyPair.Generate();

    internal byte[] PersonCertificate { get; }

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal Task<Database> OpenDatabaseAsync(DatabaseOptions? options = null, params Migration[] migrations) =>
        Database.OpenAsync(options ?? DatabaseOptions(), migrations, Ct);

    internal DatabaseOptions DatabaseOptions() => postgres is null
        ? new() { Path = DatabaseFile, Clock = Clock }
        : new() { Postgres = postgres, Schema = schema, Clock = Clock, BusyTimeout = TimeSpan.FromSeconds(1) };

    internal Task<Ledger> OpenLedgerAsync(Database database, Func<LedgerOptions, LedgerOptions>? change = null)
    {
        var options = new LedgerOptions
        {
            Database = database, Directory = Audit, Origin = Room, Signer = AuditKey, Clock = Clock,
            HeadEveryRecords = 10_000, HeadEvery = TimeSpan.FromDays(1), ExportEvery = TimeSpan.FromMilliseconds(1), RetryEvery = TimeSpan.FromMilliseconds(20),
        };
        return Ledger.OpenAsync(change is null ? options : change(options), Ct);
    }

    internal byte[] Certify(Sm2KeyPair key)
    {
        DistinguishedName name = DistinguishedName.Parse("CN=张三");
        return Certificate.Sign(
            new TbsCertificate
            {
                SerialNumber = SerialNumber.Create(),
                Signature = AlgorithmIdentifier.Sm2WithSm3,
                Issuer = name,
                Subject = name,
                NotBefore = Clock.GetUtcNow().AddDays(-1),
                NotAfter = Clock.GetUtcNow().AddYears(5),
                PublicKey = key.PublicKey,
                Extensions = [],
            },
            key).Encode();
    }

    internal static LedgerRecord Plain(int number) => new()
    {
        Actor = "system",
        Act = "test.note",
        Object = $"note/{number}",
        Outcome = number % 7 == 3 ? LedgerOutcome.Refused : LedgerOutcome.Done,
        Detail = new JsonObject { ["number"] = number, ["words"] = "记录" },
    };

    internal LedgerRecord Signed(int number)
    {
        var statement = ActStatement.Create(Room, "test.act", $"thing/{number}", "-", "{}"u8, PersonCertificate, Clock.GetUtcNow());
        SignedAct act = SignedAct.Sign(statement, Person);
        return new LedgerRecord
        {
            Actor = "张三", Act = "test.act", Object = $"thing/{number}", Outcome = LedgerOutcome.Done,
            Statement = act.Statement, Signature = act.Signature, Certificate = PersonCertificate,
        };
    }

    internal string[] Lines() => File.ReadAllLines(Path.Combine(Audit, "records.jsonl"));

    public void Dispose()
    {
        AuditKey.Dispose();
        Person.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
